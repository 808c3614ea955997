"""Rewrites references to merged records of another owner, and restores them when a merge is undone.

Each rewritten reference is stored with its ids before and after. Undoing a merge restores those that nobody has changed
since; in others it restores only the loser's place. The owner's present published view decides, so late, early and
repeated facts do no harm. All of it needs a context that sees every row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Table,
    TableClause,
    Text,
    Uuid,
    any_,
    bindparam,
    delete,
    insert,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement

from shared.database import tables
from shared.database.locks import lock_names
from shared.database.statements import Row, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.records.record import Record
from shared.records.resource_type import ResourceType
from shared.records.rows import record_of, with_columns
from shared.records.store import lock_record

Ids: TypeAlias = list[UUID | None]
_MERGES = """
WITH RECURSIVE up AS (
    SELECT v.id, v.merged_into FROM {view} v WHERE v.id = $1
    UNION SELECT v.id, v.merged_into FROM up JOIN {view} v ON v.id = up.merged_into
), down AS (
    SELECT id, merged_into, 0 AS depth FROM up WHERE merged_into IS NULL
    UNION SELECT v.id, v.merged_into, depth + 1 FROM down JOIN {view} v ON v.merged_into = down.id
)
SELECT id, merged_into FROM down ORDER BY depth DESC, id
"""
"""All merges that lead to the same merge target as those of one record, the earliest first."""


def moves_table(name: str) -> Table:
    """The rewritten references of one service."""
    return tables.table(
        name,
        Column("loser_id", Uuid, primary_key=True),
        Column("winner_id", Uuid, nullable=False),
        Column("resource", Text, primary_key=True),
        Column("record_id", Uuid, primary_key=True),
        Column("field", Text, primary_key=True),
        Column("position", BigInteger, Identity(always=True), nullable=False),
        Column("before", ARRAY(Uuid), nullable=False),
        Column("after", ARRAY(Uuid), nullable=False),
    )


@dataclass(frozen=True)
class Reference:
    """A field that references records of another owner. `names` finds and locks the rows that reference the record
    bound as `named`. `ids` returns the references of a record; `renamed` returns it with others in their places. A
    field with dependent fields overrides `rewrite` and `set_back`."""

    kind: ResourceType[Any, Any]
    field: str
    names: Statement
    ids: Callable[[Any], Ids]
    renamed: Callable[[Any, Ids], Record]
    named: Callable[[UUID], Any] = lambda key: key
    is_set: bool = False

    async def naming(self, uow: UnitOfWork, key: UUID) -> list[Any]:
        """The records whose field references this one, locked."""
        rows = await self.names.fetch(uow.connection, named=self.named(key))
        return [record_of(self.kind.record, row) for row in rows]

    async def rewrite(self, uow: UnitOfWork, record: Any, ids: Ids, _loser: UUID) -> None:
        """Sets the references of a locked record after one of them was merged."""
        await self.kind.update(uow, record, self.renamed(record, ids))

    async def set_back(self, uow: UnitOfWork, record: Any, ids: Ids) -> None:
        """Sets the references of a locked record after a merge was undone."""
        await self.kind.update(uow, record, self.renamed(record, ids))


def single(kind: ResourceType[Any, Any], name: str, *more: ColumnElement[bool]) -> Reference:
    """A column with one reference; `more` are conditions on its row."""
    condition = kind.table.c[name] == bindparam("named", type_=Uuid)
    return Reference(
        kind,
        name,
        finding(kind, condition, *more),
        lambda record: [getattr(record, name)],
        lambda record, ids: with_columns(record, {name: ids[0]}),
    )


def several(kind: ResourceType[Any, Any], name: str) -> Reference:
    """A column with a set of references."""
    condition = kind.table.c[name].contains(bindparam("named", type_=ARRAY(Uuid)))
    return Reference(
        kind,
        name,
        finding(kind, condition),
        lambda record: list(getattr(record, name)),
        lambda record, ids: with_columns(record, {name: ids}),
        named=lambda key: [key],
        is_set=True,
    )


def in_documents(kind: ResourceType[Any, Any], name: str, key: str) -> Reference:
    """A column of JSON objects, each of which may have a reference under `key`."""

    def ids(record: Record) -> Ids:
        return [UUID(entry[key]) if entry.get(key) else None for entry in getattr(record, name)]

    def renamed(record: Record, ids: Ids) -> Record:
        pairs = zip(getattr(record, name), ids, strict=True)
        return with_columns(record, {name: [{**entry, key: str(one)} if one else dict(entry) for entry, one in pairs]})

    condition = kind.table.c[name].contains(bindparam("named", type_=JSONB))
    return Reference(kind, name, finding(kind, condition), ids, renamed, named=lambda one: [{key: str(one)}])


def finding(kind: ResourceType[Any, Any], *conditions: ColumnElement[bool]) -> Statement:
    """The rows of a kind that meet conditions, locked in the order of their ids."""
    return Statement(select(kind.table).where(*conditions).order_by(kind.table.c.id).with_for_update())


@dataclass(frozen=True)
class ReferenceRewriter:
    """The reaction of one service to merges of one kind of record. `view` is the owner's, with id and merged_into."""

    table: Table
    view: TableClause
    references: Sequence[Reference]
    _moved: Statement = field(init=False, compare=False)
    _insert: Statement = field(init=False, compare=False)
    _delete: Statement = field(init=False, compare=False)

    def __post_init__(self) -> None:
        move = self.table.c
        ids = any_(bindparam("ids", type_=ARRAY(Uuid)))
        moved = (
            select(self.table).where(or_(move.loser_id == ids, move.winner_id == ids)).order_by(move.position.desc())
        )
        given: dict[str, Any] = {name: bindparam(name) for name in move.keys() if name != "position"}  # noqa: SIM118
        object.__setattr__(self, "_moved", Statement(moved))
        object.__setattr__(self, "_insert", Statement(insert(self.table).values(given)))
        deletion = delete(self.table).where(move.position == bindparam("position"))
        object.__setattr__(self, "_delete", Statement(deletion))

    async def rewrite(self, uow: UnitOfWork, subject: UUID) -> None:
        """Rewrites the references to losers of present merges of `subject`, and restores those of undone merges, the
        latest rewritten first."""
        await lock_names(uow.connection, self.table.name)
        rows = await uow.connection.fetch(_MERGES.format(view=self.view.fullname), subject)
        winners = {row["id"]: row["merged_into"] for row in rows if row["merged_into"] is not None}
        concerned = [subject, *(row["id"] for row in rows)]
        own = {(reference.kind.resource.name, reference.field): reference for reference in self.references}
        for move in await self._moved.fetch(uow.connection, ids=concerned):
            reference = own.get((move["resource"], move["field"]))
            if reference is not None and winners.get(move["loser_id"]) != move["winner_id"]:
                await self._set_back(uow, reference, move)
        for loser, winner in winners.items():
            for reference in self.references:
                for record in await reference.naming(uow, loser):
                    await self._rewrite(uow, reference, record, loser, winner)

    async def _rewrite(self, uow: UnitOfWork, reference: Reference, record: Record, loser: UUID, winner: UUID) -> None:
        before = reference.ids(record)
        after = [winner if one == loser else one for one in before]
        after = list(dict.fromkeys(after)) if reference.is_set else after
        await reference.rewrite(uow, record, after, loser)
        place = {"resource": reference.kind.resource.name, "record_id": record.id, "field": reference.field}
        await self._insert.execute(
            uow.connection, loser_id=loser, winner_id=winner, before=before, after=after, **place
        )

    async def _set_back(self, uow: UnitOfWork, reference: Reference, move: Row) -> None:
        await self._delete.execute(uow.connection, position=move["position"])
        row = await lock_record(uow, reference.kind.table, move["record_id"])
        if row is None:
            return
        record = record_of(reference.kind.record, row)
        now = reference.ids(record)
        ids = list(move["before"]) if now == move["after"] else _given_back(reference, now, move)
        await reference.set_back(uow, record, ids)


def _given_back(reference: Reference, now: Ids, move: Row) -> Ids:
    """The ids of a field that was changed since, with the loser restored in its place if the winner is still there."""
    before, after, loser, winner = move["before"], move["after"], move["loser_id"], move["winner_id"]
    if not reference.is_set:
        was = [*before, *[None] * len(now)] if len(before) == len(now) else [None] * len(now)
        return [loser if one == winner and old == loser else one for one, old in zip(now, was, strict=False)]
    if winner not in now or loser in now or winner not in after:
        return now
    return [*now, loser] if winner in before else [loser if one == winner else one for one in now]
