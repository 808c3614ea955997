"""`migrate`: roles first, then the history, under one lock for the cluster."""

import asyncio
import time
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from migrations.maintenance import end_cut_off_restore
from migrations.roles import UnfitDatabase, cluster_lock, prepare
from shared.configuration.settings import Settings

_LOCK_NOT_AVAILABLE = "55P03"
_PATIENCE = 120.0
"""Seconds for which a migration that gets no lock is tried again."""
_PAUSE = 2.0
"""Seconds between two tries: what waited behind the first one is done by then."""


def alembic_config(database_url: str, settings: Settings) -> Config:
    """Alembic's configuration, made in code so that there is no second place for the address."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    config.attributes["settings"] = settings
    return config


async def migrate(
    database_url: str, settings: Settings | None = None, revision: str = "heads", *, for_restore: bool = False
) -> None:
    """Brings the database to a revision. Any number of migrators may start at once: they wait for one another.

    `database_url` names a user that may create roles and that owns, or may create in, the database. A restore that
    was cut off is ended first, and what was there before it is there again. Raises UnfitDatabase while a restore goes
    on, which itself asks with `for_restore`, and where the database is at a migration that this release does not have.
    """
    settings = settings or Settings()
    async with cluster_lock(database_url):
        connection = await asyncpg.connect(database_url)
        try:
            if not for_restore:
                await end_cut_off_restore(connection, settings)
            await prepare(connection, settings)
        finally:
            await connection.close()
        config = alembic_config(database_url, settings)
        await asyncio.to_thread(_upgrade, config, revision)


def _upgrade(config: Config, revision: str) -> None:
    """Runs what is missing of the history. A migration that waits too long for a lock lets those behind it go on, and
    is tried again: each is a transaction of its own."""
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
