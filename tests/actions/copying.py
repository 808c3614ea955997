"""Makes the copies of actions' open data in a process that a test kills: `python -m tests.actions.copying`, with the
settings in the environment. Says how many files there are."""

import asyncio
import sys
from functools import partial

from services.actions.exchange.open_data.queries import PUBLISHED
from services.actions.settings import ActionsSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.open_data.jobs import CopyJobs


async def _run() -> None:
    settings = ActionsSettings()
    database = await Database.open(settings.database_dsn(), size=2)
    try:
        sys.stdout.write("begins\n")
        sys.stdout.flush()
        made = await CopyJobs(PUBLISHED, settings).make(database, partial(unit_of_work, database, SYSTEM_CONTEXT))
        sys.stdout.write(f"{made}\n")
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(_run())
