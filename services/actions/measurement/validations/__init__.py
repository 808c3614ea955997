"""Validating many results at once: those of a country, and those of the indicators of a rule."""
