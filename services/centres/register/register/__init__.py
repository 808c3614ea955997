"""The public register of centres, as it was at the end of any day."""
