"""Certificates, which anybody can verify by their code."""
