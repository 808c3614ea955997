"""Converts rows to records, and records to columns."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

import orjson

from shared.database.ids import uuid7
from shared.kernel.clock import now
from shared.kernel.text import search_key
from shared.records.record import Record, Searched, fields_of, fields_with, json_fields

R = TypeVar("R", bound=Record)
SEARCH_KEY = "search_key"


def record_of(record: type[R], row: Mapping[str, Any]) -> R:
    """The record of a row. Fields without a column in the row are not set: reading one raises AttributeError."""
    kind: Any = record
    made: R = _reader(kind, tuple(row.keys()), False)(row)
    return made


def records_of(record: type[R], rows: Iterable[Mapping[str, Any]]) -> list[R]:
    """The records of rows."""
    return [record_of(record, row) for row in rows]


def record_read(record: type[R], row: Mapping[str, Any]) -> R:
    """The record of a row whose JSON documents are text, as reads select them (`as_read`)."""
    kind: Any = record
    made: R = _reader(kind, tuple(row.keys()), True)(row)
    return made


def new_record(record: type[R], columns: Mapping[str, Any]) -> R:
    """A record that is not inserted yet, with a new id. Optional fields missing in `columns` are None; others are not
    set, so that `dataclasses.replace` requires them. The search key of searched fields follows when it is inserted."""
    optional = {name: None for name, field in fields_of(record).items() if field.is_optional}
    instant = now()
    made = {"created_at": instant, "created_by": "", "updated_at": instant, "updated_by": ""}
    made |= {SEARCH_KEY: ""} if fields_with(record, Searched) else {}
    return record_of(record, {"id": uuid7(), "ref": "", "version": 1, **made, **optional, **columns})


def columns_of(record: Record) -> dict[str, Any]:
    """The record's fields that are set, by the names of their columns."""
    return {name: getattr(record, name) for name in fields_of(type(record)) if hasattr(record, name)}


def with_columns(record: R, columns: Mapping[str, Any]) -> R:
    """The record with other values in these columns."""
    return record_of(type(record), {**columns_of(record), **columns})


def differing(before: R, after: R) -> dict[str, Any]:
    """The columns of `after` whose values differ from `before`."""
    return {name: value for name in fields_of(type(before)) if (value := getattr(after, name)) != getattr(before, name)}


def search_columns(record: type[Record], columns: Mapping[str, Any]) -> dict[str, str]:
    """The search key of a record with these columns; empty if none of its fields is searched."""
    names = fields_with(record, Searched)
    if not names:
        return {}
    texts = (columns[name] or "" for name in names)
    return {SEARCH_KEY: search_key(*(part for text in texts for part in _parts(text)))}


def _parts(text: str | Mapping[str, str]) -> Iterable[str]:
    return (text,) if isinstance(text, str) else text.values()


@lru_cache(maxsize=1024)
def _reader(record: type[Record], names: tuple[str, ...], are_texts: bool) -> Callable[[Mapping[str, Any]], Any]:
    """Returns a function from rows with these columns to records, with documents as text or not: one compiled function
    that names every column, since each write and each item for an authenticated caller uses it."""
    texts = json_fields(record) if are_texts else frozenset()
    lines = [
        f"    put_{name}(made, row[{name!r}])"
        if name not in texts
        else f"    put_{name}(made, None if (text := row[{name!r}]) is None else loads(text))"
        for name in names
        if name in fields_of(record)
    ]
    source = "\n".join(["def read(row):", "    made = new(record)", *lines, "    return made"])
    scope: dict[str, Any] = {"new": object.__new__, "loads": orjson.loads, "record": record}
    scope |= {f"put_{name}": getattr(record, name).__set__ for name in fields_of(record)}
    exec(source, scope)  # noqa: S102 - of names of fields alone
    made: Callable[[Mapping[str, Any]], Any] = scope["read"]
    return made
