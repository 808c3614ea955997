"""Records without related tables: their application filters, lists and rendering."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import Column, FromClause, Select, Table, Text, any_, bindparam, cast, false, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.kernel.principal import VISIBILITIES
from shared.records.access_scope import AccessKind, AccessScope, visible
from shared.records.columns import JsonObject, renderer, shown_columns
from shared.records.listing import Filter, Listing, countries, fragment, one_of, reference, region, updated, values
from shared.records.record import Audience, Record, private_fields

Base: TypeAlias = Callable[[AccessKind], Select[Any]]
Derive: TypeAlias = Callable[[Mapping[str, Any]], JsonObject]


def by_itself(table: Table, published: frozenset[str]) -> Base:
    """The application filter of records published by their own state and visibility."""
    return lambda access_kind: select(table).where(visible(table, access_kind, published))


def with_parent(
    parent: Table, link: Column[Any], access_kind: AccessKind, published: frozenset[str]
) -> ColumnElement[bool]:
    """The application filter of child records: visible to whoever may know of the parent."""
    if access_kind is AccessKind.EVERYWHERE:
        return true()
    return select(parent.c.id).where(parent.c.id == link, visible(parent, access_kind, published)).exists()


def by_grant(
    table: FromClause,
    link: ColumnElement[Any],
    access_kind: AccessKind,
    country: Column[Any] | None = None,
) -> ColumnElement[bool]:
    """The application filter of records that are never published: for grants that cover the country (in `country`, if
    the column has another name), or the record at `link`."""
    if access_kind is AccessKind.EVERYWHERE:
        return true()
    if access_kind is AccessKind.ANONYMOUS:
        return false()
    within = table.c.country if country is None else country
    return or_(
        within == any_(bindparam("granted_countries", type_=ARRAY(Text))),
        cast(link, Text) == any_(bindparam("granted_records", type_=ARRAY(Text))),
    )


def by_whole(table: Table, link: Column[Any]) -> Base:
    """The application filter of parts that are never published: for grants that cover the country, or the whole at
    `link`."""
    return lambda access_kind: select(table).where(by_grant(table, link, access_kind))


def listing(record: type[Record], table: Table, states: tuple[str, ...], base: Base, *more: Filter) -> Listing:
    """The list of a table of records: by country, region, status, visibility, every `*_id`, time of change and, if the
    table has a search key, `q`; `more` are the feature's own filters."""
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
        private=private_fields(record),
    )


def without(found: Listing, *names: str) -> Listing:
    """The same list without these filters."""
    return replace(found, filters={name: one for name, one in found.filters.items() if name not in names})


def listing_by_state(
    table: Table, states: tuple[str, ...], base: Base, columns: Mapping[str, ColumnElement[Any]], *more: Filter
) -> Listing:
    """The list of a table of records by state and time of change, with these columns; `more` are the feature's own
    filters."""
    status = values("status", table.c.status, "States, separated by commas", one_of(states))
    return Listing(
        base=base,
        key=table.c.id,
        filters={chosen.name: chosen for chosen in (status, *more, *updated(table.c.updated_at))},
        sorts={"created_at": table.c.created_at, "updated_at": table.c.updated_at},
        columns=columns,
    )


def presenter(
    record: type[Record],
    table: Table,
    *,
    derive: Derive = lambda _row: {},
    derive_private: Derive = lambda _row: {},
) -> Callable[[Mapping[str, Any], AccessScope], JsonObject]:
    """Renders a row with the fields of the caller's audience. `derive` adds members from the row, `derive_private`
    members for grants that cover it."""
    audiences = (Audience.PUBLIC, Audience.NETWORK, Audience.GRANTED)
    renderers = {audience: renderer(shown_columns(record, table, audience)) for audience in audiences}

    def present(row: Mapping[str, Any], access: AccessScope) -> JsonObject:
        if access.sees_all_fields(row["country"], record.scope_of(row)):
            shown = {**renderers[Audience.GRANTED](row), **derive(row), **derive_private(row)}
        else:
            audience = Audience.NETWORK if access.in_network else Audience.PUBLIC
            shown = {**renderers[audience](row), **derive(row)}
        shown["links"] = {"self": record.address_of(record.resource_type, row)}
        return shown

    return present
