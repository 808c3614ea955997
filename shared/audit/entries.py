"""One audit entry per change: who, what, when, why, and hashes that prove it later.

Possibly personal data (the reason, the values) is in `detail`, apart from the rest. The content hash covers the digest
of the stored `detail`, not its text, so a trail still verifies after the keys of details were erased.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from shared.audit.details import encrypt
from shared.audit.proof import canonical, content_hash, state_hash
from shared.audit.tables import audit
from shared.database.unit_of_work import UnitOfWork


class FieldChange(TypedDict):
    """One field before and after, named by a JSON pointer."""

    pointer: str
    before: Any
    after: Any


def compare(before: Mapping[str, Any], after: Mapping[str, Any], fields: Iterable[str]) -> tuple[FieldChange, ...]:
    """The fields that differ, one FieldChange each."""
    if not before:
        return tuple(
            [{"pointer": f"/{n}", "before": None, "after": v} for n in fields if (v := after.get(n)) is not None]
        )
    return tuple(
        [
            {"pointer": f"/{name}", "before": old, "after": new}
            for name in fields
            if (old := before.get(name)) != (new := after.get(name))
        ]
    )


def enter(
    uow: UnitOfWork,
    entry: UUID,
    at: datetime,
    resource: str,
    action: str,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    changes: tuple[FieldChange, ...],
    reason: str | None,
    person: UUID | None,
) -> None:
    """Appends an entry with this id to the unit of work. It is committed with the change that it records.

    `before` and `after` are the record's states. `changes` appear in its history. `person` owns the key that encrypts
    the detail, if the detail describes a person.
    """
    actor = uow.origin.actor
    detail, detail_key = canonical({"reason": reason, "changes": changes}), None
    if person is not None:
        detail_key, detail = encrypt(uow, person, entry, detail)
    content: dict[str, Any] = {
        "at": at,
        "actor_kind": str(actor.kind),
        "actor_id": actor.id,
        "action": action,
        "resource": resource,
        "subject": after["id"],
        "version": after["version"],
        "country": after["country"],
        "visibility": after["visibility"],
        "from_status": before["status"] if before else None,
        "to_status": after["status"],
        "request_id": uow.origin.request_id,
        "before_hash": (was := state_hash(before)),
        "after_hash": was if before is after else state_hash(after),
    }
    proven = content_hash(content, detail, detail_key)
    proof = {"detail": detail, "detail_key": detail_key, "content_hash": proven}
    uow.append_row(audit, {"id": entry, **content, **proof})
