"""Resources of every service's app in addition to its database: the authenticator, the limits and the notifier."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from shared.auth.tokens import Authenticator
from shared.auth.usage import WRITE_EVERY
from shared.configuration.settings import Settings
from shared.messaging.notifier import Notifier
from shared.messaging.supervision import end, every, keep_running
from shared.web.app import Holding
from shared.web.request_authenticator import request_authenticator
from shared.web.streams import streams


@asynccontextmanager
async def _authenticator(app: FastAPI) -> AsyncIterator[None]:
    authenticator = app.state.authenticator = Authenticator(app.state.database, app.state.settings)
    uses = authenticator.uses
    writer = asyncio.create_task(keep_running("last_uses", lambda: every(WRITE_EVERY, uses.write)))
    try:
        yield
    finally:
        await end([writer])


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
