"""Annual and final reports of centres."""
