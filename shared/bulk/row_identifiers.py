"""How a row of any resource identifies its record: by the record's ref, or by the row's own id.

`ref` is the number that an export shows. `row_id` is the row's id in the list that the import's `source` names. A later
row with the same id leads to the same record, whatever its other values.
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
_DEFAULT_OF_REF = """
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
WHERE adrelid = $1::regclass AND attname = 'ref'
"""


class RowIdentifiers(NamedTuple):
    """The identifiers in one row."""

    ref: str | None
    row_id: str | None


_UNMARKED = RowIdentifiers(None, None)


def take_identifiers(cells: Cells) -> RowIdentifiers:
    """Removes the row's identifiers from its cells and returns them. Raises RowFault for one that is a list or too
    long."""
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


async def new_refs(connection: Connection, table: Table, count: int) -> list[str]:
    """Refs for so many new records."""
    default = await connection.fetchval(_DEFAULT_OF_REF, table.fullname)
    statement = f"SELECT {default} AS ref FROM generate_series(1, $1)"  # noqa: S608
    return [row["ref"] for row in await connection.fetch(statement, count)]


def ref_key(ref: str) -> str:
    """The ref as one of the keys of a row."""
    return f"ref:{ref}"


async def find_refs(connection: Connection, table: Table, refs: Collection[str], access: AccessScope) -> list[Row]:
    """(ref, record) for the refs of current records that the caller may write; a merged record leads to its merge
    target."""
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
