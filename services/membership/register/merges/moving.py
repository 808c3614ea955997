"""Moves the loser's affiliations and import identities to the winner, and back.

An affiliation equal to one of the winner's is deleted and stored for the undo. Needs a context that may write every
affiliation: whoever may merge two institutions may not write every expert who names them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, case, delete, func, or_, select, update

from services.membership.register.affiliations.changes import record_affiliation_change
from services.membership.register.experts.tables import affiliation, expert
from services.membership.register.merges.subjects import Subject
from shared.bulk.execution import execute_all, inserting
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Shapes, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict

Columns: TypeAlias = Mapping[str, Any]
MOST_MOVED = 20_000
"""Most affiliations that one merge moves: some three seconds, and as long to undo."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The loser's affiliations before the merge: those moved, those of them that ceased to be primary, and those
    deleted because the winner has the same."""

    moved: Sequence[Row]
    demoted: set[UUID]
    united: Sequence[Row]


_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))
_SAID = ("expert_id", "institution_id", "raw", "role", "unit", "starts", "ends")
_PLACE = ("country", "visibility")


def _named(holder: str) -> Any:
    """The affiliations of the loser, and those of the winner that may be equal; in one order for all transactions."""
    column = affiliation.c[holder]
    theirs, mine = column == bindparam("loser"), column == bindparam("winner")
    if holder != "expert_id":
        other = affiliation.alias("other")
        concerned = select(other.c.expert_id).where(other.c[holder] == bindparam("loser"))
        mine = and_(mine, affiliation.c.expert_id.in_(concerned))
    return select(affiliation).where(or_(theirs, mine)).order_by(affiliation.c.id).with_for_update()


def _move(holder: str) -> Any:
    marked = affiliation.c.id == any_(bindparam("marked", type_=ARRAY(Uuid)))
    values: dict[str, Any] = {
        holder: bindparam("target", type_=Uuid),
        "version": affiliation.c.version + 1,
        "updated_at": bindparam("at"),
        "is_primary": case((marked, bindparam("primary")), else_=affiliation.c.is_primary),
    }
    if holder == "expert_id":
        values |= {name: bindparam(name) for name in _PLACE}
    chosen = affiliation.c.id == _IDS, affiliation.c[holder] == bindparam("source")
    return update(affiliation).where(*chosen).values(values).returning(affiliation)


def _count(holder: str) -> Any:
    """The number of the loser's affiliations, counted up to the bound."""
    some = select(affiliation.c.id).where(affiliation.c[holder] == bindparam("loser")).limit(bindparam("limit"))
    return select(func.count()).select_from(some.subquery())


_COUNTS = {holder: Lookup(_count(holder)) for holder in ("expert_id", "institution_id")}
_NAMED = Shapes(_named)
_MOVES = Shapes(_move)
_TAKE_AWAY = Statement(delete(affiliation).where(affiliation.c.id == _IDS))
_BY_ID = Statement(select(affiliation).where(affiliation.c.id == _IDS).order_by(affiliation.c.id).with_for_update())
_OWNERS = Statement(
    select(expert.c.id, expert.c.ref, expert.c.status, *(expert.c[p] for p in _PLACE)).where(expert.c.id == _IDS)
)
_IDENTITIES = """
UPDATE core_import_identity i SET record = $3 WHERE i.resource = $1 AND i.record = $2 AND NOT EXISTS (
    SELECT FROM core_import_identity o
    WHERE o.identity = i.identity AND o.occurrence = i.occurrence AND o.record = $3)
RETURNING i.identity, i.occurrence
"""
_IDENTITIES_BACK = """
UPDATE core_import_identity i SET record = $3
FROM unnest($4::bytea[], $5::integer[]) AS moved (identity, occurrence)
WHERE i.resource = $1 AND i.record = $2 AND i.identity = moved.identity AND i.occurrence = moved.occurrence
    AND NOT EXISTS (SELECT FROM core_import_identity o
        WHERE o.identity = i.identity AND o.occurrence = i.occurrence AND o.record = $3)
"""


async def require_few(connection: Connection, subject: Subject, loser: UUID) -> None:
    """Raises Conflict `too_many_affiliations` if a merge would move more than 20,000, regardless of the caller."""
    count = await _COUNTS[subject.holder].fetchval(connection, loser=loser, limit=MOST_MOVED + 1)
    if count > MOST_MOVED:
        detail = f"More than {MOST_MOVED:,} affiliations name the loser: make it the winner."
        raise Conflict(detail, members={"reason": "too_many_affiliations"})


async def take_affiliations(uow: UnitOfWork, subject: Subject, winner: Columns, loser: Columns) -> Taken:
    """Moves the loser's affiliations to the winner."""
    holder, target = subject.holder, winner["id"]
    rows = await _NAMED.get(holder).fetch(uow.connection, winner=target, loser=loser["id"])
    mine = [row for row in rows if row[holder] == target]
    known = {_said(row) for row in mine}
    moved: list[Row] = []
    united: list[Row] = []
    for row in rows:
        if row[holder] == loser["id"]:
            said = _said(row, **{holder: target})
            (united if said in known else moved).append(row)
            known.add(said)
    has_primary = holder == "expert_id" and any(row["is_primary"] for row in mine)
    demoted = {row["id"] for row in moved if row["is_primary"]} if has_primary else set()
    owners = await _owners(uow, subject, winner, rows)
    await _taken_away(uow, united, {**owners, loser["id"]: loser})
    await _moved(uow, subject, moved, loser["id"], winner, owners, demoted, primary=False)
    return Taken(moved, demoted, united)


async def give_affiliations_back(
    uow: UnitOfWork,
    subject: Subject,
    winner: Columns,
    loser: Columns,
    moved: Sequence[UUID],
    demoted: set[UUID],
    united: Sequence[Columns],
) -> None:
    """Moves back those that the winner still has, and inserts the deleted ones again."""
    rows = await _BY_ID.fetch(uow.connection, ids=list(moved))
    there = [row for row in rows if row[subject.holder] == winner["id"]]
    owners = await _owners(uow, subject, loser, [*there, *united])
    await _moved(uow, subject, there, winner["id"], loser, owners, demoted, primary=True)
    again = [
        {**row, "version": row["version"] + 2, **{name: owner[name] for name in _PLACE}, "updated_at": now()}
        for row in united
        if (owner := owners.get(UUID(str(row["expert_id"])))) is not None
    ]
    await execute_all(uow.connection, inserting(affiliation, again))
    for row in await _BY_ID.fetch(uow.connection, ids=[UUID(row["id"]) for row in again]):
        record_affiliation_change(uow, owners[row["expert_id"]], "create", None, row)


async def take_identities(uow: UnitOfWork, subject: Subject, winner: UUID, loser: UUID) -> list[Row]:
    """Points the import identities of the loser to the winner. Returns those that moved."""
    found: list[Row] = await uow.connection.fetch(_IDENTITIES, subject.kind.resource.name, loser, winner)
    return found


async def give_identities_back(
    uow: UnitOfWork, subject: Subject, winner: UUID, loser: UUID, moved: Iterable[Mapping[str, Any]]
) -> None:
    """Points those that the winner still has back to the loser."""
    pairs = [(bytes.fromhex(one["identity"]), one["occurrence"]) for one in moved]
    arguments = [identity for identity, _ in pairs], [occurrence for _, occurrence in pairs]
    await uow.connection.execute(_IDENTITIES_BACK, subject.kind.resource.name, winner, loser, *arguments)


def _said(row: Columns, **other: UUID) -> tuple[Any, ...]:
    said = {**row, **other}
    return tuple(said[name] for name in _SAID)


async def _owners(uow: UnitOfWork, subject: Subject, holder: Columns, rows: Iterable[Columns]) -> dict[UUID, Columns]:
    """The experts of these affiliations after they belong to `holder`, by id."""
    if subject.holder == "expert_id":
        return {holder["id"]: holder}
    ids = {UUID(str(row["expert_id"])) for row in rows}
    return {row["id"]: row for row in await _OWNERS.fetch(uow.connection, ids=list(ids))}


async def _moved(
    uow: UnitOfWork,
    subject: Subject,
    rows: Sequence[Row],
    source: UUID,
    target: Columns,
    owners: Mapping[UUID, Columns],
    marked: set[UUID],
    *,
    primary: bool,
) -> None:
    before = {row["id"]: row for row in rows}
    if not before:
        return
    place = {name: target[name] for name in _PLACE} if subject.holder == "expert_id" else {}
    written = await _MOVES.get(subject.holder).fetch(
        uow.connection, ids=list(before), source=source, target=target["id"], at=now(), marked=list(marked),
        primary=primary, **place,
    )  # fmt: skip
    for after in written:
        record_affiliation_change(uow, owners[after["expert_id"]], "update", before[after["id"]], after)


async def _taken_away(uow: UnitOfWork, rows: Sequence[Row], owners: Mapping[UUID, Columns]) -> None:
    if rows:
        await _TAKE_AWAY.execute(uow.connection, ids=[row["id"] for row in rows])
    for row in rows:
        record_affiliation_change(uow, owners[row["expert_id"]], "delete", row, {**row, "version": row["version"] + 1})
