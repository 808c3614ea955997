"""Evaluations of centres by panels of experts."""
