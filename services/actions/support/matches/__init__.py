"""Experts who match a request for support."""
