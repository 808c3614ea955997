"""The side table that lists filter by: one row for each field, boundary, ecosystem, keyword and language."""

from collections.abc import Mapping
from typing import Any

from services.membership.experts.tables import expert_value
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.text import fold

_REPLACE = f"""
WITH gone AS (DELETE FROM {expert_value.fullname} WHERE expert_id = $1 AND (kind, value) NOT IN
    (SELECT * FROM unnest($2::text[], $3::text[])))
INSERT INTO {expert_value.fullname} (expert_id, kind, value, country, visibility)
SELECT $1, kind, value, $4, $5 FROM unnest($2::text[], $3::text[]) AS wanted (kind, value)
ON CONFLICT (expert_id, kind, value) DO UPDATE SET country = excluded.country, visibility = excluded.visibility
"""  # noqa: S608


def values_of(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(kind, value) of everything that an expert can be filtered by."""
    return sorted(
        {("field", value) for value in row["fields"]}
        | {("boundary", value) for value in row["planetary_boundaries"]}
        | {("ecosystem", value) for value in row["ecosystems"]}
        | {("keyword", fold(value)) for value in row["keywords"]}
        | {("language", value) for value in row["languages"]}
    )


def enter_values(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """The values of a new expert, inserted with the other rows that its creation leaves."""
    for kind, value in values_of(row):
        place = {"country": row["country"], "visibility": row["visibility"]}
        uow.append(expert_value, expert_id=row["id"], kind=kind, value=value, **place)


async def replace_values(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Makes the side table say what the expert says."""
    values = values_of(row)
    kinds, texts = [kind for kind, _ in values], [value for _, value in values]
    await uow.connection.execute(_REPLACE, row["id"], kinds, texts, row["country"], row["visibility"])
