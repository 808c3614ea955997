"""Templates of what centres report and apply with."""
