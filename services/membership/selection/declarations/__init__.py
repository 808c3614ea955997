"""Declarations of interests, one a year."""
