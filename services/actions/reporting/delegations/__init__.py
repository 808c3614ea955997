"""Sections of progress reports that are delegated to an account."""
