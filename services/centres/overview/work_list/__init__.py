"""What waits for a caller among the records of centres."""
