"""Records whose table holds nearly all that there is to them: how they are walled, listed and shown."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Column, Select, Table, Text, any_, bindparam, cast, false, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.kernel.principal import VISIBILITIES
from shared.kernel.resource import Resource
from shared.records.columns import Record, Renderer
from shared.records.listing import Filter, Listing, countries, fragment, one_of, reference, region, updated, values
from shared.records.sight import Sight, Variant, visible

Base: TypeAlias = Callable[[Variant], Select[Any]]
Derive: TypeAlias = Callable[[Mapping[str, Any]], Record]
WHEN = ("created_at", "updated_at")
_NEVER_SHOWN = frozenset({"search_key", "previous_status"})
_WHO = frozenset({"created_by", "updated_by"})


def by_itself(table: Table, published: frozenset[str]) -> Base:
    """The first wall of what is published, or not, by its own state and visibility."""
    return lambda variant: select(table).where(visible(table, variant, published))


def with_parent(parent: Table, link: Column[Any], variant: Variant, published: frozenset[str]) -> ColumnElement[bool]:
    """The first wall of what lives with another record: seen by whoever may know of that one."""
    if variant is Variant.EVERYWHERE:
        return true()
    return select(parent.c.id).where(parent.c.id == link, visible(parent, variant, published)).exists()


def by_grant(
    table: Table, link: Column[Any], variant: Variant, country: Column[Any] | None = None
) -> ColumnElement[bool]:
    """The first wall of what is never published: for grants that cover the country (in `country`, where the column has
    another name), or the record at `link`."""
    if variant is Variant.EVERYWHERE:
        return true()
    if variant is Variant.ANONYMOUS:
        return false()
    within = table.c.country if country is None else country
    return or_(
        within == any_(bindparam("reach_countries", type_=ARRAY(Text))),
        cast(link, Text) == any_(bindparam("reach_records", type_=ARRAY(Text))),
    )


def listing(table: Table, states: tuple[str, ...], base: Base, *more: Filter, private: Iterable[str] = ()) -> Listing:
    """The list of a table of records: by country, region, status, visibility, every `*_id`, time of change and, where
    the table has a search key, `q`; `more` are the feature's own filters, `private` the fields that are
    shown only where the row is granted."""
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
        private=frozenset(private),
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
    """How a row is shown: all columns but `unseen`; `private` ones, who wrote it, and what `derive_private` adds, only
    to whom the row is granted; `derive` adds what follows from the row."""
    shown = {column.key: column for column in table.c if column.key not in _NEVER_SHOWN.union(unseen)}
    whole = Renderer(shown)
    limited = Renderer({name: column for name, column in shown.items() if name not in _WHO.union(private)})

    def present(row: Mapping[str, Any], sight: Sight) -> Record:
        if sight.sees_all_fields(row["country"], row["id"]):
            record = {**whole(row), **derive(row), **derive_private(row)}
        else:
            record = {**limited(row), **derive(row)}
        record["links"] = {"self": resource.link(record["id"])}
        return record

    return present
