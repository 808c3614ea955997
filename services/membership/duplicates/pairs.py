"""Pairs as rows: made, changed and deleted, each with its audit entry and its fact."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.membership.duplicates import queries
from services.membership.duplicates.domain import LIFECYCLE, Collection, DuplicateGuardContext, Found
from services.membership.duplicates.record import Duplicate
from services.membership.duplicates.tables import duplicate
from shared.database.ids import uuid7
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.store import update_record

DUPLICATES: ResourceType[Duplicate, DuplicateGuardContext] = ResourceType.of(Duplicate, duplicate, LIFECYCLE)
_REFS = (
    "SELECT escm.core_ref('DUP', nextval('escm.member_duplicate_ref_seq')) AS ref FROM generate_series(1, $1::integer)"
)
_NAMES = ", ".join(column.key for column in duplicate.c)
_INSERT = f"""
INSERT INTO {duplicate.fullname} ({_NAMES})
SELECT {_NAMES} FROM jsonb_populate_recordset(NULL::{duplicate.fullname}, $1)
"""  # noqa: S608
_DELETE = "DELETE FROM escm.member_duplicate WHERE id = ANY($1)"
UNDECIDED: Mapping[str, Any] = {
    "dismissed_by": None, "dismissed_at": None, "dismissal": None, "settled_by": None, "instead_of": None,
}  # fmt: skip
"""What a pair that is open says of decisions."""


async def record(uow: UnitOfWork, resource: Collection, found: Sequence[Found], found_by: str) -> int:
    """Makes pairs of what was found; how many are new, or open again. What is known keeps its state, unless one of the
    records changed in what is compared: then an open pair has the new score, and a dismissed one is open again.

    The context must write every pair.
    """
    unique = {(one.a, one.b): one for one in found}
    known = await queries.pairs(uow.connection, resource, unique)
    fresh = [one for key, one in sorted(unique.items()) if key not in known]
    await insert_found(uow, resource, fresh, found_by)
    reopened = 0
    for key, before in known.items():
        one = unique[key]
        if before["basis"] == one.basis or before["status"] == "merged":
            continue
        values = {"score": one.match_score.score, "reasons": list(one.match_score.reasons), "basis": one.basis}
        if before["status"] == "open":
            await DUPLICATES.update(uow, before, values)
        else:
            await _reopen(uow, before, values)
            reopened += 1
    return len(fresh) + reopened


async def _reopen(uow: UnitOfWork, before: Row, values: Mapping[str, Any]) -> None:
    def effects(_target: str) -> Mapping[str, Any]:
        return {**UNDECIDED, **values}

    requested = TransitionRequest("reopen", "One of the records has changed.", {})
    await DUPLICATES.apply_transition(uow, before, requested, DuplicateGuardContext(), _anything, effects)


async def remove(uow: UnitOfWork, rows: Sequence[Row]) -> None:
    """Deletes pairs of which a record is gone or erased."""
    if not rows:
        return
    await uow.connection.execute(_DELETE, [row["id"] for row in rows])
    for row in rows:
        DUPLICATES.record_change(uow, "delete", row, {**row, "version": row["version"] + 1}, "deleted")


async def insert_found(uow: UnitOfWork, resource: Collection, found: Sequence[Found], found_by: str) -> None:
    """New pairs. They are not read back: whoever enters a record may not see all of its pairs."""
    rows = [
        {
            "a": one.a,
            "b": one.b,
            "country_a": one.country_a,
            "country_b": one.country_b,
            "score": one.match_score.score,
            "reasons": list(one.match_score.reasons),
            "found_by": found_by,
            "basis": one.basis,
            **UNDECIDED,
        }
        for one in found
    ]
    await insert(uow, resource, rows)


async def insert(uow: UnitOfWork, resource: Collection, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    at, actor = now(), uow.origin.actor.label
    made: list[dict[str, Any]] = []
    for row, ref in zip(rows, await uow.connection.fetch(_REFS, len(rows)), strict=True):
        country = row["country_a"] if row["country_a"] == row["country_b"] else None
        whole = {
            "id": uuid7(),
            "ref": ref["ref"],
            "version": 1,
            "status": "open",
            "country": country,
            "visibility": "restricted",
            "created_at": at,
            "created_by": actor,
            "updated_at": at,
            "updated_by": actor,
            "resource": resource,
            **row,
        }
        made.append(whole)
        DUPLICATES.record_change(uow, "create", None, whole, "created")
    await uow.connection.execute(_INSERT, [_plain(row) for row in made])


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with ids as text, whichever kind of id the driver made."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}


async def change(uow: UnitOfWork, row: Row, values: Mapping[str, Any], action: str, fact: str) -> None:
    after = await update_record(uow, duplicate, row, values)
    DUPLICATES.record_change(uow, action, row, after, fact)


def _anything(_verb: str) -> bool:
    return True
