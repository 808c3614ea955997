"""Retention rules: how long records stay in a state, and what follows."""
