"""The bytes under the trail's hashes and signatures. Pure, so that a trail is verified without its database."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.kernel import decimals
from shared.kernel.clock import to_text

FORMAT = "escm audit 1"
"""The format that the header of an exported trail names."""
BEGINNING = bytes(32)
"""The hash that the first link follows."""
CONTENT = (
    "at", "actor_kind", "actor_id", "action", "resource", "subject", "version", "country", "visibility",
    "from_status", "to_status", "request_id", "before_hash", "after_hash",
)  # fmt: skip
"""The columns of an entry that its content hash covers, with the digest of its detail and the name of its key."""
_text_of = lru_cache(64)(to_text)


class Checkpoint(NamedTuple):
    """The signed content: the chain's hash at a position, the position after which the chain begins, and the time."""

    position: int
    hash: bytes
    start: int
    at: datetime
    key_id: str

    @property
    def text(self) -> bytes:
        """The bytes that the signature covers."""
        parts = (self.position, self.hash.hex(), self.start, to_text(self.at), self.key_id)
        return "\n".join(("escm audit checkpoint 1", *map(str, parts))).encode()


def canonical(value: Any) -> bytes:
    """JSON with sorted names. Instants have the system's format; bytes are hexadecimal."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)


def content_hash(content: Mapping[str, Any], detail: bytes, detail_key: UUID | str | None) -> bytes:
    """SHA-256 over the entry's columns, the digest of its stored detail and the name of its key, if any, in canonical
    JSON."""
    covered = {**content, "detail_digest": hashlib.sha256(detail).hexdigest()}
    if detail_key is not None:
        covered["detail_key"] = detail_key
    return hashlib.sha256(canonical(covered)).digest()


def state_hash(state: Mapping[str, Any] | None) -> bytes | None:
    """SHA-256 over a record's columns; None if there is no record."""
    return None if state is None else hashlib.sha256(canonical(state if type(state) is dict else dict(state))).digest()


def link_hash(previous: bytes, position: int, entry: bytes, content: bytes) -> bytes:
    """The link after `previous`: SHA-256 over it, the position in eight bytes, the entry's id and its content hash."""
    return hashlib.sha256(previous + position.to_bytes(8, "big", signed=True) + entry + content).digest()


def key_name(public: bytes) -> str:
    """The name of a signing key: the first half of the SHA-256 of its public part."""
    return hashlib.sha256(public).hexdigest()[:32]


def _plain(value: Any) -> Any:
    if type(value) is datetime:
        return _text_of(value)
    if isinstance(value, Decimal):
        return decimals.to_text(value)
    return value.hex() if isinstance(value, bytes) else str(value)
