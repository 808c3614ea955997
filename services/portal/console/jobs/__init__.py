"""The caller's jobs in all services: how far they are, their files, and their cancellation."""
