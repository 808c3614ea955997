"""Institutions, initiatives and numbers of experts as open data."""
