"""Messages on the files of experts."""
