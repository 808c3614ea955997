"""What the kinds of record of this service have in common: how they are listed, shown, and read back from a body."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import orjson
from pydantic import BaseModel
from sqlalchemy import Column, Select, Table, Text, any_, bindparam, cast, false, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement

from shared.kernel.principal import VISIBILITIES
from shared.kernel.resource import Resource
from shared.records.columns import Record, Renderer
from shared.records.listing import Filter, Listing, countries, fragment, one_of, reference, region, updated, values
from shared.records.sight import Sight, Variant, visible

Derive: TypeAlias = Callable[[Mapping[str, Any]], Record]
_NEVER_SHOWN = frozenset({"search_key", "previous_status"})
_NOT_PUBLIC = frozenset({"created_at", "created_by", "updated_at", "updated_by"})


def with_parent(parent: Table, link: Column[Any], variant: Variant, published: frozenset[str]) -> ColumnElement[bool]:
    """The first wall of what lives with another record: seen by whoever may know of that one."""
    if variant is Variant.EVERYWHERE:
        return true()
    return select(parent.c.id).where(parent.c.id == link, visible(parent, variant, published)).exists()


def by_grant(table: Table, link: Column[Any], variant: Variant) -> ColumnElement[bool]:
    """The first wall of what is never published: for grants that cover the country, or the record at `link`."""
    if variant is Variant.EVERYWHERE:
        return true()
    if variant is Variant.ANONYMOUS:
        return false()
    return or_(
        table.c.country == any_(bindparam("reach_countries", type_=ARRAY(Text))),
        cast(link, Text) == any_(bindparam("reach_records", type_=ARRAY(Text))),
    )


def listing(table: Table, states: tuple[str, ...], base: Callable[[Variant], Select[Any]], *more: Filter) -> Listing:
    """The list of a table of records: by country, region, status, visibility, every `*_id`, time of change and, where
    the table has a search key, `q`; `more` are the feature's own filters."""
    chosen = [
        countries(table.c.country),
        region(table.c.country),
        values("status", table.c.status, "States, separated by commas", one_of(states)),
        values("visibility", table.c.visibility, "Visibilities, separated by commas", one_of(VISIBILITIES)),
        *(reference(column.key, column) for column in table.c if column.key.endswith("_id")),
        *updated(table.c.updated_at),
        *([fragment(table.c.search_key)] if "search_key" in table.c else []),
        *more,
    ]
    return Listing(
        base=base,
        key=table.c.id,
        filters={filtered.name: filtered for filtered in chosen},
        sorts={"created_at": table.c.created_at, "updated_at": table.c.updated_at},
        columns={column.key: column for column in table.c if column.key != "search_key"},
    )


def presenter(
    resource: Resource,
    table: Table,
    *,
    unseen: Iterable[str] = (),
    private: Iterable[str] = (),
    derive: Derive = lambda _row: {},
    derive_private: Derive = lambda _row: {},
) -> Callable[[Mapping[str, Any], Sight], Record]:
    """How a row is shown: all columns but `unseen`; `private` ones, who wrote it and when, and what `derive_private`
    adds, only to whom the row is granted; `derive` adds what follows from the row."""
    shown = {column.key: column for column in table.c if column.key not in _NEVER_SHOWN.union(unseen)}
    whole = Renderer(shown)
    limited = Renderer({name: column for name, column in shown.items() if name not in _NOT_PUBLIC.union(private)})

    def present(row: Mapping[str, Any], sight: Sight) -> Record:
        if sight.sees_all_fields(row["country"], row["id"]):
            record = {**whole(row), **derive(row), **derive_private(row)}
        else:
            record = {**limited(row), **derive(row)}
        record["links"] = {"self": resource.link(record["id"])}
        return record

    return present


def row_values(body: BaseModel, table: Table) -> Record:
    """The columns that a body gives: documents as JSON values, the rest as Python values."""
    plain, as_json = body.model_dump(), body.model_dump(mode="json")
    return {name: as_json[name] if _is_document(table, name) else value for name, value in plain.items()}


def written(table: Table, names: Iterable[str]) -> Callable[[Mapping[str, Any]], Record]:
    """Reads the fields that a caller writes back from a row that was read, for a patch to be merged into."""
    fields = tuple((name, _is_document(table, name)) for name in names)

    def read_back(row: Mapping[str, Any]) -> Record:
        return {
            name: orjson.loads(row[name]) if document and row[name] is not None else row[name]
            for name, document in fields
        }

    return read_back


def _is_document(table: Table, name: str) -> bool:
    return name in table.c and isinstance(table.c[name].type, JSONB)
