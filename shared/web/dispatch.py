"""Finds the route of a request by its resource and depth, so that the number of routes costs nothing.

An unknown path is 404 and an unknown method 405 with every method of the path in `Allow`, before anything else.
"""

from collections.abc import Iterable
from contextlib import AsyncExitStack

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from shared.kernel.errors import NotFound
from shared.web.body import bounded
from shared.web.translation import MethodNotAllowed

_FILE_STACK = "fastapi_middleware_astack"
"""Where FastAPI looks for the stack that closes uploaded files after the request."""
_DEPTH = 4


class Dispatch:
    """The ASGI application behind the edge: picks the route, bounds the body, calls it."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._index: dict[tuple[str, int], list[BaseRoute]] = {}
        self._others: list[BaseRoute] = []
        for route in routes:
            path = str(getattr(route, "path", ""))
            parts = path.split("/", _DEPTH)
            if len(parts) < _DEPTH or "{" in "".join(parts[:_DEPTH]) or ":path}" in path:
                self._others.append(route)
            else:
                self._index.setdefault((parts[3], path.count("/")), []).append(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._find(scope)
        async with AsyncExitStack() as stack:
            scope[_FILE_STACK] = stack
            await route.handle(scope, bounded(scope, receive), send)

    def _find(self, scope: Scope) -> BaseRoute:
        path: str = scope["path"]
        parts = path.split("/", _DEPTH)
        partial: list[BaseRoute] = []
        candidates = self._index.get((parts[3], path.count("/"))) if len(parts) >= _DEPTH else None
        for route in (*candidates, *self._others) if candidates else self._others:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                return route
            if match is Match.PARTIAL:
                partial.append(route)
        if partial:
            methods = sorted({method for route in partial for method in getattr(route, "methods", None) or ()})
            raise MethodNotAllowed(f"Use {' or '.join(methods)}.", headers={"Allow": ", ".join(methods)})
        raise NotFound("There is nothing at this address.")
