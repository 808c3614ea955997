"""Side tables of a record: one row for each (kind, word) of it, for look-ups by equality."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table

from shared.database.unit_of_work import UnitOfWork


async def replace_rows(uow: UnitOfWork, table: Table, row: Mapping[str, Any], pairs: Sequence[tuple[str, str]]) -> None:
    """Replaces the rows of the record by these pairs, with its country and visibility. The table's key is owner, kind
    and word."""
    kinds, words = [kind for kind, _ in pairs], [word for _, word in pairs]
    await uow.connection.execute(_replacing(table), row["id"], kinds, words, row["country"], row["visibility"])


@lru_cache(16)
def _replacing(table: Table) -> str:
    owner, kind, word = (column.key for column in table.primary_key)
    return f"""
WITH gone AS (DELETE FROM {table.fullname} WHERE {owner} = $1 AND ({kind}, {word}) NOT IN
    (SELECT * FROM unnest($2::text[], $3::text[])))
INSERT INTO {table.fullname} ({owner}, {kind}, {word}, country, visibility)
SELECT $1, {kind}, {word}, $4, $5 FROM unnest($2::text[], $3::text[]) AS wanted ({kind}, {word})
ON CONFLICT ({owner}, {kind}, {word}) DO UPDATE SET country = excluded.country, visibility = excluded.visibility
"""  # noqa: S608
