"""A service for tests on the session's real Postgres and Valkey: its settings, its table of effects."""

import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any, ClassVar

import asyncpg
import pytest
from sqlalchemy import Column, MetaData, Table, Text, Uuid

from shared.configuration.settings import Settings
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.messaging.outbox import announce

TYPE = "escm.membership.expert.created.v1"
EFFECT = Table("effect", MetaData(schema="escm"), Column("fact", Uuid), Column("note", Text))
_TABLES = ("outbox", "fact", "lease", "consumer", "subscription", "batch", "inbox", "job", "schedule")


class MessagingSettings(Settings):
    """Logs in as one of the services."""

    service: ClassVar[str] = "membership"


def fact(what: str = TYPE, *, bulk: bool = False) -> Fact:
    return Fact(type=what, subject=uuid7(), ref="EXP-000001", version=1, country="XA", link="/x", bulk=bulk)


@pytest.fixture
def settings(database_url: str, redis_url: str) -> MessagingSettings:
    return MessagingSettings(database_url=database_url, redis_url=redis_url, pool_size=8)


@pytest.fixture
async def admin(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The superuser, with empty tables of facts and jobs and a table `effect` that services may write."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS effect (fact uuid, note text, at timestamptz DEFAULT clock_timestamp());"
        "GRANT INSERT, SELECT ON effect TO escm_membership;"
        f"TRUNCATE effect, {', '.join(f'core_{name}' for name in _TABLES)} RESTART IDENTITY"
    )
    yield connection
    await connection.execute("DROP TABLE effect")
    await connection.close()


@pytest.fixture
async def database(settings: MessagingSettings, admin: asyncpg.Connection) -> AsyncIterator[Database]:
    """The service's own pool, on empty tables."""
    database = await Database.open(settings.database_dsn(), size=4)
    yield database
    await database.close()


@pytest.fixture
def announce_facts(database: Database) -> Callable[..., Awaitable[list[Fact]]]:
    """Announces new facts in one transaction."""

    async def announce_facts(count: int = 1, what: str = TYPE, *, bulk: bool = False) -> list[Fact]:
        facts = [fact(what, bulk=bulk) for _ in range(count)]
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            for each in facts:
                announce(uow, each)
        return facts

    return announce_facts


@pytest.fixture
def effects(admin: asyncpg.Connection) -> Callable[[], Awaitable[list[Any]]]:
    """The ids of the facts that had an effect, one for each effect."""

    async def effects() -> list[Any]:
        return [row["fact"] for row in await admin.fetch("SELECT fact FROM effect ORDER BY at")]

    return effects


@pytest.fixture
def spawn(settings: MessagingSettings, database: Database) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts `program.py` in a separate process, which the test may kill."""
    started: list[subprocess.Popen[bytes]] = []

    def spawn(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.shared.messaging.program", *arguments]
        environment = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url, "PATH": "/usr/bin:/bin"}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        started.append(process)
        return process

    yield spawn
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write."""
    return database_named("shared_messaging")
