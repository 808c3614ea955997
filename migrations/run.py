"""`migrate`: roles first, then the history, under one lock for the cluster."""

import asyncio
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config

from migrations.roles import cluster_lock, prepare
from shared.configuration.settings import Settings


def alembic_config(database_url: str, settings: Settings) -> Config:
    """Alembic's configuration, made in code so that there is no second place for the address."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    config.attributes["settings"] = settings
    return config


async def migrate(database_url: str, settings: Settings | None = None, revision: str = "heads") -> None:
    """Brings the database to a revision. Any number of migrators may start at once: they wait for one another.

    `database_url` names a user that may create roles and that owns, or may create in, the database.
    """
    settings = settings or Settings()
    async with cluster_lock(database_url):
        connection = await asyncpg.connect(database_url)
        try:
            await prepare(connection, settings)
        finally:
            await connection.close()
        config = alembic_config(database_url, settings)
        await asyncio.to_thread(command.upgrade, config, revision)
