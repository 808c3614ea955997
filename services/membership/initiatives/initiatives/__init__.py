"""Initiatives, which people and institutions sign."""
