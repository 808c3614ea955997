"""How many awaited reports are in time, late or very late today."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func

from services.actions.measurement.periods.tables import period
from services.actions.reporting.reports.queries import LISTING, light_now
from services.actions.reporting.reports.tables import report
from shared.database.context import within_context
from shared.database.statements import Connection, Shapes
from shared.kernel.clock import today
from shared.records.access_scope import AccessKind, AccessScope
from shared.records.filters import Names, filter_arguments, filter_names
from shared.records.statistics import LARGEST, Cell, columns_of

KEYS = ("country", "region", "status", "framework", "period", "light")
FILTERS = {name: LISTING.filters[name] for name in KEYS}
_COLUMNS = {
    "country": report.c.country,
    "status": report.c.status,
    "framework": period.c.framework,
    "period": period.c.code.label("period"),
    "light": light_now.label("light"),
}


def _query(access_kind: AccessKind, by: tuple[str, ...], names: Names) -> Select[Any]:
    keys = [_COLUMNS[name] for name in columns_of(("country", *by))]
    query = LISTING.matching(access_kind, names).join(period, period.c.id == report.c.period_id)
    counted: Select[Any] = query.where(light_now.is_not(None)).with_only_columns(*keys, func.count().label("n"))
    return within_context(counted.group_by(*keys).limit(LARGEST + 1))


_QUERIES = Shapes(_query)


async def lights(
    connection: Connection, access: AccessScope, by: Sequence[str], filters: Mapping[str, Any]
) -> list[Cell]:
    """The numbers of awaited reports that the caller may know of, by country and these dimensions; at most one more
    than a response holds."""
    statement = _QUERIES.get(access.access_kind, tuple(by), filter_names(filters))
    arguments = {**filter_arguments(filters), **access.parameters, "today": today()}
    rows = await statement.fetch(connection, **arguments)
    return [Cell({name: value for name, value in row.items() if name != "n"}, row["n"]) for row in rows]
