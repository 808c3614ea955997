"""Changes of centres, and what they had before."""
