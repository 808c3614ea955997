"""Insert, lock and update of records: the version moves by one, and who and when are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Text, bindparam, cast, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement

from shared.database.ids import uuid7
from shared.database.statements import Row, Shapes
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import VersionConflict

_TEXT = "text_"


@dataclass(frozen=True, slots=True)
class Beside:
    """What an insert looks up in its own statement: a labelled column of what it returns, and its parameters."""

    column: ColumnElement[Any]
    arguments: Mapping[str, Any]


def _insert(table: Table, names: tuple[str, ...], *beside: ColumnElement[Any]) -> Any:
    texts = [cast(c, Text).label(f"{_TEXT}{c.key}") for c in table.c if isinstance(c.type, JSONB)]
    return insert(table).values({name: bindparam(name) for name in names}).returning(table, *texts, *beside)


def _update(table: Table, names: tuple[str, ...]) -> Any:
    matched = (table.c.id == bindparam("key_id"), table.c.version == bindparam("key_version"))
    return update(table).where(*matched).values({name: bindparam(name) for name in names}).returning(table)


def _lock(table: Table) -> Any:
    return select(table).where(table.c.id == bindparam("id")).with_for_update()


_INSERTS = Shapes(_insert)
_UPDATES = Shapes(_update)
_LOCKS = Shapes(_lock)


async def insert_record(uow: UnitOfWork, table: Table, values: Mapping[str, Any], beside: Beside | None = None) -> Row:
    """A new record at version 1. `values` hold at least `status`, `country`, `visibility`; `id` where it is known. The
    row holds what is looked up `beside` too."""
    instant, actor = now(), uow.origin.actor.label
    row = {
        "id": uuid7(),
        "version": 1,
        "created_at": instant,
        "created_by": actor,
        "updated_at": instant,
        "updated_by": actor,
        **values,
    }
    if beside is None:
        found = await _INSERTS.get(table, tuple(row)).fetchrow(uow.connection, **row)
    else:
        statement = _INSERTS.get(table, tuple(row), beside.column)
        found = await statement.fetchrow(uow.connection, **row, **beside.arguments)
    if found is None:
        raise VersionConflict("The record could not be written.")
    return found


def as_inserted(row: Row) -> dict[str, Any]:
    """The row that `insert_record` answered, as a read would select it: documents as text."""
    record = dict(row)
    for name in [name for name in record if name.startswith(_TEXT)]:
        record[name.removeprefix(_TEXT)] = record.pop(name)
    return record


async def update_record(uow: UnitOfWork, table: Table, before: Mapping[str, Any], values: Mapping[str, Any]) -> Row:
    """The record with new values and the next version. Raises VersionConflict when it is not `before` any more."""
    row = {
        **values,
        "version": before["version"] + 1,
        "updated_at": now(),
        "updated_by": uow.origin.actor.label,
    }
    statement = _UPDATES.get(table, tuple(row))
    found = await statement.fetchrow(uow.connection, key_id=before["id"], key_version=before["version"], **row)
    if found is None:
        raise VersionConflict("The record changed in the meantime.")
    return found


async def lock_record(uow: UnitOfWork, table: Table, record: UUID) -> Row | None:
    """The record, locked until the transaction ends; None where the context may not write it."""
    return await _LOCKS.get(table).fetchrow(uow.connection, id=record)
