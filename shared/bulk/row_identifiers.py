"""How a row says which record it is about, whatever the resource: by the record's number, or by an id of its own.

`ref` is the number that an export shows. `row_id` is the row's own id in the list that the import's `source` names; a
row that comes again under it leads to the same record, whatever else it says.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Table

from shared.bulk.reading import Cells, RowFault
from shared.database.statements import Connection, Row
from shared.records.access_scope import AccessScope

MARKS = ("ref", "row_id")
LONGEST = 200


class RowIdentifiers(NamedTuple):
    """What one row says of itself."""

    ref: str | None
    row_id: str | None


_UNMARKED = RowIdentifiers(None, None)


def take_identifiers(cells: Cells) -> RowIdentifiers:
    """The row's marks, taken from among its cells. Raises RowFault for one that is a list or too long."""
    if cells.keys().isdisjoint(MARKS):
        return _UNMARKED
    found = [cells.pop(name, None) for name in MARKS]
    for name, mark in zip(MARKS, found, strict=True):
        if isinstance(mark, list):
            raise RowFault("invalid_type", f"{name}: one text.")
        if mark is not None and len(mark) > LONGEST:
            raise RowFault("too_long", f"{name}: at most {LONGEST} characters.")
    ref, row_id = found
    return RowIdentifiers(str(ref) if ref else None, str(row_id) if row_id else None)


def ref_key(ref: str) -> str:
    """The number among the keys by which a row may mean a record."""
    return f"ref:{ref}"


async def find_refs(connection: Connection, table: Table, refs: Collection[str], access: AccessScope) -> list[Row]:
    """(ref, record) of the numbers that lead to a living record which the caller may write; a merged one leads to the
    record that it was merged into."""
    found = await connection.fetch(_leads(table), sorted(refs))
    return [row for row in found if access.write.covers(row["country"], row["record"])]


@lru_cache(32)
def _leads(table: Table) -> str:
    erased = " AND erased_at IS NULL" if "erased_at" in table.c else ""
    if "merged_into" not in table.c:
        return f"SELECT ref, id AS record, country FROM {table.fullname} WHERE ref = ANY($1){erased}"  # noqa: S608
    return (
        f"WITH RECURSIVE led AS (SELECT ref, id, country, merged_into FROM {table.fullname} WHERE ref = ANY($1){erased}"  # noqa: S608
        f" UNION ALL SELECT l.ref, t.id, t.country, t.merged_into FROM led l JOIN {table.fullname} t"
        f" ON t.id = l.merged_into{erased.replace('erased_at', 't.erased_at')})"
        " SELECT ref, id AS record, country FROM led WHERE merged_into IS NULL"
    )
