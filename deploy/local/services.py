"""The services of the system and their default addresses."""

SERVICES = ("membership", "centres", "actions", "access", "portal")
WITH_WORKER = ("membership", "centres", "actions", "access")
WORKERS = (*WITH_WORKER, "publishing")
"""All workers: `publishing` reads manuscripts and builds editions, with the settings of actions."""
WITH_BULK_JOBS = ("membership", "centres", "actions")
DEFAULT_PORT = 8000
