"""Certificates as PDF files: their layouts, and the files that were made."""
