"""Errata: how a text that was published gets a new version, beside the one before."""
