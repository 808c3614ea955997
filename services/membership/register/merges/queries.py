"""Reading merges, their two records, and the inputs of an undo."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Select,
    Table,
    TableClause,
    Uuid,
    any_,
    bindparam,
    column,
    delete,
    false,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.sql.elements import ColumnElement

from services.membership.register.experts.tables import affiliation
from services.membership.register.merges.domain import LIFECYCLE, UNDO_FAULTS, UndoFault
from services.membership.register.merges.record import Merge
from services.membership.register.merges.tables import merge, part
from shared.audit import details
from shared.audit.tables import audit_key
from shared.contracts import views
from shared.database.context import SYSTEM_CONTEXT, within_context
from shared.database.statements import Connection, Shapes, Statement
from shared.records.access_scope import AccessKind, AccessScope, constant
from shared.records.listing import one_of, values
from shared.records.plain import by_grant, listing
from shared.records.record import Record
from shared.records.resource_type import ResourceType
from shared.records.rows import record_of


class MoveCounts(TypedDict):
    """What would move to the winner. `references`: those of other services, by kind of record."""

    affiliations: int
    identities: int
    references: dict[str, int]


RESOURCES = ("experts", "institutions")


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The application filter: merges of two records whose countries the caller's grants both cover."""
    both = by_grant(merge, merge.c.id, access_kind), by_grant(merge, merge.c.id, access_kind, merge.c.loser_country)
    return select(merge).where(*both)


LISTING = listing(
    Merge,
    merge,
    LIFECYCLE.states,
    visible_to,
    values("resource", merge.c.resource, "experts or institutions", one_of(RESOURCES)),
)


def _lock(subject: Any) -> Any:
    pair = subject.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    return select(subject).where(pair).order_by(subject.c.id).with_for_update()


def _state_of(subject: Any) -> Any:
    winner, loser = subject.alias("winner"), subject.alias("loser")
    gone = "erased_at" in subject.c
    later = (
        select(merge.c.id)
        .where(
            merge.c.winner_id == winner.c.id,
            merge.c.status == constant("merged"),
            merge.c.winner_version > bindparam("version"),
        )
        .exists()
    )
    found = select(
        winner.c.merged_into.is_not(None).label("winner_merged"),
        (winner.c.erased_at.is_not(None) | loser.c.erased_at.is_not(None) if gone else false()).label("erased"),
        later.label("later_merge"),
    )
    return within_context(found.where(winner.c.id == bindparam("winner"), loser.c.id == bindparam("loser")))


_LOCKS = Shapes(_lock)
_STATES_OF = Shapes(_state_of)
_PARTS = Statement(
    select(*part.c, audit_key.c.salt)
    .select_from(part.outerjoin(audit_key, audit_key.c.id == part.c.detail_key))
    .where(part.c.merge_id == bindparam("merge"))
    .order_by(part.c.id)
)
_DELETE_PARTS = Statement(delete(part).where(part.c.merge_id == bindparam("merge")))


async def lock_pair(
    connection: Connection, kind: ResourceType[Any, Any], winner: UUID, loser: UUID
) -> dict[UUID, Record]:
    """Both records, locked in the order of their ids; without those that the context may not write."""
    rows = await _LOCKS.get(kind.table).fetch(connection, ids=[winner, loser])
    return {row["id"]: record_of(kind.record, row) for row in rows}


async def undo_faults(connection: Connection, subject: Table, record: Merge) -> Sequence[UndoFault]:
    """What prevents an undo of the merge, regardless of the caller."""
    found = await _STATES_OF.get(subject).fetchrow(
        connection,
        winner=record.winner_id,
        loser=record.loser_id,
        version=record.winner_version,
        **SYSTEM_CONTEXT.parameters,
    )
    return [fault for fault in UNDO_FAULTS if found is None or found[fault]]


async def parts(connection: Connection, merge_id: UUID) -> list[tuple[str, UUID, dict[str, Any] | None]]:
    """What the merge changed: part, record, detail; None for a detail whose key was erased with the person."""
    rows = await _PARTS.fetch(connection, merge=merge_id)
    return [(row["part"], row["record_id"], details.read(row)) for row in rows]


async def delete_parts(connection: Connection, merge_id: UUID) -> None:
    """Deletes the undo record of an undone merge."""
    await _DELETE_PARTS.execute(connection, merge=merge_id)


_REFERENCES: Mapping[str, Mapping[str, tuple[TableClause, str]]] = {
    "experts": {
        "seats": (views.SEATS, "expert_id"),
        "centres": (views.CENTRES, "director_id"),
        "focal_points": (views.FOCAL_POINTS, "expert_id"),
    },
    "institutions": {
        "committees": (views.COMMITTEES, "host_institution_id"),
        "centres": (views.CENTRES, "host_institution_id"),
    },
}
"""The references that other services publish, by their name in the preview."""


def _count(view: TableClause, column_name: str) -> ColumnElement[int]:
    return select(func.count()).select_from(view).where(view.c[column_name] == bindparam("loser")).scalar_subquery()


def _moving(resource: str, holder: str) -> Any:
    identity = table("core_import_identity", column("resource"), column("record", Uuid), schema="escm")
    name: ColumnElement[str] = literal_column(f"'membership.{resource}'")
    counted = {
        "affiliations": select(func.count())
        .where(affiliation.c[holder] == bindparam("loser"))
        .select_from(affiliation)
        .scalar_subquery(),
        "identities": select(func.count())
        .select_from(identity)
        .where(identity.c.resource == name, identity.c.record == bindparam("loser"))
        .scalar_subquery(),
        **{what: _count(*where) for what, where in _REFERENCES[resource].items()},
    }
    return within_context(select(*(number.label(what) for what, number in counted.items())))


_MOVING = Shapes(_moving)


async def would_move(
    connection: Connection, access: AccessScope, resource: str, holder: str, loser: UUID
) -> MoveCounts:
    """How many affiliations, import identities and references of other services name the loser, of those that the
    caller may see."""
    (row,) = await _MOVING.get(resource, holder).fetch(connection, loser=loser, **access.context.parameters)
    counts = dict(row)
    affiliations, identities = counts.pop("affiliations"), counts.pop("identities")
    return {"affiliations": affiliations, "identities": identities, "references": counts}
