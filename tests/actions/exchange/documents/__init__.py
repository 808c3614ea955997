"""Printed profiles and reports. The worker of these tests ends with the package."""
