"""The side table for filters of lists: one row for each field, boundary, ecosystem, keyword and language."""

from collections.abc import Mapping
from typing import Any

from services.membership.register.experts.tables import expert_value
from services.membership.side_tables import replace_rows
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.text import fold

_CODES = (
    ("field", "fields"),
    ("boundary", "planetary_boundaries"),
    ("ecosystem", "ecosystems"),
    ("language", "languages"),
)


def values_of(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(kind, value) of every filter value of an expert."""
    found = {(kind, value) for kind, name in _CODES for value in row[name]}
    found |= {("keyword", fold(value)) for value in row["keywords"]}
    return sorted(found)


def enter_values(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Inserts the values of a new expert, together with the other rows of its creation."""
    for kind, value in values_of(row):
        place = {"country": row["country"], "visibility": row["visibility"]}
        uow.append(expert_value, expert_id=row["id"], kind=kind, value=value, **place)


async def replace_values(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Replaces the rows of the side table by the expert's values."""
    await replace_rows(uow, expert_value, row, values_of(row))
