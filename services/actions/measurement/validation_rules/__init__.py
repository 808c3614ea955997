"""Rules by which results are validated."""
