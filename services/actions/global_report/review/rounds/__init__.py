"""Rounds of review of an edition."""
