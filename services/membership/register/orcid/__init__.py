"""Linking the ORCID iD of a person, and importing the affiliations of their public ORCID record."""
