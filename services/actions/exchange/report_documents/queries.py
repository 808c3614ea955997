"""Reading a report for print: as everybody, or as a reader may know it."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.access import ROLES
from services.actions.exchange.open_data.datasets import DATASETS
from services.actions.exchange.open_data.domain import OPEN_DATA
from services.actions.exchange.open_data.reporting import public_answers
from services.actions.exchange.report_documents.domain import (
    AnsweredSection,
    PrintedReport,
    figures_of,
    sections_of,
)
from services.actions.measurement.indicators import domain as indicators
from services.actions.measurement.indicators.queries import LISTING as INDICATORS
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.periods.tables import period
from services.actions.measurement.results import domain as results
from services.actions.plan.actions.queries import LISTING as ACTIONS
from services.actions.plan.actions.record import Action
from services.actions.plan.actions.tables import action
from services.actions.plan.frameworks.domain import PILLARS
from services.actions.plan.frameworks.tables import framework
from services.actions.reporting.report_sections.queries import of_report
from services.actions.reporting.report_templates.tables import report_template
from services.actions.reporting.reports import domain as reports
from services.actions.reporting.reports.record import Report, ReportedResult
from services.actions.reporting.reports.tables import report
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes, Statement
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.open_data.datasets import is_public
from shared.records.access_scope import AccessKind, AccessScope, access_scope_for, visible
from shared.records.record import Texts
from shared.records.rows import records_of

_r = report.c
_COLUMNS = (_r.id, _r.ref, _r.country, _r.status, _r.published_at, _r.updated_at, _r.figures)
_MOST = 10_000
"""Most actions or indicators that a report names."""


def _reports(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Reports with their questions and the answers to public ones."""
    asked = report_template.c.sections.label("asked")
    return (
        select(*_COLUMNS, period.c.code, period.c.framework, asked, framework.c.pillars, public_answers())
        .join(period, period.c.id == _r.period_id)
        .join(report_template, report_template.c.id == _r.template_id)
        .outerjoin(framework, framework.c.code == period.c.framework)
        .where(*conditions)
    )


def _known_report(access_kind: AccessKind) -> Select[Any]:
    known = visible(report, access_kind, reports.PUBLISHED)
    return within_context(_reports(known, _r.id == bindparam("key", type_=Uuid)).limit(1))


_NAMED = any_(bindparam("keys", type_=ARRAY(Uuid)))
_PUBLIC = Statement(_reports(DATASETS["reports"].where, _r.ref == bindparam("ref", type_=Text)))
_PUBLIC_ACTIONS = Statement(
    select(action.c.id, action.c.titles).where(action.c.id == _NAMED, DATASETS["actions"].where)
)
_PUBLIC_INDICATORS = Statement(
    select(indicator).where(indicator.c.id == _NAMED, is_public(indicator, indicators.PUBLISHED))
)
_KNOWN = Shapes(_known_report)
_ACTIONS = Shapes(
    lambda access_kind: within_context(
        ACTIONS.base(access_kind)
        .with_only_columns(action.c.id, action.c.titles)
        .where(action.c.id == _NAMED)
        .limit(_MOST)
    )
)
_INDICATORS = Shapes(
    lambda access_kind: within_context(
        INDICATORS.base(access_kind).with_only_columns(*indicator.c).where(indicator.c.id == _NAMED).limit(_MOST)
    )
)


async def public_report(connection: Connection, ref: str) -> PrintedReport | None:
    """The public report of this number, in a snapshot of what everybody may know; None without one."""
    row = await _PUBLIC.fetchrow(connection, ref=ref)
    if row is None:
        return None
    figures = [one for one in _results(row) if (one["visibility"], one["status"]) == ("public", "published")]
    keys = _named(row["sections"], figures)
    known = records_of(Indicator, await _PUBLIC_INDICATORS.fetch(connection, keys=keys))
    titles = await _PUBLIC_ACTIONS.fetch(connection, keys=keys)
    return _printed(row, f"{OPEN_DATA.path}/reports/{row['ref']}.pdf", row["sections"], figures, known, titles)


async def known_report(
    connection: Connection, principal: Principal, access: AccessScope, key: UUID
) -> PrintedReport | None:
    """The report as this caller may know it: whole for grants that cover it, else its public answers, and the figures
    that were published with a visibility that is theirs. None if the caller may not know of it."""
    row = await _KNOWN.get(access.access_kind).fetchrow(connection, key=key, **access.parameters)
    if row is None:
        return None
    sections, figures = row["sections"], _results(row)
    if access.sees_all_fields(row["country"], key):
        answered = await of_report(connection, key)
        sections = [AnsweredSection(key=one.key, item=one.item, answers=one.answers) for one in answered]
    else:
        open_to = access.open_visibilities
        figures = [one for one in figures if one["status"] in results.PUBLISHED and one["visibility"] in open_to]
    keys = _named(sections, figures)

    async def named(statements: Shapes, resource: Resource) -> list[Row]:
        scope = access_scope_for(principal, ROLES, resource)
        return await statements.get(scope.access_kind).fetch(connection, keys=keys, **scope.parameters)

    known = records_of(Indicator, await named(_INDICATORS, Indicator.resource_type))
    titles = await named(_ACTIONS, Action.resource_type)
    return _printed(row, Report.resource_type.link(key), sections, figures, known, titles)


def _printed(
    row: Row,
    path: str,
    sections: Sequence[AnsweredSection],
    figures: Sequence[ReportedResult],
    known: Collection[Indicator],
    actions: Sequence[Row],
) -> PrintedReport:
    titles: dict[str, Texts] = {one["key"]: one["titles"] for one in row["pillars"] or ()}
    titles |= {str(one.id): one.titles for one in known}
    titles |= {str(one["id"]): one["titles"] for one in actions}
    return PrintedReport(
        ref=row["ref"],
        path=path,
        country=row["country"],
        framework=row["framework"],
        period=row["code"],
        status=row["status"],
        published_at=row["published_at"],
        changed_at=row["updated_at"],
        sections=sections_of(row["asked"], sections, titles),
        figures=figures_of(figures, {one.id: one for one in known}, row["code"]),
    )


def _results(row: Row) -> list[ReportedResult]:
    """The results of the last submission."""
    return list((row["figures"] or {}).get("results", ()))


def _named(sections: Sequence[AnsweredSection], figures: Sequence[ReportedResult]) -> list[UUID]:
    """The actions and indicators that sections and figures are about."""
    items = (one["item"] for one in sections)
    about = {UUID(item) for item in items if item is not None and item not in PILLARS}
    return sorted(about | {UUID(one["indicator_id"]) for one in figures})
