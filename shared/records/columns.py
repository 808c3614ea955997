"""The common columns of records, and the rendering of rows as JSON."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias, get_args
from uuid import UUID

import orjson
from sqlalchemy import Boolean, Column, Date, Float, Integer, LargeBinary, Numeric, Table, Text, Uuid, case, cast, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from shared.database.tables import Instant, instant, table, text
from shared.kernel import decimals
from shared.kernel.clock import to_text
from shared.records.record import Audience, Field, Granted, Part, Record, fields_of

JsonObject: TypeAlias = dict[str, Any]
Renderer: TypeAlias = Callable[[Mapping[str, Any]], JsonObject]
_TYPES: Mapping[Any, type[TypeEngine[Any]] | TypeEngine[Any]] = {
    UUID: Uuid,
    str: Text,
    bytes: LargeBinary,
    int: Integer,
    float: Float,
    Decimal: Numeric,
    bool: Boolean,
    date: Date,
    datetime: Instant,
    Mapping: JSONB,
    Sequence: JSONB,
    object: JSONB,
}


def table_of(record: type[Record], name: str) -> Table:
    """The table of these records, with a column for each field. `info["record"]` names them."""
    made = table(
        name,
        *(
            Column(one.name, _type_of(one), primary_key=one.name == "id", nullable=one.is_optional)
            for one in fields_of(record).values()
        ),
    )
    made.info["record"] = record
    return made


def shown_columns(record: type[Record], table: Table, audience: Audience = Granted) -> dict[str, ColumnElement[Any]]:
    """The columns of the fields that an audience sees by themselves."""
    fields = fields_of(record)
    columns = read_columns(record, table, audience)
    return {name: column for name, column in columns.items() if Part not in fields[name].traits}


def read_columns(record: type[Record], table: Table, audience: Audience = Granted) -> dict[str, ColumnElement[Any]]:
    """The columns of the fields that an audience sees, by themselves or as parts of others."""
    return {one.name: table.c[one.name] for one in fields_of(record).values() if one.audience <= audience}


def _type_of(field: Field) -> type[TypeEngine[Any]] | TypeEngine[Any]:
    if field.stored is list:
        return ARRAY(_TYPES[get_args(field.type)[0]])
    return _TYPES[field.stored]


def record_table(name: str, *columns: Column[Any]) -> Table:
    """A table of records: the common columns first, then its own."""
    return table(
        name,
        Column("id", Uuid, primary_key=True),
        text("ref"),
        Column("version", Integer, nullable=False),
        text("status"),
        text("country"),
        text("visibility"),
        instant("created_at"),
        text("created_by"),
        instant("updated_at"),
        text("updated_by"),
        *columns,
    )


def as_read(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as reads select it: documents as text, which enters the response without being parsed."""
    if isinstance(column.type, JSONB):
        return cast(column, Text).label(column.key)
    return column


def merge_target(merged_into: Column[Any], function: str) -> ColumnElement[Any]:
    """The final merge target of a record, by a function of the schema; null for a record that is not merged."""
    led = getattr(func.escm, function)(merged_into, type_=Uuid)
    return case((merged_into.is_not(None), led)).label(str(merged_into.key))


def renderer(columns: Mapping[str, ColumnElement[Any]]) -> Renderer:
    """Returns a function from a row to a JSON-ready dictionary: one compiled expression that names every column, since
    a loop over columns costs a list of records as much as its query.

    Documents may be text (`as_read`) or values (rows that a write returned).
    """
    converters = {f"_{n}": _converter(column) for n, column in enumerate(columns.values())}
    members = []
    for name, (key, convert) in zip(map(str, columns), converters.items(), strict=True):
        value = f"row[{name!r}]"
        converted = value if convert is None else f"None if (value := {value}) is None else {key}(value)"
        members.append(f"{name!r}: {converted}")
    made: Renderer = eval(f"lambda row: {{{', '.join(members)}}}", converters)  # noqa: S307 - of names of columns alone
    return made


def _converter(column: ColumnElement[Any]) -> Callable[[Any], Any] | None:
    if isinstance(column.type, JSONB):
        return parsed_or_fragment
    if isinstance(column.type, ARRAY) and isinstance(column.type.item_type, Uuid):
        return _texts
    kind = column.type.python_type
    if issubclass(kind, datetime):
        return to_text
    if issubclass(kind, date):
        return date.isoformat
    if issubclass(kind, Decimal):
        return decimals.to_text
    return None if issubclass(kind, (str, int, float, bool, list)) else str


def _texts(ids: Sequence[UUID]) -> list[str]:
    return list(map(str, ids))


def parsed_or_fragment(value: Any) -> Any:
    """A document for the response; text enters it unchanged."""
    return orjson.Fragment(value) if isinstance(value, str) else value
