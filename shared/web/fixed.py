"""Answers that stay the same until the next release: the contract, pages and their files."""

import gzip
import zlib
from collections.abc import Mapping
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from shared.web.compression import is_compressible, takes_gzip

_SMALL = 1024
_LEVEL = 9
"""Each body is compressed once."""


def fixed_response(
    request: Request, body: bytes, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The body with an `ETag` over its bytes before compression; 304 where the caller names that tag.

    The compressed body is kept, so `body` must be one of few.
    """
    tag = _tag(body)
    shown = {**(headers or {}), "ETag": tag}
    shown["Vary"] = ", ".join(filter(None, (shown.get("Vary"), "Accept-Encoding")))
    asked = request.headers.get("if-none-match", "")
    if tag in (part.strip().removeprefix("W/") for part in asked.split(",")):
        return Response(status_code=304, headers=shown)
    if len(body) > _SMALL and is_compressible(media_type) and takes_gzip(request.headers.get("accept-encoding", "")):
        shown["Content-Encoding"] = "gzip"
        body = _compressed(body)
    return Response(body, 200, shown, media_type)


@lru_cache(256)
def _tag(body: bytes) -> str:
    return f'"{zlib.crc32(body):08x}"'


@lru_cache(256)
def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)
