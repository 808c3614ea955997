"""Compression of responses in the app, if no edge does it (`ESCM_COMPRESSION`).

Compresses JSON, CSV, NDJSON and pages of 1 KiB or more, streams block by block, so that each block arrives when it is
sent. Does not compress event streams, problems, compressed responses, and responses that an endpoint marks `no-store`:
the length of a compressed response with a secret and with text of the caller would disclose the secret.
"""

import re
import zlib
from collections.abc import Iterable
from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST = 1024
_LEVEL = 5
_GZIP = 16 + zlib.MAX_WBITS
_MEDIA = ("application/json", "application/x-ndjson", "text/csv", "text/html", "text/css", "text/javascript")
_CODING = re.compile(r"^\s*(gzip|\*)\s*(?:;\s*q\s*=\s*([0-9.]+))?\s*$", re.IGNORECASE)


def takes_gzip(accepted: str) -> bool:
    """Whether a client that sends this `Accept-Encoding` accepts gzip."""
    weights = {found[1].lower(): found[2] for part in accepted.split(",") if (found := _CODING.match(part))}
    weight = weights.get("gzip", weights.get("*", "0")) or "1"
    return bool(weight.strip("0."))


@lru_cache(maxsize=64)
def is_compressible(media_type: str) -> bool:
    """Whether responses of this `Content-Type` are compressed."""
    return media_type.partition(";")[0].strip().lower() in _MEDIA


class Compression:
    """An ASGI application around another that compresses its responses for clients that accept gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = scope["escm.headers"].get(b"accept-encoding", b"").decode("latin-1")
        await self._app(scope, receive, _Compressing(send, takes_gzip(accepted)).send)


class _Compressing:
    """The messages of a response; the start decides whether the body is compressed."""

    __slots__ = ("_compressor", "_is_taken", "_send")

    def __init__(self, send: Send, is_taken: bool) -> None:
        self._send = send
        self._is_taken = is_taken
        self._compressor: zlib._Compress | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if _is_worth_it(message["status"], message["headers"]):
                message["headers"] = [*message["headers"], (b"vary", b"Accept-Encoding")]
                if self._is_taken:
                    self._compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
                    message["headers"] = _of_compressed(message["headers"])
        elif self._compressor is not None and message["type"] == "http.response.body":
            more = message.get("more_body", False)
            block = self._compressor.compress(message.get("body", b""))
            message["body"] = block + self._compressor.flush(zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH)
        await self._send(message)


def _is_worth_it(status: int, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    given = dict(headers)
    length = given.get(b"content-length")
    return (
        status not in (204, 304)
        and b"content-encoding" not in given
        and b"no-store" not in given.get(b"cache-control", b"")
        and is_compressible(given.get(b"content-type", b"").decode("latin-1"))
        and (length is None or int(length) >= SMALLEST)
    )


def _of_compressed(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    others = [(name, value) for name, value in headers if name != b"content-length"]
    return [*others, (b"content-encoding", b"gzip")]
