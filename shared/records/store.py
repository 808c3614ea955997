"""Inserts, locks and updates records. Each write increments the version and stores who and when, unless it is made
aside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Label, Table, Text, Uuid, any_, bindparam, cast, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.database.statements import Row, Shapes
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import VersionConflict


@dataclass(frozen=True, slots=True)
class InsertLookup:
    """A lookup in the statement of an insert: a labelled column of its result, and its parameters."""

    column: Label[Any]
    arguments: Mapping[str, Any]


_TEXT = "text_"


def _insert(table: Table, names: tuple[str, ...], *lookup: Label[Any]) -> Any:
    texts = [cast(c, Text).label(f"{_TEXT}{c.key}") for c in table.c if isinstance(c.type, JSONB) and lookup]
    return insert(table).values({name: bindparam(name) for name in names}).returning(table, *texts, *lookup)


def _update(table: Table, names: tuple[str, ...]) -> Any:
    matched = (table.c.id == bindparam("key_id"), table.c.version == bindparam("key_version"))
    return update(table).where(*matched).values({name: bindparam(name) for name in names}).returning(table)


def _update_alike(table: Table, names: tuple[str, ...]) -> Any:
    chosen = update(table).where(table.c.id == any_(bindparam("keys", type_=ARRAY(Uuid))))
    changed: dict[str, Any] = {name: bindparam(name) for name in names}
    return chosen.values({**changed, "version": table.c.version + literal_column("1")}).returning(table)


def _lock(table: Table) -> Any:
    return select(table).where(table.c.id == bindparam("id")).with_for_update()


_INSERTS = Shapes(_insert)
_UPDATES = Shapes(_update)
_UPDATES_ALIKE = Shapes(_update_alike)
_LOCKS = Shapes(_lock)


async def insert_record(
    uow: UnitOfWork, table: Table, columns: Mapping[str, Any], lookup: InsertLookup | None = None
) -> Row:
    """Inserts a record at version 1. With a lookup the row has its results, and documents also as text."""
    instant, actor = now(), uow.origin.actor.label
    made = {"version": 1, "created_at": instant, "created_by": actor, "updated_at": instant, "updated_by": actor}
    row = {**columns, **made}
    if lookup is None:
        found = await _INSERTS.get(table, tuple(row)).fetchrow(uow.connection, **row)
    else:
        statement = _INSERTS.get(table, tuple(row), lookup.column)
        found = await statement.fetchrow(uow.connection, **row, **lookup.arguments)
    if found is None:
        raise VersionConflict("The record could not be written.")
    return found


def as_inserted(row: Row) -> dict[str, Any]:
    """The row of an insert with a lookup, as reads select it: documents as text."""
    record = dict(row)
    for name in [name for name in record if name.startswith(_TEXT)]:
        record[name.removeprefix(_TEXT)] = record.pop(name)
    return record


async def update_record(
    uow: UnitOfWork, table: Table, key: UUID, version: int, columns: Mapping[str, Any], *, is_aside: bool = False
) -> Row:
    """The record with new values and the next version; `is_aside`: with new values alone. Raises VersionConflict if it
    has another version."""
    made = {"version": version + 1, "updated_at": now(), "updated_by": uow.origin.actor.label}
    row = dict(columns) if is_aside else {**columns, **made}
    statement = _UPDATES.get(table, tuple(row))
    found = await statement.fetchrow(uow.connection, key_id=key, key_version=version, **row)
    if found is None:
        raise VersionConflict("The record changed in the meantime.")
    return found


async def update_alike(
    uow: UnitOfWork, table: Table, keys: Iterable[UUID], columns: Mapping[str, Any]
) -> dict[UUID, Row]:
    """Records that the transaction has locked, by id, with the same new values and each its next version."""
    row = {**columns, "updated_at": now(), "updated_by": uow.origin.actor.label}
    found = await _UPDATES_ALIKE.get(table, tuple(row)).fetch(uow.connection, keys=list(keys), **row)
    return {one["id"]: one for one in found}


async def lock_record(uow: UnitOfWork, table: Table, record: UUID) -> Row | None:
    """The record, locked until the transaction ends; None if the context may not write it."""
    return await _LOCKS.get(table).fetchrow(uow.connection, id=record)
