"""A dataset: which rows and fields everybody may know, with what they are as linked data."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import Table, case, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement

from shared.open_data.domain import Linked, TermKind
from shared.records.access_scope import AccessKind, visible
from shared.records.columns import shown_columns
from shared.records.record import Audience, Record, Texts, fields_of

Columns: TypeAlias = Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows that everybody may know. `where` are their conditions, `order` their unique order, `country` the column of
    their country, if they have one. `state` are columns that differ whenever a row does."""

    name: str
    title: str
    description: str
    columns: Columns
    where: ColumnElement[bool]
    order: tuple[ColumnElement[Any], ...]
    state: tuple[ColumnElement[Any], ...]
    country: ColumnElement[Any] | None
    linked: Linked


def is_public(table: Any, published: Iterable[str]) -> ColumnElement[bool]:
    """Whether everybody may know of a row by itself."""
    return visible(table, AccessKind.ANONYMOUS, frozenset(published))


def has_public(table: Table, key: ColumnElement[Any], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the table has a row with this id that meets the condition."""
    return select(table.c.id).where(table.c.id == key, condition).exists()


def if_public(key: ColumnElement[Any], view: Any, published: Iterable[str]) -> ColumnElement[Any]:
    """The id of a record of another service, or null if the public may not know of it."""
    named = view.alias(f"named_{key.key}")
    known = select(named.c.id).where(named.c.id == key, is_public(named, published)).exists()
    return case((known, key)).label(str(key.key))


def dataset_of(
    record: type[Record],
    table: Table,
    title: str,
    description: str,
    linked_type: str,
    where: ColumnElement[bool],
    parts: Collection[str] = (),
    **replaced: ColumnElement[Any],
) -> Dataset:
    """The public fields of a kind of record, with these parts of it; `replaced` are columns that depend on other
    records, or consist of them."""
    columns = {**shown_columns(record, table, Audience.PUBLIC), **{name: table.c[name] for name in parts}, **replaced}
    resource = record.resource_type
    fields = {name: field for name, field in fields_of(record).items() if name in columns}
    texts = {name for name, field in fields.items() if field.type == Texts}
    references = {name: field.refers.path for name, field in fields.items() if field.refers}
    return Dataset(
        name=resource.plural,
        title=title,
        description=description,
        columns=columns,
        where=where,
        order=(table.c.id,),
        state=(table.c.id, table.c.version, *replaced.values()),
        country=table.c.country,
        linked=Linked(linked_type, resource.path, term_kinds(columns, texts, references), references),
    )


def term_kinds(columns: Columns, texts: Collection[str], references: Collection[str]) -> dict[str, TermKind]:
    """What kind of value each column has, by its type; `texts` are objects by language, `references` are ids."""
    return {
        name: "reference" if name in references else "texts" if name in texts else _kind(column)
        for name, column in columns.items()
    }


def _kind(column: ColumnElement[Any]) -> TermKind:
    if isinstance(column.type, JSONB):
        return "json"
    found = column.type.python_type
    kinds: Mapping[type, TermKind] = {date: "date", datetime: "instant", Decimal: "decimal"}
    return kinds.get(found, "plain")
