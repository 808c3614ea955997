"""Centres that were designated before they were entered: their import, and its undo."""
