"""Decisions of committees."""
