"""ETags, `"<version>.<eight hex digits of the response>"`, and the preconditions that name them."""

import re
import zlib
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request

from shared.kernel.errors import PreconditionRequired, VersionConflict
from shared.web.request.request_context import header_of

_VERSION = re.compile(r'^\s*(?:W/)?"(\d{1,9})(?:\.[0-9a-f]{1,16})?"\s*$')


def etag(version: int, body: bytes) -> str:
    """The entity tag of a response, over its bytes before any compression."""
    return f'"{version}.{zlib.crc32(body):08x}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether `If-None-Match` names this response; a `W/` that a proxy added is ignored."""
    given = header_of(request, b"if-none-match")
    if given is None:
        return False
    return given.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in given.split(","))


def is_current(request: Request, version: int) -> bool:
    """Whether `If-Match` names this version. Raises PreconditionRequired if it is missing or `*`."""
    given = header_of(request, b"if-match")
    if given is None or given.strip() == "*":
        raise PreconditionRequired("Send If-Match with the ETag of the record that you read.")
    found = [_VERSION.match(part) for part in given.split(",")]
    return any(match and int(match[1]) == version for match in found)


def refuse_stale(request: Request, shown: Mapping[str, Any]) -> None:
    """Raises VersionConflict if `If-Match` is sent and names another version than that of the record that is shown."""
    if header_of(request, b"if-match") not in (None, "*") and not is_current(request, shown["version"]):
        raise changed_since(shown)


def changed_since(shown: Mapping[str, Any]) -> VersionConflict:
    """The error for a stale `If-Match`, with the present tag of the record in its item response."""
    tag = etag(shown["version"], orjson.dumps(shown))
    return VersionConflict(
        "The record changed since you read it.", members={"current_etag": tag}, headers={"ETag": tag}
    )
