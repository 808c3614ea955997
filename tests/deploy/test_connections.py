"""The PostgreSQL connections of all processes of a laptop: the sum of their pools."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import pytest

from deploy.cli.connections import Processes, needed
from deploy.cli.processes import makers
from deploy.local.combined import create_app
from deploy.local.postgres import SETTINGS
from shared.database.pool import Database
from shared.messaging.process import Part

BOUND = 95
"""The bound on the sum."""


class Pools:
    """The size of each pool, by its name in PostgreSQL."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self.made = asyncio.Event()

    def add(self, name: str, size: int) -> None:
        assert name not in self.sizes, f"two pools are called {name}"
        self.sizes[name] = size
        self.made.set()


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> Pools:
    found, open_pool = Pools(), Database.open

    async def recorded(dsn: str, *, size: int = 8, application: str = "escm", **named: Any) -> Database:
        found.add(application, size)
        return await open_pool(dsn, size=size, application=application, **named)

    monkeypatch.setattr(Database, "open", recorded)
    return found


@asynccontextmanager
async def _running(part: Part, pools: Pools) -> AsyncIterator[None]:
    """Runs a worker or the relay until it has made a pool."""
    pools.made.clear()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(part.work())
        await pools.made.wait()
        yield
        part.stop()


@pytest.mark.long("starts every process")
async def test_all_processes_together_leave_connections_of_postgres_to_others(
    database_named: Callable[[str], str], redis_url: str, monkeypatch: pytest.MonkeyPatch, pools: Pools
) -> None:
    url = await asyncio.to_thread(database_named, "connections")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(create_app().entered())
        for make in makers("all"):
            await stack.enter_async_context(_running(make(), pools))
    connection = await asyncpg.connect(url)
    reserved = int(await connection.fetchval("SHOW superuser_reserved_connections"))
    await connection.close()
    together = sum(pools.sizes.values())
    assert together < BOUND, pools.sizes
    each_watched = together + len(pools.sizes)
    assert each_watched == needed(Processes())
    assert each_watched <= int(SETTINGS["max_connections"]) - reserved
