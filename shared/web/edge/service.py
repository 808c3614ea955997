"""Resources of every service's app in addition to its database: the authenticator, the limits and the notifier."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from shared.auth.client_calls import ClientCalls
from shared.auth.tokens import Authenticator
from shared.auth.usage import WRITE_EVERY
from shared.configuration.settings import Settings
from shared.messaging.notices import PRINCIPALS, received
from shared.messaging.notifier import Notifier
from shared.messaging.supervision import end, every, keep_running
from shared.web.edge.app import Holding
from shared.web.request.request_authenticator import request_authenticator
from shared.web.request.streams import streams


@asynccontextmanager
async def _authenticator(app: FastAPI) -> AsyncIterator[None]:
    authenticator = app.state.authenticator = Authenticator(app.state.database, app.state.settings)
    uses = authenticator.uses
    calls = app.state.client_calls = ClientCalls(app.state.database)
    app.state.notifier.forgetting(authenticator.forget)
    redis_url = app.state.settings.redis_url
    tasks = {
        "last_uses": lambda: every(WRITE_EVERY, uses.write),
        "client_calls": lambda: every(WRITE_EVERY, calls.write),
        "principals": lambda: _forget_changed(authenticator, redis_url),
    }
    running = [asyncio.create_task(keep_running(name, work), name=name) for name, work in tasks.items()]
    try:
        yield
    finally:
        await end(running)


async def _forget_changed(authenticator: Authenticator, redis_url: str) -> None:
    """Forgets the principals that other processes changed; all of them where notices may have been missed."""
    async for notice in received(redis_url, PRINCIPALS):
        authenticator.forget(None if notice is None else {UUID(one) for one in notice.decode().split(",")})


@asynccontextmanager
async def _notifier(settings: Settings) -> AsyncIterator[Notifier]:
    notifier = Notifier(settings.redis_url)
    try:
        yield notifier
    finally:
        await notifier.close()


def service_parts(*holding: Holding) -> dict[str, Any]:
    """Arguments of `create_app` for a service with a database, and with further resources of its own."""
    return {"open_notifier": _notifier, "holding": [_authenticator, request_authenticator, streams, *holding]}
