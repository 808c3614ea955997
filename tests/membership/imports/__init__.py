"""Imports, exports and bulk jobs of the register. The worker of these tests ends with the package."""
