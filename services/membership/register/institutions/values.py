"""The side table for filters of lists and for matching: one row for each type, domain, name and short form."""

from collections.abc import Mapping
from typing import Any

from services.membership.register.institutions.domain import values_of
from services.membership.register.institutions.tables import institution_value
from services.membership.side_tables import replace_rows
from shared.database.unit_of_work import UnitOfWork


async def replace_values(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Replaces the rows of the side table by the institution's values."""
    await replace_rows(uow, institution_value, row, values_of(row["names"], row["types"], row["domains"]))
