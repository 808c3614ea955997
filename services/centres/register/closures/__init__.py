"""Closures of centres on a later day."""
