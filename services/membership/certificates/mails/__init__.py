"""Mailing people the codes of their certificates."""
