"""Partnerships of centres with other centres, institutions and networks."""
