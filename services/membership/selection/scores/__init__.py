"""Scores that the members of a panel give to nominations."""
