"""All five apps in one process, selected by path."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.local.services import SERVICES

_ROOT = "portal"
"""Responds to paths without another service's prefix."""
_WELL_KNOWN = ".well-known"
"""Belongs to access (RFC 8414, JWKS), except for the paths below."""
_ELSEWHERE = {
    "/.well-known/security.txt": "portal",
    "/.well-known/api-catalog": "portal",
    "/.well-known/did.json": "membership",
}
"""The security contact (RFC 9116), the APIs (RFC 9727), and the keys of credentials."""


class Combined:
    """An ASGI application that sends each request to the app named by the first segment of its path.

    It runs the lifespan of each app, because nothing else does.
    """

    def __init__(self, apps: dict[str, Starlette]) -> None:
        self.apps = apps
        self._states: dict[str, dict[str, Any]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        name = self._owner(scope["path"])
        if name in self._states:
            scope["state"] = self._states[name].copy()
        app: ASGIApp = self.apps[name]
        await app(scope, receive, send)

    def _owner(self, path: str) -> str:
        first = path.removeprefix("/").partition("/")[0]
        if first == _WELL_KNOWN:
            return _ELSEWHERE.get(path, "access")
        return first if first in self.apps else _ROOT

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self.entered():
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as failure:
            kind = "startup" if not self._states else "shutdown"
            await send({"type": f"lifespan.{kind}.failed", "message": repr(failure)})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """All apps, between their startup and their shutdown."""
        async with AsyncExitStack() as lifespans:
            states = {}
            for name, app in self.apps.items():
                state = await lifespans.enter_async_context(app.router.lifespan_context(app))
                states[name] = dict(state or {})
            self._states = states
            yield


def create_app() -> Combined:
    """The five apps, with settings from the environment."""
    return Combined({name: import_module(f"services.{name}.app").create_app() for name in SERVICES})
