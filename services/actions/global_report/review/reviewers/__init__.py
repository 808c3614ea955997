"""Experts who are invited to review contributions."""
