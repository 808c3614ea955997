"""Editions of the Global Report."""
