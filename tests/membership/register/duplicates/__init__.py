"""The search for duplicates. The worker of these tests ends with the package."""
