"""Calls for nominations: for memberships, committees, editors and evaluators."""
