"""Initiatives that people and institutions support: who signed, whom the page shows, and how many there are.

Strangers sign and confirm by mail, experts sign with their account, the office moderates.
"""
