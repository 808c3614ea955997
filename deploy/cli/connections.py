"""The connections that processes use at most, and the finding of `escm doctor` on whether PostgreSQL allows them."""

from dataclasses import dataclass
from typing import Any

from deploy.cli.findings import Finding
from deploy.local.services import WITH_BULK_JOBS, WITH_WORKER

_LIMITS = """
SELECT current_setting('max_connections')::int AS allowed,
    current_setting('superuser_reserved_connections')::int + current_setting('reserved_connections')::int AS reserved
"""


@dataclass(frozen=True, slots=True)
class Processes:
    """How many processes there are: apps and workers of each service, and relays."""

    apps: int = 1
    workers: int = 1
    relays: int = 1


def needed(processes: Processes) -> int:
    """The connections to the primary that they use at most: the sizes of their pools, and one more of each pool with
    which it checks whether the server responds. Behind a pooler apps use none of these."""
    from deploy.matrix.settings import class_of
    from services.access.notifying.sending.engine import CONNECTIONS as OF_WEBHOOKS
    from shared.messaging.relay import CONNECTIONS as OF_RELAY
    from shared.messaging.worker import BULK_CONNECTIONS, CONNECTIONS, OF_BATCHES
    from shared.web.request.streams import AT_ONCE

    settings = [class_of(service)() for service in WITH_WORKER]
    of_apps = sum(0 if one.database_pooler else one.pool_size + 1 + AT_ONCE + 1 for one in settings)
    of_workers = len(WITH_WORKER) * (CONNECTIONS + 1) + len(WITH_BULK_JOBS) * BULK_CONNECTIONS + OF_WEBHOOKS + 1
    of_workers += CONNECTIONS - OF_BATCHES + 1  # of `publishing`
    return processes.apps * of_apps + processes.workers * of_workers + processes.relays * (OF_RELAY + 1)


def of_connections(processes: Processes) -> Any:
    """The check whether the server allows the connections of these processes."""

    async def check(connection: Any) -> list[Finding]:
        limits = await connection.fetchrow(_LIMITS)
        wanted, free = needed(processes), limits["allowed"] - limits["reserved"]
        detail = f"these processes use {wanted} at most; of {limits['allowed']}, {free} are for them"
        return [Finding("connections", wanted <= free, detail, "raise max_connections, or set ESCM_DATABASE_POOLER")]

    return check
