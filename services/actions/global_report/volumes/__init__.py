"""The texts of an edition as a whole in one language, in each format. The same texts give the same bytes."""
