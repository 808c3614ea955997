"""Profiles of centres: what they have, offer and publish."""
