"""Which codes of different schemes correspond."""
