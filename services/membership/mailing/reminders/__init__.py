"""Reminders of the end of a term, and of what its renewal needs."""
