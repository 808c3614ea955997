"""Messages on the files of centres."""
