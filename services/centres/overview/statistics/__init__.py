"""Numbers of what centres report."""
