"""Imports of centres and of their reports. The worker of these tests ends with the package."""
