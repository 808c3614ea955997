"""Which reports the programmes of a country owe, and whether they came in time: what everybody may know.

That a report was submitted is a day, as those of a country's facts; the report itself is shown to whom it is published.
"""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, any_, bindparam, case, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.overview.countries.record import OwedReport
from services.actions.plan.programmes.domain import PUBLISHED as PUBLISHED_PROGRAMMES
from services.actions.plan.programmes.tables import programme
from services.actions.reporting.reports.domain import PUBLISHED
from services.actions.reporting.reports.expected import OWING, owed
from services.actions.reporting.reports.tables import report
from shared.database.context import Lookup, within_context
from shared.database.statements import Connection, Shapes
from shared.records.access_scope import AccessKind, AccessScope, constant, visible

LARGEST = 100
"""Most reports of a country: the latest ones."""
_MOST_PROGRAMMES = 100
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))


def _programmes(access_kind: AccessKind) -> Select[Any]:
    known = visible(programme, access_kind, PUBLISHED_PROGRAMMES)
    owing = programme.c.status.in_([constant(status) for status in OWING])
    query = select(programme.c.id).where(programme.c.country == bindparam("code", type_=Text), owing, known)
    return within_context(query.order_by(programme.c.id.desc()).limit(_MOST_PROGRAMMES))


def _reports(access_kind: AccessKind) -> Select[Any]:
    known = visible(report, access_kind, PUBLISHED)
    return within_context(select(report.c.id, report.c.ref).where(report.c.id == _IDS, known))


_PROGRAMMES, _REPORTS = Shapes(_programmes), Shapes(_reports)
_owed = owed(programme.c.id == _IDS).subquery("owed").c
_light = case((_owed.on_time.is_(None), _owed.light)).label("light")
_OWED = Lookup(
    select(*(_owed[name] for name in ("programme", "period", "due_on", "on_time", "report")), _light)
    .order_by(_owed.ends.desc(), _owed.programme, _owed.period_id)
    .limit(LARGEST)
)


async def owed_reports(
    connection: Connection, access: AccessScope, of_reports: AccessScope, code: str, day: date
) -> list[OwedReport]:
    """What the programmes of a country owe that the caller may know of, by period, the latest first. `access` is that
    of programmes. One statement reads every row; the last one gives a snapshot the context of the caller again."""
    statement = _PROGRAMMES.get(access.access_kind)
    programmes = [row["id"] for row in await statement.fetch(connection, code=code, **access.parameters)]
    if not programmes:
        return []
    rows = await _OWED.fetch(connection, ids=programmes, today=day)
    known = await _known(connection, of_reports, {row["report"] for row in rows} - {None})
    return [
        OwedReport(**{**row, "report": key if (key := row["report"]) in known else None, "ref": known.get(key)})
        for row in rows
    ]


async def _known(connection: Connection, access: AccessScope, keys: Collection[UUID]) -> dict[UUID, str]:
    """The refs of those of the reports that the caller may know of."""
    statement = _REPORTS.get(access.access_kind)
    return {row["id"]: row["ref"] for row in await statement.fetch(connection, ids=list(keys), **access.parameters)}
