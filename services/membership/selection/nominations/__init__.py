"""Nominations to calls, and their confirmation by nominators."""
