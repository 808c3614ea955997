"""One audit entry per change: who, what, when, why, and hashes that prove it later.

What may be personal (the actor's name, the reason, the values) lies in `detail`, apart from the rest. The content hash
covers the digest of `detail`, not its text, so that a trail still verifies after details were erased. `detail_key`
names the key that a detail is encrypted with; none means that it is not.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypedDict
from uuid import UUID

import orjson

from shared.audit.tables import audit
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import to_text

_text_of = lru_cache(64)(to_text)


class FieldChange(TypedDict):
    """One field before and after, named by a JSON pointer."""

    pointer: str
    before: Any
    after: Any


class Entry(NamedTuple):
    """What is entered, and when it happened. `before` and `after` are the record's states; `changes` are told in its
    history."""

    at: datetime
    resource: str
    subject: UUID
    action: str
    version: int
    country: str | None
    visibility: str
    from_status: str | None
    to_status: str | None
    reason: str | None
    changes: tuple[FieldChange, ...]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def compare(before: Mapping[str, Any], after: Mapping[str, Any], fields: Iterable[str]) -> tuple[FieldChange, ...]:
    """The fields that differ, one change each."""
    return tuple(
        [
            {"pointer": f"/{name}", "before": old, "after": new}
            for name in fields
            if (old := before.get(name)) != (new := after.get(name))
        ]
    )


def enter(uow: UnitOfWork, entry: Entry) -> None:
    """Appends the entry to the unit of work, to be committed with the change that it tells of."""
    actor = uow.origin.actor
    detail = _canonical({"by": actor.name, "reason": entry.reason, "changes": entry.changes})
    content: dict[str, Any] = {
        "at": entry.at,
        "actor_kind": str(actor.kind),
        "actor_id": actor.id,
        "action": entry.action,
        "resource": entry.resource,
        "subject": entry.subject,
        "version": entry.version,
        "country": entry.country,
        "visibility": entry.visibility,
        "from_status": entry.from_status,
        "to_status": entry.to_status,
        "request_id": uow.origin.request_id,
        "before_hash": _state_hash(entry.before),
        "after_hash": _state_hash(entry.after),
    }
    uow.append(audit, **content, detail=detail, detail_key=None, content_hash=content_hash(content, detail))


def content_hash(content: Mapping[str, Any], detail: bytes) -> bytes:
    """SHA-256 over the entry's columns and the digest of its detail, in canonical JSON."""
    return hashlib.sha256(_canonical({**content, "detail_digest": hashlib.sha256(detail).digest()})).digest()


def _state_hash(state: Mapping[str, Any] | None) -> bytes | None:
    return None if state is None else hashlib.sha256(_canonical(dict(state))).digest()


def _canonical(value: Any) -> bytes:
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return _text_of(value) if hasattr(value, "tzinfo") else str(value)
