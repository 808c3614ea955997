"""Erasures and the runs of retention rules. The worker of these tests ends with the package."""
