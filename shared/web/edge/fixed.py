"""Responses with an `ETag` over their bytes: the contract, pages and their files."""

import gzip
import zlib
from collections.abc import Mapping
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from shared.web.edge.compression import is_compressible, takes_gzip

_SMALL = 1024
_LEVEL = 9
"""Each body is compressed once."""


def fixed_response(
    request: Request, body: bytes, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A body that stays the same until the next release, with an `ETag` over its bytes before compression; 304 if the
    caller names that tag.

    The compressed body is cached, so there must be few different bodies.
    """
    shown = {**(headers or {}), "ETag": _tag(body)}
    shown["Vary"] = ", ".join(filter(None, (shown.get("Vary"), "Accept-Encoding")))
    if _is_known(request, shown["ETag"]):
        return Response(status_code=304, headers=shown)
    if len(body) > _SMALL and is_compressible(media_type) and takes_gzip(request.headers.get("accept-encoding", "")):
        shown["Content-Encoding"] = "gzip"
        body = _compressed(body)
    return Response(body, 200, shown, media_type)


def tagged_response(request: Request, body: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """A body made for this request, with an `ETag` over it; 304 if the caller names that tag."""
    shown = {**headers, "ETag": _digest(body)}
    if _is_known(request, shown["ETag"]):
        return Response(status_code=304, headers=shown)
    return Response(body, 200, shown, media_type)


def _is_known(request: Request, tag: str) -> bool:
    asked = request.headers.get("if-none-match", "")
    return tag in (part.strip().removeprefix("W/") for part in asked.split(","))


def _digest(body: bytes) -> str:
    return f'"{zlib.crc32(body):08x}"'


_tag = lru_cache(256)(_digest)


@lru_cache(256)
def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)
