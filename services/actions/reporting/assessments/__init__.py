"""Assessments of what countries have achieved, and how they compare with what countries report."""
