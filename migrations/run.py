"""`migrate`: roles first, then the migrations, under one lock for the cluster."""

import asyncio
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from migrations.maintenance import end_cut_off_restore
from migrations.roles import UnfitDatabase, cluster_lock, prepare
from shared.configuration.settings import Settings
from shared.database.servers import connect

_LOCK_NOT_AVAILABLE = "55P03"
_PATIENCE = 120.0
"""Seconds for which a migration that gets no lock is retried."""
_PAUSE = 2.0
"""Seconds between two attempts, in which those that waited behind the first one finish."""


def alembic_config(database_url: str, settings: Settings) -> Config:
    """Alembic's configuration, created in code so that the address is in one place only."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    config.attributes["settings"] = settings
    return config


async def migrate(
    database_url: str, settings: Settings | None = None, revision: str = "heads", *, for_restore: bool = False
) -> None:
    """Migrates the database to a revision. Concurrent migrators wait for one another.

    `database_url` names a user that may create roles and that owns, or may create in, the database. First undoes a
    restore that was interrupted. Raises UnfitDatabase while a restore runs (which itself calls this with
    `for_restore`), and if the database is at a migration that this release does not have.
    """
    settings = settings or Settings()
    async with cluster_lock(database_url):
        connection = await connect(database_url)
        try:
            if not for_restore:
                await end_cut_off_restore(connection, settings)
            await prepare(connection, settings)
        finally:
            await connection.close()
        config = alembic_config(database_url, settings)
        await asyncio.to_thread(_upgrade, config, revision)


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
        except CommandError as unknown:
            raise UnfitDatabase(
                "This database is at a migration that this release does not have. Run the release that made it, or "
                "a newer one, or restore a backup that this release knows."
            ) from unknown
        else:
            return
