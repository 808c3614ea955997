"""Pairs of records: inserted, changed and deleted, each with its audit entry and its fact."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.membership.register.duplicates import queries
from services.membership.register.duplicates.domain import LIFECYCLE, Collection, Found
from services.membership.register.duplicates.record import Duplicate
from services.membership.register.duplicates.tables import duplicate
from shared.database.ids import uuid7
from shared.database.unit_of_work import UnitOfWork
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import columns_of

DUPLICATES: ResourceType[Duplicate, None] = ResourceType.of(Duplicate, duplicate, LIFECYCLE)
_REFS = (
    "SELECT escm.core_ref('DUP', nextval('escm.member_duplicate_ref_seq')) AS ref FROM generate_series(1, $1::integer)"
)
_NAMES = ", ".join(column.key for column in duplicate.c)
_INSERT = f"""
INSERT INTO {duplicate.fullname} ({_NAMES})
SELECT {_NAMES} FROM jsonb_populate_recordset(NULL::{duplicate.fullname}, $1)
"""  # noqa: S608
_DELETE = "DELETE FROM escm.member_duplicate WHERE id = ANY($1)"


def undecided(pair: Duplicate) -> Duplicate:
    """The open pair, without a decision."""
    return replace(pair, dismissed_by=None, dismissed_at=None, dismissal=None, settled_by=None, instead_of=None)


async def record(uow: UnitOfWork, resource: Collection, found: Sequence[Found], found_by: str) -> int:
    """Stores found pairs. Returns how many are new or open again. A known pair keeps its state, unless a compared value
    of a record changed: then an open pair gets the new score, and a dismissed one is open again.

    The context must be able to write every pair.
    """
    unique = {(one.a, one.b): one for one in found}
    known = await queries.pairs(uow.connection, resource, unique)
    new = [one for key, one in sorted(unique.items()) if key not in known]
    await insert_found(uow, resource, new, found_by)
    reopened = 0
    for key, before in known.items():
        one = unique[key]
        if before.basis == one.basis or before.status == "merged":
            continue
        wanted = _with_score(before, one)
        if before.status == "open":
            await DUPLICATES.update(uow, before, wanted)
        else:
            await _reopen(uow, before, undecided(wanted))
            reopened += 1
    return len(new) + reopened


async def _reopen(uow: UnitOfWork, before: Duplicate, wanted: Duplicate) -> None:
    requested = TransitionRequest("reopen", "One of the records has changed.", {})
    await DUPLICATES.apply_transition(uow, before, requested, None, _anything, lambda _target: wanted)


async def remove(uow: UnitOfWork, pairs: Sequence[Duplicate]) -> None:
    """Deletes pairs whose record was deleted or erased."""
    if not pairs:
        return
    await uow.connection.execute(_DELETE, [pair.id for pair in pairs])
    for pair in pairs:
        DUPLICATES.record_change(uow, "delete", pair, replace(pair, version=pair.version + 1), "deleted")


async def insert_found(uow: UnitOfWork, resource: Collection, found: Sequence[Found], found_by: str) -> None:
    """Inserts new pairs. Does not read them back: whoever creates a record may not be able to read all of its pairs."""
    new = DUPLICATES.new({})
    pairs = [
        _with_score(
            replace(
                new,
                status="open",
                visibility="restricted",
                resource=resource,
                a=one.a,
                b=one.b,
                country_a=one.country_a,
                country_b=one.country_b,
                score=0,
                reasons=[],
                found_by=found_by,
                basis="",
            ),
            one,
        )
        for one in found
    ]
    await insert(uow, pairs)


async def insert(uow: UnitOfWork, pairs: Sequence[Duplicate]) -> None:
    """Inserts open pairs, each with a new id and ref."""
    if not pairs:
        return
    refs, actor = await uow.connection.fetch(_REFS, len(pairs)), uow.origin.actor.label
    inserted = [
        replace(
            pair,
            id=uuid7(),
            ref=row["ref"],
            country=pair.country_a if pair.country_a == pair.country_b else None,
            created_by=actor,
            updated_by=actor,
        )
        for pair, row in zip(pairs, refs, strict=True)
    ]
    for pair in inserted:
        DUPLICATES.record_change(uow, "create", None, pair, "created")
    await uow.connection.execute(_INSERT, [_as_json(pair) for pair in inserted])


def _with_score(pair: Duplicate, found: Found) -> Duplicate:
    score, reasons = found.match_score.score, list(found.match_score.reasons)
    return replace(pair, score=score, reasons=reasons, basis=found.basis)


def _as_json(pair: Duplicate) -> dict[str, object]:
    """The columns with ids as text, whatever id type the driver returned."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in columns_of(pair).items()}


def _anything(_verb: str) -> bool:
    return True
