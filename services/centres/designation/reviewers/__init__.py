"""Reviewers who are invited to review the application of a centre."""
