"""Finds the route of a request by its resource and depth, so that the number of routes does not affect the time.

Before anything else, an unknown path returns 404, and an unknown method 405 with every method of the path in `Allow`.
"""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from urllib.parse import unquote_to_bytes

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from shared.auth.api_keys import PREFIX
from shared.kernel.errors import Malformed, NotFound
from shared.web.edge.body import Body
from shared.web.request.error_mapping import MethodNotAllowed
from shared.web.request.route import EscmRoute

_FILE_STACK = "fastapi_middleware_astack"
"""The key under which FastAPI finds the stack that closes uploaded files after the request."""
_DEPTH = 4
_CREDENTIALS = (PREFIX.encode(), b"access_token=")


class Dispatch:
    """The ASGI application behind the edge: selects the route, limits the body, calls the route."""

    def __init__(self, routes: Iterable[BaseRoute], body_seconds: float) -> None:
        self._body_seconds = body_seconds
        self._index: dict[tuple[str, int], list[Route]] = {}
        self._others: list[BaseRoute] = []
        for route in routes:
            path = str(getattr(route, "path", ""))
            parts = path.split("/", _DEPTH)
            is_deep = len(parts) >= _DEPTH and "{" not in "".join(parts[:_DEPTH]) and ":path}" not in path
            if is_deep and isinstance(route, Route):
                self._index.setdefault((parts[3], path.count("/")), []).append(route)
            else:
                self._others.append(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["query_string"]:
            _refuse_credentials(scope["query_string"])
        route = self._find(scope)
        plain = route if isinstance(route, EscmRoute) and route.is_plain else None
        form_limit = getattr(route, "form_limit", None)
        limit = form_limit(scope["app"].state.settings) if plain is None and form_limit is not None else 0
        with Body(scope, receive, self._body_seconds, form_limit=limit) as body:
            if plain is not None:
                await plain.app(scope, body.receive, send)
                return
            async with AsyncExitStack() as stack:
                scope[_FILE_STACK] = stack
                await route.handle(scope, body.receive, send)

    def route_of(self, method: str, path: str) -> BaseRoute:
        """The route of an address. Raises NotFound and MethodNotAllowed."""
        return self._find({"type": "http", "method": method, "path": path, "root_path": ""})

    def _find(self, scope: Scope) -> BaseRoute:
        path: str = scope["path"]
        method: str = scope["method"]
        parts = path.split("/", _DEPTH)
        allowed: set[str] = set()
        candidates = self._index.get((parts[3], path.count("/")), ()) if len(parts) >= _DEPTH else ()
        for route in candidates:
            if (found := route.path_regex.match(path)) is None:
                continue
            if method in (route.methods or (method,)):
                convertors = route.param_convertors
                scope["path_params"] = {name: convertors[name].convert(v) for name, v in found.groupdict().items()}
                scope["route"], scope["endpoint"] = route, route.endpoint
                return route
            allowed |= route.methods or set()
        for other in self._others:
            match, child = other.matches(scope)
            if match is Match.FULL:
                scope.update({"route": other, **child})
                return other
            if match is Match.PARTIAL:
                allowed |= getattr(other, "methods", None) or set()
        if allowed:
            methods = sorted(allowed | ({"HEAD"} if "GET" in allowed else set()))
            raise MethodNotAllowed(f"Use {' or '.join(methods)}.", headers={"Allow": ", ".join(methods)})
        raise NotFound("There is nothing at this address.")


def _refuse_credentials(query: bytes) -> None:
    """Raises Malformed `key_in_address` for a key or token where logs, histories and caches store it."""
    plain = unquote_to_bytes(query)
    if any(each in plain for each in _CREDENTIALS):
        raise Malformed(
            "A key or token was sent in the address, where others may read it: revoke it, and send the new one in the"
            " Authorization header.",
            code="key_in_address",
        )
