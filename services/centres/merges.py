"""References to experts and institutions follow their merges, and go back when a merge is undone.

Every reference that was rewritten is kept with its loser, so that an undone merge moves back exactly those, where they
still name the winner. All of it reads the owner's published view and needs a context that sees every row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text, Uuid, bindparam, column, delete, insert, or_, select, table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement

from services.centres.agreements.operations import AGREEMENTS
from services.centres.committees.operations import COMMITTEES
from services.centres.registration.operations import CENTRES
from services.centres.reviews.operations import REVIEWS
from services.centres.seats.operations import SEATS
from shared.database import tables
from shared.database.statements import Row, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.records.kind import Kind

_MOVE = tables.table(
    "centre_reference_move",
    Column("loser_id", Uuid, primary_key=True),
    Column("winner_id", Uuid, nullable=False),
    Column("resource", Text, primary_key=True),
    Column("record_id", Uuid, primary_key=True),
    Column("field", Text, primary_key=True),
)
_KEEP = Statement(insert(_MOVE).values({name: bindparam(name) for name in _MOVE.c.keys()}))  # noqa: SIM118
_MOVES = Statement(select(_MOVE).where(_MOVE.c.loser_id == bindparam("loser")).order_by(_MOVE.c.record_id))
_FORGET = Statement(delete(_MOVE).where(_MOVE.c.loser_id == bindparam("loser")))
_LOSERS = Statement(
    select(_MOVE.c.loser_id)
    .where(or_(_MOVE.c.loser_id == bindparam("subject"), _MOVE.c.winner_id == bindparam("subject")))
    .distinct()
)


@dataclass(frozen=True)
class _Reference:
    """A field that names records of another service. `named` is the value that `names` compares with; `renamed` gives
    the field's value with one record in another's place."""

    kind: Kind[Any]
    field: str
    names: Statement
    named: Callable[[UUID], Any] = lambda key: key
    renamed: Callable[[Any, UUID, UUID], Any] = lambda value, old, new: new if value == old else value


def _reference(kind: Kind[Any], condition: ColumnElement[bool], field: str, **more: Any) -> _Reference:
    found = select(kind.table).where(condition).order_by(kind.table.c.id).with_for_update()
    return _Reference(kind, field, Statement(found), **more)


def _single(kind: Kind[Any], field: str) -> _Reference:
    return _reference(kind, kind.table.c[field] == bindparam("named", type_=Uuid), field)


def _in_list(value: Sequence[UUID], old: UUID, new: UUID) -> list[UUID]:
    return list(dict.fromkeys(new if key == old else key for key in value))


def _in_parties(value: Sequence[Mapping[str, Any]], old: UUID, new: UUID) -> list[dict[str, Any]]:
    return [{**p, "institution_id": str(new)} if p["institution_id"] == str(old) else dict(p) for p in value]


_INSTITUTIONS = (
    _single(COMMITTEES, "host_institution_id"),
    _reference(
        COMMITTEES,
        COMMITTEES.table.c.partner_institution_ids.contains(bindparam("named", type_=ARRAY(Uuid))),
        "partner_institution_ids",
        named=lambda key: [key],
        renamed=_in_list,
    ),
    _single(CENTRES, "host_institution_id"),
    _reference(
        AGREEMENTS,
        AGREEMENTS.table.c.parties.contains(bindparam("named", type_=JSONB)),
        "parties",
        named=lambda key: [{"institution_id": str(key)}],
        renamed=_in_parties,
    ),
)
_EXPERTS = (_single(SEATS, "expert_id"), _single(CENTRES, "director_id"), _single(REVIEWS, "reviewer_id"))


def _merged(view: str) -> Statement:
    owner = table(view, column("id", Uuid), column("merged_into", Uuid))
    pair = or_(owner.c.id == bindparam("subject"), owner.c.merged_into == bindparam("subject"))
    return Statement(select(owner.c.id, owner.c.merged_into).where(pair))


_VIEWS = {
    "institution": (_merged("member_published_institution"), _INSTITUTIONS),
    "expert": (_merged("member_published_expert"), _EXPERTS),
}


async def follow_merge(uow: UnitOfWork, subject: UUID, *, entity: str) -> None:
    """Rewrites what names a loser of the merges that `subject`, an expert or institution, takes part in now, and moves
    back what followed a merge that is no more."""
    view, references = _VIEWS[entity]
    rows = await view.fetch(uow.connection, subject=subject)
    winners = {row["id"]: row["merged_into"] for row in rows if row["merged_into"] is not None}
    for moved in await _LOSERS.fetch(uow.connection, subject=subject):
        if moved["loser_id"] not in winners:
            await _move_back(uow, references, moved["loser_id"])
    for loser, winner in winners.items():
        for reference in references:
            for row in await reference.names.fetch(uow.connection, named=reference.named(loser)):
                await _rename(uow, reference, row, loser, winner)
                move = {"resource": reference.kind.resource.name, "record_id": row["id"], "field": reference.field}
                await _KEEP.execute(uow.connection, loser_id=loser, winner_id=winner, **move)


async def release(uow: UnitOfWork, expert: UUID) -> None:
    """Leaves no centre with a director who was erased."""
    director = next(r for r in _EXPERTS if r.field == "director_id")
    for row in await director.names.fetch(uow.connection, named=expert):
        await CENTRES.edit(uow, row, {"director_id": None})


async def _move_back(uow: UnitOfWork, references: Sequence[_Reference], loser: UUID) -> None:
    by_name = {(reference.kind.resource.name, reference.field): reference for reference in references}
    for move in await _MOVES.fetch(uow.connection, loser=loser):
        reference = by_name.get((move["resource"], move["field"]))
        if reference is not None:
            row = await reference.kind.lock(uow, move["record_id"])
            await _rename(uow, reference, row, move["winner_id"], loser)
    await _FORGET.execute(uow.connection, loser=loser)


async def _rename(uow: UnitOfWork, reference: _Reference, row: Row, old: UUID, new: UUID) -> None:
    await reference.kind.edit(uow, row, {reference.field: reference.renamed(row[reference.field], old, new)})
