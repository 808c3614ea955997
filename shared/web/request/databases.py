"""The databases of an app: the primary, and the standby from which anonymous callers read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from shared.configuration.settings import Settings
from shared.database.pool import Database
from shared.database.replica import INTERVAL, Replica
from shared.messaging.supervision import end, every, keep_running
from shared.observability.metrics import REPLICA_LAG

_PATIENCE = 1.0
"""Seconds to wait for a connection to the standby, since the primary can respond instead."""


async def open_primary(settings: Settings, part: str = "", **limits: Any) -> Database:
    """The primary, directly or through the pooler. `part` of the app is part of the application name."""
    return await Database.open(
        settings.app_dsn, application=_name(settings, part), is_pooled=bool(settings.database_pooler), **limits
    )


async def open_standby(settings: Settings, part: str = "", **limits: Any) -> Database | None:
    """The standby, if there is one. Its sessions have the limits of their role, so that a pooler may be before it."""
    if not settings.replica_dsn:
        return None
    return await Database.open(
        settings.replica_dsn, application=_name(settings, part), patience=_PATIENCE, is_pooled=True, **limits
    )


def _name(settings: Settings, part: str) -> str:
    return "-".join(word for word in ("escm", settings.service, part) if word)


@asynccontextmanager
async def replica(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.replica` while the app runs: None without a standby."""
    settings: Settings = app.state.settings
    app.state.replica = None
    if (database := await open_standby(settings, size=settings.pool_size)) is None:
        yield
        return
    found = app.state.replica = Replica(app.state.database, database, settings.replica_seconds)
    REPLICA_LAG.labels(settings.service).set_function(lambda: found.lag)
    checking = asyncio.create_task(keep_running("replica", lambda: every(INTERVAL, found.check)))
    try:
        yield
    finally:
        await end([checking])
        await database.close()
