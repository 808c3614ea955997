"""Reading a published report for print: in a snapshot of what everybody may know."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.actions.tables import action
from services.actions.frameworks.tables import framework
from services.actions.indicators import domain as indicators
from services.actions.indicators.record import Indicator
from services.actions.indicators.tables import indicator
from services.actions.open_data.datasets import DATASETS
from services.actions.open_data.reporting import public_answers
from services.actions.periods.tables import period
from services.actions.report_documents.domain import PublishedReport, SubmittedResult, figures_of, sections_of
from services.actions.report_templates.tables import report_template
from services.actions.reports.tables import report
from shared.database.statements import Connection, Statement
from shared.open_data.datasets import is_public
from shared.records.record import Texts
from shared.records.rows import records_of

_r = report.c
_REPORT = Statement(
    select(
        *(_r.ref, _r.country, _r.published_at, _r.figures, period.c.code, period.c.framework),
        *(report_template.c.sections.label("asked"), framework.c.pillars, public_answers()),
    )
    .join(period, period.c.id == _r.period_id)
    .join(report_template, report_template.c.id == _r.template_id)
    .outerjoin(framework, framework.c.code == period.c.framework)
    .where(DATASETS["reports"].where, _r.ref == bindparam("ref", type_=Text))
)
_NAMED = any_(bindparam("keys", type_=ARRAY(Uuid)))
_ACTIONS = Statement(select(action.c.id, action.c.titles).where(action.c.id == _NAMED, DATASETS["actions"].where))
_INDICATORS = Statement(select(indicator).where(indicator.c.id == _NAMED, is_public(indicator, indicators.PUBLISHED)))


async def published_report(connection: Connection, ref: str) -> PublishedReport | None:
    """The public report of this number; None without one."""
    row = await _REPORT.fetchrow(connection, ref=ref)
    if row is None or row["published_at"] is None:
        return None
    figures = [one for one in (row["figures"] or {}).get("results", ()) if _is_public(one)]
    keys = {UUID(one["item"]) for one in row["sections"] if _is_id(one["item"])}
    keys |= {UUID(one["indicator_id"]) for one in figures}
    known = await _indicators(connection, keys)
    titles: dict[str, Texts] = {one["key"]: one["titles"] for one in row["pillars"] or ()}
    titles |= {str(key): one.titles for key, one in known.items()}
    titles |= {str(one["id"]): one["titles"] for one in await _ACTIONS.fetch(connection, keys=list(keys))}
    return PublishedReport(
        ref=row["ref"],
        country=row["country"],
        framework=row["framework"],
        period=row["code"],
        published_at=row["published_at"],
        sections=sections_of(row["asked"], row["sections"], titles),
        figures=figures_of(figures, known, row["code"]),
    )


async def _indicators(connection: Connection, keys: Collection[UUID]) -> Mapping[UUID, Indicator]:
    found = records_of(Indicator, await _INDICATORS.fetch(connection, keys=list(keys)))
    return {one.id: one for one in found}


def _is_public(figure: SubmittedResult) -> bool:
    return figure["visibility"] == "public" and figure["status"] == "published"


def _is_id(item: str | None) -> bool:
    return item is not None and len(item) == len(str(UUID(int=0)))
