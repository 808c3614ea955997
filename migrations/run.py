"""`migrate`: roles first, then the migrations, under one lock for the cluster."""

import asyncio
import os
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from migrations import baseline
from migrations.maintenance import end_cut_off_restore
from migrations.roles import UnfitDatabase, cluster_lock, prepare
from shared.configuration.settings import Settings
from shared.database.servers import connect
from shared.database.statements import Connection
from shared.database.tables import SCHEMA

_APPLIED = f"{SCHEMA}.core_migration"
_LOCK_NOT_AVAILABLE = "55P03"
_PATIENCE = 120.0
"""Seconds for which a migration that gets no lock is retried."""
_PAUSE = 2.0
"""Seconds between two attempts, in which those that waited behind the first one finish."""


def alembic_config(database_url: str, settings: Settings) -> Config:
    """Alembic's configuration, created in code so that the address is in one place only."""
    config = Config()
    folder = Path(__file__).parent
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", f"{folder / 'chain'}{os.pathsep}{folder / 'versions'}")
    config.attributes["database_url"] = database_url
    config.attributes["settings"] = settings
    return config


async def migrate(
    database_url: str, settings: Settings | None = None, revision: str = "heads", *, for_restore: bool = False
) -> None:
    """Migrates the database to a revision. Concurrent migrators wait for one another. An empty one begins with the
    baseline, unless the revision is of before it.

    `database_url` names a user that may create roles and that owns, or may create in, the database. Raises
    UnfitDatabase, and changes nothing, if the database is at a migration that this release does not have. Then undoes
    a restore that was interrupted. Raises UnfitDatabase while a restore runs (which itself calls this with
    `for_restore`).
    """
    settings = settings or Settings()
    config = alembic_config(database_url, settings)
    async with cluster_lock(database_url):
        connection = await connect(database_url)
        try:
            await _refuse_unknown(connection, config)
            if not for_restore:
                await end_cut_off_restore(connection, settings)
            await prepare(connection, settings)
            if await _is_new(connection) and _has_baseline(config, revision):
                await baseline.make(connection, settings)
        finally:
            await connection.close()
        await asyncio.to_thread(_upgrade, config, revision)


async def _is_new(connection: Connection) -> bool:
    return await connection.fetchval("SELECT to_regclass($1)", _APPLIED) is None


def _has_baseline(config: Config, revision: str) -> bool:
    steps = ScriptDirectory.from_config(config).iterate_revisions(revision, "base")
    return any(step.revision == baseline.REVISION for step in steps)


async def _refuse_unknown(connection: Connection, config: Config) -> None:
    if await _is_new(connection):
        return
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    for (applied,) in await connection.fetch(f"SELECT version_num FROM {_APPLIED}"):  # noqa: S608
        if applied not in known:
            raise UnfitDatabase(
                f"This database is at migration {applied}, which this release does not have: nothing was changed. It "
                "is of a newer release, or from before the first one. Run the release that made it, or a newer one, or "
                "restore a backup that this release knows."
            )


def _upgrade(config: Config, revision: str) -> None:
    """Runs the missing migrations. One that waits too long for a lock yields to those behind it and is retried; each is
    a transaction of its own."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            command.upgrade(config, revision)
        except DBAPIError as failure:
            if getattr(failure.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            return
