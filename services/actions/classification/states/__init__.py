"""The status of the codes of an edition, by assessment."""
