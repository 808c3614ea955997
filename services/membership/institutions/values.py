"""The side table that lists filter and matches look up by: one row for each type, domain, name and short form."""

from collections.abc import Mapping
from typing import Any

from services.membership.institutions.domain import values_of
from services.membership.institutions.tables import institution_value
from shared.database.unit_of_work import UnitOfWork

_REPLACE = f"""
WITH gone AS (DELETE FROM {institution_value.fullname} WHERE institution_id = $1 AND (kind, value) NOT IN
    (SELECT * FROM unnest($2::text[], $3::text[])))
INSERT INTO {institution_value.fullname} (institution_id, kind, value, country, visibility)
SELECT $1, kind, value, $4, $5 FROM unnest($2::text[], $3::text[]) AS wanted (kind, value)
ON CONFLICT (institution_id, kind, value) DO UPDATE SET country = excluded.country, visibility = excluded.visibility
"""  # noqa: S608


async def replace_values(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Makes the side table say what the institution says."""
    pairs = values_of(row)
    kinds, texts = [kind for kind, _ in pairs], [value for _, value in pairs]
    await uow.connection.execute(_REPLACE, row["id"], kinds, texts, row["country"], row["visibility"])
