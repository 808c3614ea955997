"""Whether the database is migrated to this code."""

import asyncio
import re
from functools import cache
from importlib.resources import files

import asyncpg
import structlog

from shared.database.pool import Database
from shared.database.statements import Connection
from shared.kernel.errors import EscmError

log = structlog.get_logger(__name__)
_REVISION = re.compile(r'^revision\b[^=]*=\s*"(\w+)"', re.MULTILINE)
_DOWN = re.compile(r"^down_revision\b[^=]*=\s*(.+)$", re.MULTILINE)
_NAME = re.compile(r'"(\w+)"')
_APPLIED = "SELECT version_num FROM core_migration"
_PAUSE = 1.0


def is_current(applied: set[str]) -> bool:
    """Whether the database is at this code's heads, or beyond them, as during the rollout of a newer version."""
    known, heads = _history()
    return heads <= applied or bool(applied - known)


async def is_migrated(connection: Connection) -> bool:
    """Whether a database is current."""
    return is_current({row["version_num"] for row in await connection.fetch(_APPLIED)})


async def until_migrated(dsn: str) -> None:
    """Returns once the database is current, so that nobody works on the tables of an older release. Waits too while
    there is no database, or the role of the service, which the migration makes."""
    reason = ""
    while (found := await _obstacle(dsn)) is not None:
        if found != reason:
            log.warning("waits_for_migration", error=found)
            reason = found
        await asyncio.sleep(_PAUSE)


async def _obstacle(dsn: str) -> str | None:
    """Why the database cannot be used yet; None if it can."""
    try:
        database = await Database.open(dsn, size=1, application="escm-start")
        try:
            async with database.acquire() as connection:
                return None if await is_migrated(connection) else "behind"
        finally:
            await database.close()
    except (asyncpg.PostgresError, EscmError, OSError) as failure:
        return type(failure).__name__


@cache
def _history() -> tuple[frozenset[str], frozenset[str]]:
    """All revisions that this code knows, and the heads among them."""
    known: set[str] = set()
    followed: set[str] = set()
    migrations = files("migrations")
    for entry in (*migrations.joinpath("chain").iterdir(), *migrations.joinpath("versions").iterdir()):
        if entry.name.endswith(".py"):
            text = entry.read_text(encoding="utf-8")
            known.update(_REVISION.findall(text))
            followed.update(name for line in _DOWN.findall(text) for name in _NAME.findall(line))
    return frozenset(known), frozenset(known - followed)
