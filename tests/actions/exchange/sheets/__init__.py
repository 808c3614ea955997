"""Imports and exports of results, targets and plans. The worker of these tests ends with the package."""
