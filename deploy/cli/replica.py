"""A standby from which apps read: the finding of `escm doctor`."""

import asyncio
from contextlib import AsyncExitStack

from deploy.cli.findings import Finding


async def of_replica(database_url: str) -> list[Finding]:
    """Whether apps can read from the standby, if there is one: it follows the primary and lags less than the bound."""
    from services.access.settings import AccessSettings
    from shared.database.replica import INTERVAL, NotAStandby, Replica
    from shared.kernel.errors import Unavailable
    from shared.web.request.databases import open_primary, open_standby

    settings = AccessSettings(database_url=database_url)
    bound = settings.replica_seconds
    async with AsyncExitStack() as stack:
        if (standby := await open_standby(settings, "doctor", size=1)) is None:
            return []
        stack.push_async_callback(standby.close)
        primary = await open_primary(settings, "doctor", size=1)
        stack.push_async_callback(primary.close)
        replica = Replica(primary, standby, bound)
        try:
            for _ in range(round(bound / INTERVAL) + 1):
                await replica.check()
                if replica.is_fresh:
                    return [Finding("replica", True, f"the standby lags less than {bound:g} s")]
                await asyncio.sleep(INTERVAL)
        except NotAStandby as fault:
            return [
                Finding(
                    "replica", False, str(fault), "name the address of a standby, as in docs/operators/operations.md"
                )
            ]
        except Unavailable as fault:
            return [Finding("replica", False, str(fault), "start the standby; until then apps read from the primary")]
    lags = f"the standby lags more than {bound:g} s"
    return [Finding("replica", False, lags, "see its replay in pg_stat_replication of the primary")]
