"""Which records have the codes of a scheme."""
