"""Certificates as verifiable credentials (Open Badges 3.0), the lists of their status, and the keys that sign both."""
