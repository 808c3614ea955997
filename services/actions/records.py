"""What the kinds of record of this service have in common: how they are listed, shown, and read back from a body."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import orjson
from pydantic import BaseModel
from sqlalchemy import Select, Table, select
from sqlalchemy.dialects.postgresql import JSONB

from shared.kernel.principal import VISIBILITIES
from shared.kernel.resource import Resource
from shared.records.columns import Record, Renderer
from shared.records.listing import Filter, Listing, countries, fragment, one_of, reference, region, updated, values
from shared.records.sight import Sight, Variant, visible

Derive: TypeAlias = Callable[[Mapping[str, Any]], Record]
_NEVER_SHOWN = frozenset({"search_key", "previous_status"})
_NOT_PUBLIC = frozenset({"created_by", "updated_by"})


def listing(table: Table, states: tuple[str, ...], published: frozenset[str], *more: Filter) -> Listing:
    """The list of a table of records: by country, region, status, visibility, every `*_id`, time of change and, where
    the table has a search key, `q`; `more` are the feature's own filters."""

    def known(variant: Variant) -> Select[Any]:
        return select(table).where(visible(table, variant, published))

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
        base=known,
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
) -> Callable[[Mapping[str, Any], Sight], Record]:
    """How a row is shown: all columns but `unseen`; `private` ones, and who wrote it, only to whom its country is
    granted; `derive` adds what follows from the row."""
    shown = {column.key: column for column in table.c if column.key not in _NEVER_SHOWN.union(unseen)}
    whole = Renderer(shown)
    limited = Renderer({name: column for name, column in shown.items() if name not in _NOT_PUBLIC.union(private)})

    def present(row: Mapping[str, Any], sight: Sight) -> Record:
        render = whole if sight.sees_all_fields(row["country"], row["id"]) else limited
        record = {**render(row), **derive(row)}
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
