"""Sums of the figures in accepted reports, and how many of the reports that are owed have them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Numeric,
    Select,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.centres.designation.centres.domain import DESIGNATED
from services.centres.designation.centres.tables import centre
from services.centres.reporting.annual_reports.domain import ANNUAL
from services.centres.reporting.annual_reports.queries import visible_to
from services.centres.reporting.annual_reports.tables import annual_report
from shared.contracts import views
from shared.database.context import SYSTEM_CONTEXT, within_context
from shared.database.statements import Connection, Shapes
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.filters import Filter, bound, bound_values, countries, parsed_year, region
from shared.records.next_steps import TODAY
from shared.records.statistics import LARGEST

_owed, _r = views.ANNUAL_REPORTS.c, annual_report.c
KEYS = ("country", "region", "year")
_asked = (
    func.unnest(bindparam("templates", type_=ARRAY(Uuid)), bindparam("keys", type_=ARRAY(Text)))
    .table_valued(column("template_id", Uuid), column("key", Text), name="asked")
    .render_derived()
)


def _filters(of: Any) -> Mapping[str, Filter]:
    year = Filter("year", "The year of the reports", parsed_year, lambda wanted: of.year == wanted)
    return {one.name: one for one in (countries(of.country), region(of.country), year)}


FILTERS = _filters(_owed)


def _query(access_kind: AccessKind, by: Sequence[str], names: Sequence[str], is_figure: bool) -> Select[Any]:
    """The reports that are owed, whoever may read them; or the figures of the accepted ones that the caller may know
    of. Both of centres that the caller may know of."""
    of = _r if is_figure else _owed
    keys = [of[name] for name in by]
    known = visible(centre, access_kind, DESIGNATED)
    filters = (bound(_filters(of)[name]) for name in names)
    if is_figure:
        value = cast(_r.public_figures.op("->>")(_asked.c.key), Numeric)
        query = visible_to(access_kind).with_only_columns(
            *keys, func.count(value).label("n"), func.sum(value).label("value")
        )
        query = query.join(_asked, _asked.c.template_id == _r.template_id).where(_r.status == constant("accepted"))
    else:
        is_due = or_(_owed.due < TODAY, _owed.status.in_([constant("submitted"), constant("accepted")]))
        query = select(*keys, func.count().label("n")).where(_owed.status != constant("waived"), is_due)
    query = (
        query.join(centre, centre.c.id == of.centre_id)
        .where(known, of.kind == constant(ANNUAL), *filters)
        .group_by(*keys)
    )
    return within_context(query.limit(LARGEST + 1))


_QUERIES = Shapes(_query)


@dataclass(slots=True)
class FigureNumbers:
    """The sum of a figure, how many reports have it, and how many are owed."""

    value: Decimal | None = None
    reported: int = 0
    expected: int = 0

    def add(self, other: "FigureNumbers") -> None:
        """Adds the numbers of further reports."""
        if other.value is not None:
            self.value = (self.value or Decimal()) + other.value
        self.reported += other.reported
        self.expected += other.expected


async def figures(
    connection: Connection,
    access: AccessScope,
    keys: Mapping[UUID, str],
    by: Sequence[str],
    chosen: Mapping[str, Any],
    day: date,
) -> list[tuple[Mapping[str, Any], FigureNumbers]]:
    """The numbers for each value of `by`, which are columns. `keys` are those of the figure by template. At most one
    more of each kind than a response holds."""
    values = bound_values(chosen) | {
        "templates": list(keys),
        "keys": list(keys.values()),
        "today": day,
        **access.parameters,
    }
    shape = (access.access_kind, tuple(by), tuple(chosen))
    reported = await _QUERIES.get(*shape, True).fetch(connection, **values)
    owed = await _QUERIES.get(*shape, False).fetch(connection, **values | SYSTEM_CONTEXT.parameters)
    return [
        *((row, FigureNumbers(row["value"], row["n"])) for row in reported),
        *((row, FigureNumbers(expected=row["n"])) for row in owed),
    ]
