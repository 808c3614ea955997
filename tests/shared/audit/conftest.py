"""A trail on the session's real Postgres, empty for each test."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from shared.database.pool import Database
from tests.shared.audit.trail import TABLES, AuditSettings, Trail

_EMPTY = (*TABLES, "core_audit_key", "core_audit_signing_key", "core_outbox", "core_fact", "core_lease", "core_batch")


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write."""
    return database_named("shared_audit")


@pytest.fixture
async def admin(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The superuser."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm", "timezone": "UTC"})
    yield connection
    await connection.close()


@pytest.fixture
async def trail(database_url: str, redis_url: str, admin: asyncpg.Connection) -> AsyncIterator[Trail]:
    settings = AuditSettings(database_url=database_url, redis_url=redis_url)
    await admin.execute(
        f"TRUNCATE {', '.join(_EMPTY)} RESTART IDENTITY;"
        "INSERT INTO core_audit_head (position, hash) VALUES (0, decode(repeat('00', 32), 'hex'));"
        "UPDATE core_audit_verified SET newest = 0, again = 0"
    )
    database = await Database.open(settings.database_dsn(), size=2)
    yield Trail(settings, database, admin)
    await database.close()
