"""What is to be reached."""
