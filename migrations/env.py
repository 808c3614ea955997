"""Alembic's entry point: runs the migrations as `escm_owner` with short locks."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared.database.servers import connect
from shared.database.tables import SCHEMA, metadata

_LOCK_TIMEOUT = "1s"
"""Timeout of a lock, for a migration and those that wait behind it, before the migration is retried."""


def _run(connection: Connection) -> None:
    settings = context.config.attributes["settings"]
    context.config.attributes["role_prefix"] = settings.role_prefix
    connection.execute(text(f"SET ROLE {settings.role_prefix}_owner"))
    connection.execute(text(f"SET search_path = {SCHEMA}, public"))
    connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table="core_migration",
        version_table_schema=SCHEMA,
        include_schemas=True,
        include_name=_ours,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _ours(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "schema" or name == SCHEMA


async def _connect_and_run() -> None:
    address = context.config.attributes["database_url"]
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: connect(address), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


asyncio.run(_connect_and_run())
