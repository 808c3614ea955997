"""A worker whose clock can be set ahead.

Each line on standard input, such as `membership.end_terms 90`, runs a schedule once with the clock so many days ahead.
The response is the same line.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module

from shared.kernel import clock

_ahead = timedelta()


async def _run(schedule: str) -> None:
    from shared.database.context import SYSTEM_CONTEXT
    from shared.database.pool import Database
    from shared.database.unit_of_work import unit_of_work

    service, name = schedule.split(".")
    worker = import_module(f"services.{service}.worker")
    settings = getattr(import_module(f"services.{service}.settings"), f"{service.title()}Settings")()
    database = await Database.open(settings.database_dsn(), size=1)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await worker.SCHEDULES[name].run(uow)
    await database.close()


if __name__ == "__main__":
    clock.now = lambda: datetime.now(UTC) + _ahead
    clock.today = lambda: clock.now().date()
    for line in sys.stdin:
        wanted, days = line.split()
        _ahead = timedelta(days=int(days))
        asyncio.run(_run(wanted))
        sys.stdout.write(line)
        sys.stdout.flush()
