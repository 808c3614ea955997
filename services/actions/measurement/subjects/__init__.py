"""What targets and results have in common: whom they are about, and their parts."""
