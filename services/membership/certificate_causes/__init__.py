"""Certificates of supports and participations."""
