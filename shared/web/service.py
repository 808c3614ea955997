"""What every service's app holds open beside its database: the authenticator, the limits and the doorbell."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from shared.auth.tokens import Authenticator
from shared.auth.usage import WRITE_EVERY
from shared.configuration.settings import Settings
from shared.messaging.supervision import end, every, keep_running
from shared.messaging.wakeup import Doorbell
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
async def _doorbell(settings: Settings) -> AsyncIterator[Doorbell]:
    bell = Doorbell(settings.redis_url)
    try:
        yield bell
    finally:
        await bell.close()


def service_parts() -> dict[str, Any]:
    """Arguments of `create_app` for a service with a database."""
    return {"doorbell": _doorbell, "holding": [_authenticator, request_authenticator, streams]}
