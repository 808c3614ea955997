"""Which origins may call from a browser, and which headers they may send and read.

The API reads no cookies, so an origin gains only what the token it sends permits. What verifies certificates is for
pages of every origin, without a token: see `RouteOptions.is_cross_origin`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

Headers: TypeAlias = list[tuple[bytes, bytes]]
_LOOPBACK = re.compile(rb"^https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?$")
_ALLOWED = (
    b"Accept-Language, Authorization, Cache-Control, Content-Type, DPoP, Idempotency-Key, If-Match, If-None-Match, "
    b"Last-Event-ID, traceparent, X-Request-Id"
)
_EXPOSED = (
    b"Content-Disposition, Content-Language, Deprecation, DPoP-Nonce, ETag, Idempotency-Replayed, Link, Location, "
    b"RateLimit, RateLimit-Policy, Retry-After, Sunset, WWW-Authenticate, X-Request-Id"
)
_PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"GET, HEAD, POST, PATCH, DELETE"),
    (b"access-control-allow-headers", _ALLOWED),
    (b"access-control-max-age", b"600"),
]
EVERY_ORIGIN: Headers = [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", _EXPOSED)]
"""Of responses that pages of every origin may read."""
_EVERY_PREFLIGHT: Headers = [
    EVERY_ORIGIN[0],
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    (b"access-control-allow-headers", b"Accept-Language, Cache-Control, Content-Type, If-None-Match"),
    (b"access-control-max-age", b"600"),
]
_VARY = (b"vary", b"Origin")


class CrossOrigin:
    """The permitted origins: an exact list, and with `loopback` every page of this machine. `open_paths` are the paths
    that every origin may call."""

    def __init__(
        self, origins: Iterable[str] = (), *, loopback: bool = False, open_paths: Iterable[re.Pattern[str]] = ()
    ) -> None:
        self._open_paths = tuple(open_paths)
        self._origins = frozenset(origin.encode("ascii") for origin in origins)
        self._loopback = loopback
        self.is_on = bool(self._origins) or loopback

    def headers(self, request: Mapping[bytes, bytes]) -> Headers:
        """The headers of each response to this request, with an `Allow-Origin` only if its origin may call."""
        origin = request.get(b"origin")
        if origin is None or not self._may_call(origin):
            return [_VARY]
        return [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", _EXPOSED), _VARY]

    def preflight(self, path: str, request: Mapping[bytes, bytes]) -> Headers | None:
        """The headers of the response to a preflight request; None for another request with OPTIONS, and for an origin
        that may not call this path."""
        if b"access-control-request-method" not in request:
            return None
        if self._may_call(request.get(b"origin", b"")):
            return _PREFLIGHT
        return _EVERY_PREFLIGHT if any(each.match(path) for each in self._open_paths) else None

    def _may_call(self, origin: bytes) -> bool:
        return origin in self._origins or (self._loopback and bool(_LOOPBACK.match(origin)))
