"""Sections of progress reports."""
