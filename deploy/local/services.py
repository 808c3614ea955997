"""The services of the system and where they answer by default."""

SERVICES = ("membership", "centres", "actions", "access", "portal")
WITH_WORKER = ("membership", "centres", "actions", "access")
DEFAULT_PORT = 8000
