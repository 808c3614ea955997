"""What waits for a caller, in every service."""
