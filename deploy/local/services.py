"""The services of the system and their default addresses."""

SERVICES = ("membership", "centres", "actions", "access", "portal")
WITH_WORKER = ("membership", "centres", "actions", "access")
WITH_BULK_JOBS = ("membership", "centres", "actions")
DEFAULT_PORT = 8000
