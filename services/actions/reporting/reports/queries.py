"""Reading reports, and the inputs of their guards."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Text, Uuid, and_, any_, bindparam, case, cast, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by
from sqlalchemy.sql.elements import ColumnElement

from services.actions.classification.codes.queries import tag_filters
from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.periods.queries import is_expected
from services.actions.measurement.periods.tables import period
from services.actions.measurement.results.domain import REPORTED
from services.actions.measurement.results.queries import as_object
from services.actions.measurement.results.tables import result
from services.actions.plan.actions.tables import action
from services.actions.plan.milestones.tables import milestone
from services.actions.reporting.report_sections.tables import section
from services.actions.reporting.reports import domain
from services.actions.reporting.reports.record import Figures, Report
from services.actions.reporting.reports.tables import report
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.clock import to_text, today
from shared.kernel.lights import GREEN, LIGHTS, RED, YELLOW
from shared.records.access_scope import AccessScope, constant
from shared.records.filters import Filter, one_of, values
from shared.records.listing import Item
from shared.records.next_steps import TODAY, NextStep, NextSteps
from shared.records.plain import by_itself, listing
from shared.records.reminding import is_due, latest_of, taking
from shared.records.rows import record_of, records_of

_r, _i, _p = report.c, indicator.c, period.c
_MOST, _MOST_REMINDED, _MOST_PARTS = 500, 2_500, 1_000
_KEY, _PERIOD = bindparam("key", type_=Uuid), bindparam("period", type_=Uuid)
_PROGRAMME, _COUNTRY = bindparam("programme", type_=Uuid), bindparam("country", type_=Text)
_before, _its = period.alias("before"), period.alias("its")
_awaited = and_(_r.status.in_([constant(status) for status in domain.AWAITED]), _r.replaces_id.is_(None))


def light(due: ColumnElement[Any]) -> ColumnElement[Any]:
    """The light of an awaited report with this last day. Parameter: `today`."""
    return case(
        (due >= TODAY, constant(GREEN)), (due + domain.LATE.days >= TODAY, constant(YELLOW)), else_=constant(RED)
    )


light_now: ColumnElement[Any] = case((_awaited, light(_r.due_on)))
"""The light of a report, null while it has none. Parameter: `today`."""
NEXT_STEPS = NextSteps(
    "actions.reports",
    report,
    (
        NextStep("draft", "submit"),
        NextStep("submitted", "take"),
        NextStep("in_review", "clear"),
        NextStep("changes_requested", "submit"),
        NextStep("cleared", "publish"),
    ),
)


def on_day(_access: AccessScope) -> dict[str, date]:
    """The parameter of lights."""
    return {"today": today()}


def _of_period(name: str, column: ColumnElement[str], description: str) -> Filter:
    """A filter by a column of the report's period."""
    chosen = values(name, column, description)
    return replace(chosen, condition=lambda wanted: exists().where(_its.c.id == _r.period_id, column == wanted))


_COMMON = listing(
    Report,
    report,
    domain.LIFECYCLE.states,
    by_itself(report, domain.PUBLISHED),
    _of_period("framework", _its.c.framework, "Codes of frameworks, separated by commas"),
    _of_period("period", _its.c.code, "Codes of periods, separated by commas"),
    replace(values("light", light_now, "Lights, separated by commas", one_of(LIGHTS)), of_caller=on_day),
    NEXT_STEPS.holder,
    *tag_filters(_r.id, "sections"),
)
LISTING = replace(
    _COMMON,
    sorts={**_COMMON.sorts, "due_on": _r.due_on},
    columns={name: column for name, column in _COMMON.columns.items() if name != "figures"},
    item=Item(columns={"figures": _r.figures}),
)
_of_both = (_r.programme_id == _PROGRAMME, _r.period_id == _PERIOD)
_LIVING = Lookup(
    select(report)
    .where(*_of_both, _r.status.in_([constant(status) for status in (*domain.OPEN, "published")]))
    .order_by(_r.id)
    .limit(_MOST)
)
_GET = Lookup(select(report).where(_r.id == _KEY).limit(1))
_PREVIOUS = Lookup(
    select(report)
    .join(_before, _before.c.id == _r.period_id)
    .join(_its, _its.c.id == _PERIOD)
    .where(
        _r.programme_id == _PROGRAMME,
        _r.status.in_([constant(status) for status in domain.SUBMITTED]),
        _before.c.ends < _its.c.starts,
    )
    .order_by(_before.c.ends.desc(), _r.id.desc())
    .limit(1)
)
_is_reported = result.c.status.in_([constant(status) for status in REPORTED])
_EXPECTED = Lookup(
    select(
        _i.id,
        _i.pillar,
        exists()
        .where(
            result.c.indicator_id == _i.id,
            result.c.country == _COUNTRY,
            result.c.action_id.is_(None),
            result.c.centre_id.is_(None),
            result.c.period_id == _p.id,
            result.c.kind == constant("actual"),
            _is_reported,
        )
        .label("is_reported"),
    )
    .join_from(
        period,
        indicator,
        and_(or_(_i.framework.is_(None), _i.framework == _p.framework), is_expected(indicator, period)),
    )
    .where(
        _p.id == _PERIOD,
        _i.reported_by == constant("country"),
        or_(_i.country.is_(None), _i.country == _COUNTRY),
    )
    .order_by(_i.id)
    .limit(_MOST_PARTS)
)
_ACTIONS = Lookup(
    select(action.c.id)
    .where(action.c.programme_id == _PROGRAMME, action.c.status != constant("cancelled"))
    .order_by(action.c.id)
    .limit(_MOST_PARTS)
)
_NUMBERS = ("action_id", "centre_id", "value", "numerator", "denominator", "code", "text", "missing", "status")
_figure = func.jsonb_build_object(
    constant("result_id"),
    result.c.id,
    constant("indicator"),
    _i.code,
    type_=JSONB,
).op("||", return_type=JSONB)(as_object(result.c, "ref", "indicator_id", *_NUMBERS, "revision", "visibility"))
_RESULTS = Lookup(
    select(cast(func.jsonb_agg(aggregate_order_by(_figure, _i.code, result.c.id)), Text).label("figures"))
    .join_from(result, indicator, _i.id == result.c.indicator_id)
    .where(
        result.c.period_id == _PERIOD,
        result.c.country == _COUNTRY,
        result.c.kind == constant("actual"),
        _is_reported,
        or_(result.c.status == constant("published"), result.c.revision_of.is_(None)),
        or_(
            result.c.action_id.is_(None),
            result.c.action_id.in_(select(action.c.id).where(action.c.programme_id == _PROGRAMME)),
        ),
    )
    .limit(1)
)
_milestone = func.jsonb_build_object(constant("milestone_id"), milestone.c.id, type_=JSONB).op("||", return_type=JSONB)(
    as_object(milestone.c, "ref", "action_id", "status", "due", "weight", "visibility")
)
_MILESTONES = Lookup(
    select(cast(func.jsonb_agg(aggregate_order_by(_milestone, milestone.c.due, milestone.c.id)), Text).label("figures"))
    .join_from(milestone, action, action.c.id == milestone.c.action_id)
    .where(action.c.programme_id == _PROGRAMME)
    .limit(1)
)
_ACCOUNTS = Lookup(
    select(views.EXPERTS.c.account_id)
    .where(views.EXPERTS.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))), views.EXPERTS.c.account_id.is_not(None))
    .limit(_MOST)
)
_SHOW_SECTIONS = Statement(
    update(section).where(section.c.report_id == _KEY).values(visibility=bindparam("visibility", type_=Text))
)
_LATE = Statement(
    select(report)
    .where(
        _awaited,
        _r.due_on < TODAY,
        or_(_r.announced.is_(None), (_r.announced == constant(YELLOW)) & (light_now == constant(RED))),
    )
    .order_by(_r.id)
    .limit(_MOST)
    .with_for_update(skip_locked=True)
)
_planned = latest_of([_r.due_on + days for days in domain.REMINDED])
_TAKE_REMINDED = taking(report, _planned, _awaited, is_due(_planned), order=(_r.due_on,), most=_MOST_REMINDED)


class ExpectedResult(NamedTuple):
    """An indicator that the country reports in a period, its pillar, and whether its result was submitted."""

    indicator_id: UUID
    pillar: str | None
    is_reported: bool


async def get(connection: Connection, key: UUID) -> Report | None:
    """The report, regardless of the caller."""
    row = await _GET.fetchrow(connection, key=key)
    return record_of(Report, row) if row else None


async def living(connection: Connection, programme: UUID, of_period: UUID) -> list[Report]:
    """The open and the published report of a programme about a period, regardless of the caller."""
    return records_of(Report, await _LIVING.fetch(connection, programme=programme, period=of_period))


async def previous(connection: Connection, programme: UUID, of_period: UUID) -> Report | None:
    """The last submitted report of a programme about an earlier period, regardless of the caller."""
    row = await _PREVIOUS.fetchrow(connection, programme=programme, period=of_period)
    return record_of(Report, row) if row else None


async def expected_results(connection: Connection, country: str, of_period: UUID) -> list[ExpectedResult]:
    """The indicators that a country reports in a period."""
    rows = await _EXPECTED.fetch(connection, country=country, period=of_period)
    return [ExpectedResult(row["id"], row["pillar"], row["is_reported"]) for row in rows]


async def actions_of(connection: Connection, programme: UUID) -> list[UUID]:
    """The actions of a programme that were not cancelled."""
    return [row["id"] for row in await _ACTIONS.fetch(connection, programme=programme)]


async def figures_of(connection: Connection, record: Report, at: datetime) -> Figures:
    """The submitted results of the report's period and the milestones of its programme, as they are at this instant."""
    programme = record.programme_id
    results = await _RESULTS.fetchval(connection, country=record.country, period=record.period_id, programme=programme)
    milestones = await _MILESTONES.fetchval(connection, programme=programme)
    return {
        "as_of": to_text(at),
        "results": orjson.loads(results or "[]"),
        "milestones": orjson.loads(milestones or "[]"),
    }


async def accounts_of(connection: Connection, experts: Collection[UUID]) -> list[UUID]:
    """The accounts of experts, regardless of the caller."""
    if not experts:
        return []
    return [row["account_id"] for row in await _ACCOUNTS.fetch(connection, ids=list(experts))]


async def show_sections(connection: Connection, key: UUID, visibility: str) -> None:
    """Gives the sections of a report its visibility."""
    await _SHOW_SECTIONS.execute(connection, key=key, visibility=visibility)


async def lock_unannounced(connection: Connection, day: date) -> list[Report]:
    """Late reports that have entered a light without a fact, locked; at most 500."""
    return records_of(Report, await _LATE.fetch(connection, today=day))


async def take_reminded(connection: Connection, day: date) -> list[Report]:
    """Marks up to 2,500 awaited reports of which the authors are to be reminded on this day, and returns them. Skips
    those that another transaction locks. Their versions stay."""
    return records_of(Report, await _TAKE_REMINDED.fetch(connection, today=day))
