"""The codes of an edition of a scheme, and the check of tags."""
