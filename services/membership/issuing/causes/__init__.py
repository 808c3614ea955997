"""Certificates of supports, participations and progress reports."""
