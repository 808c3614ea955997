"""Versions of contributions: manuscripts that were read, which never change."""
