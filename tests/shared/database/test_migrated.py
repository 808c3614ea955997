"""Processes wait for the migration of their release before they work."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest
from structlog.testing import capture_logs

from shared.configuration.settings import Settings
from shared.database.migrated import until_migrated
from tests.support.waiting import eventually


@pytest.fixture(scope="module")
def url(database_named: Callable[[str], str]) -> str:
    """A separate database, whose history changes."""
    return database_named("migrated")


async def test_a_process_waits_until_the_database_is_at_its_release(url: str) -> None:
    dsn = Settings(database_url=url).database_dsn("relay")
    await until_migrated(dsn)
    connection = await asyncpg.connect(url)
    try:
        (applied,) = await connection.fetchrow("SELECT version_num FROM escm.core_migration")
        await connection.execute("UPDATE escm.core_migration SET version_num = '0001_core'")
        waiting = asyncio.create_task(until_migrated(dsn))
        looks = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'escm-start' AND datname = $1"
        await eventually(lambda: connection.fetchval(looks, url.rpartition("/")[2]), every=0.001)
        assert not waiting.done()
        await connection.execute("UPDATE escm.core_migration SET version_num = $1", applied)
        await waiting
        await connection.execute("UPDATE escm.core_migration SET version_num = '9999_later'")
        await until_migrated(dsn)
        await connection.execute("UPDATE escm.core_migration SET version_num = $1", applied)
    finally:
        await connection.close()


async def test_a_process_waits_for_a_server_and_its_role() -> None:
    with capture_logs() as lines:
        waiting = asyncio.create_task(until_migrated("postgresql://nobody:wrong@127.0.0.1:9/escm"))

        async def says_why() -> bool:
            return bool(lines)

        await eventually(says_why, every=0.001)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert [line["event"] for line in lines] == ["waits_for_migration"]
