"""Contributions to editions, and their authors."""
