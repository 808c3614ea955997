"""ETags: `"<version>.<eight hex digits of the answer>"`, and the preconditions that name them."""

import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from fastapi import Request

from shared.kernel.errors import PreconditionRequired, VersionConflict

_VERSION = re.compile(r'^\s*(?:W/)?"(\d{1,9})(?:\.[0-9a-f]{1,16})?"\s*$')


def etag(version: int, body: bytes) -> str:
    """The entity tag of an answer, over its bytes before any compression."""
    return f'"{version}.{zlib.crc32(body):08x}"'


def etag_of(record: Mapping[str, Any]) -> str:
    """The entity tag that an item answer with this record has."""
    return etag(record["version"], orjson.dumps(record))


def is_known(request: Request, tag: str) -> bool:
    """Whether `If-None-Match` names this answer; a `W/` that a proxy added is ignored."""
    given = request.headers.get("if-none-match")
    if given is None:
        return False
    return given.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in given.split(","))


def require_version(request: Request, version: int, current: Callable[[], str]) -> None:
    """Checks `If-Match` against the record's version; `current` makes the present tag for the answer.

    Raises PreconditionRequired when it is missing or `*`, VersionConflict when it names another version.
    """
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        raise PreconditionRequired("Send If-Match with the ETag of the record that you read.")
    found = [_VERSION.match(part) for part in given.split(",")]
    if not any(match and int(match[1]) == version for match in found):
        tag = current()
        raise VersionConflict(
            "The record changed since you read it.", members={"current_etag": tag}, headers={"ETag": tag}
        )
