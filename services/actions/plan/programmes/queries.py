"""Reading programmes, and the inputs of their guards."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import (
    Date,
    FromClause,
    TableClause,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    distinct,
    func,
    not_,
    or_,
    select,
    table,
    union,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement

from services.actions.plan.programmes import domain
from services.actions.plan.programmes.record import Programme
from services.actions.plan.programmes.tables import programme
from shared.contracts import views
from shared.database.context import SYSTEM_CONTEXT, AccessContext, within_context
from shared.database.locks import lock_names
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.listing import values
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_itself, listing
from shared.records.rows import record_of


def began(of: FromClause) -> ColumnElement[date]:
    """The day on which a programme was entered or, if that is earlier, started. Periods that were over by then are not
    expected to be reported."""
    return func.least(of.c.started_on, cast(func.timezone(constant("UTC"), of.c.created_at), Date))


NEXT_STEPS = NextSteps("actions.programmes", programme, (NextStep("plan_review", "approve"),))
_LISTED = listing(
    Programme,
    programme,
    domain.LIFECYCLE.states,
    by_itself(programme, domain.PUBLISHED),
    values("framework", programme.c.framework, "Codes of frameworks, separated by commas"),
    NEXT_STEPS.holder,
)
_COMPLETENESS = func.escm.action_completeness(programme.c.id, programme.c.country, type_=JSONB).label("completeness")
LISTING = replace(_LISTED, columns={**_LISTED.columns, "completeness": _COMPLETENESS})
"""With the elements that are there, each with the day since when."""
_ONE = Statement(within_context(select(programme).where(programme.c.id == bindparam("programme")).limit(1)))
_COMMITTEE_LIVES = Statement(
    within_context(
        select(func.count().label("living")).where(
            views.COMMITTEES.c.country == bindparam("country"),
            not_(views.COMMITTEES.c.status.in_([constant("dissolved"), constant("abandoned")])),
            or_(bindparam("committee", type_=Uuid).is_(None), views.COMMITTEES.c.id == bindparam("committee")),
        )
    )
)

_LIVING = Statement(
    within_context(
        select(programme.c.id)
        .where(
            programme.c.country == bindparam("country"),
            programme.c.framework == bindparam("framework"),
            programme.c.status.not_in([constant(status) for status in sorted(domain.ENDED)]),
        )
        .limit(1)
    )
)
_ACTIONS = table("action_action", *(column(name) for name in ("programme_id", "status", "pillar", "baseline")))
_of_programme = _ACTIONS.c.programme_id == bindparam("programme", type_=Uuid)
_OPEN_ACTIONS = Statement(
    within_context(
        select(func.count().label("open")).where(
            _of_programme, _ACTIONS.c.status.not_in([constant(status) for status in ("closed", "cancelled")])
        )
    )
)
_RESULTS = table("action_result", *(column(name) for name in ("indicator_id", "country", "kind", "status")))
_INDICATORS = table("action_indicator", *(column(name) for name in ("id", "country", "framework", "pillar")))
_of_pillars = and_(_of_programme, _ACTIONS.c.pillar != "core", _ACTIONS.c.status != "cancelled")
_submitted = (
    select(_INDICATORS.c.pillar)
    .join_from(_RESULTS, _INDICATORS, _INDICATORS.c.id == _RESULTS.c.indicator_id)
    .join(programme, and_(programme.c.country == _RESULTS.c.country, programme.c.id == bindparam("programme")))
    .where(
        or_(_INDICATORS.c.framework == programme.c.framework, _INDICATORS.c.country == programme.c.country),
        _INDICATORS.c.pillar != constant("core"),
        _RESULTS.c.kind == constant("baseline"),
        _RESULTS.c.status.in_([constant(status) for status in ("submitted", "approved", "accepted", "published")]),
    )
)
_recorded = select(_ACTIONS.c.pillar).where(_of_pillars, _ACTIONS.c.baseline.is_not(None))
_measured = select(func.count()).select_from(union(_recorded, _submitted).subquery()).scalar_subquery()
_covered = select(func.count(distinct(_ACTIONS.c.pillar)).label("covered")).where(_of_pillars)
_PLAN = Statement(within_context(_covered.add_columns(_measured.label("measured"))))


@dataclass(frozen=True, slots=True)
class Plan:
    """How many of the three pillars have an action that was not cancelled, and how many have a baseline."""

    covered: int
    measured: int


def _in_country(view: TableClause) -> Statement:
    found = select(view.c.id).where(view.c.id == bindparam("key"), view.c.country == bindparam("country"))
    return Statement(within_context(found.limit(1)))


_KNOWN = {"committee_id": _in_country(views.COMMITTEES), "centre_id": _in_country(views.CENTRES)}


async def programme_of(connection: Connection, context: AccessContext, key: UUID) -> Programme | None:
    """The programme, if row-level security permits reading it."""
    row = await _ONE.fetchrow(connection, programme=key, **context.parameters)
    return record_of(Programme, row) if row else None


async def lock_living(connection: Connection, country: str, framework: str) -> bool:
    """Whether the country has a programme under the framework that has not ended, regardless of the caller. Parallel
    calls wait until this transaction ends."""
    await lock_names(connection, f"action_programme {country} {framework}")
    arguments = {"country": country, "framework": framework, **SYSTEM_CONTEXT.parameters}
    return await _LIVING.fetchval(connection, **arguments) is not None


async def committee_lives(connection: Connection, record: Programme) -> bool:
    """Whether the programme's committee has not ended; without a committee, whether the country has one."""
    arguments = {"country": record.country, "committee": record.committee_id, **SYSTEM_CONTEXT.parameters}
    return bool(await _COMMITTEE_LIVES.fetchval(connection, **arguments))


async def is_of_country(connection: Connection, context: AccessContext, field: str, key: UUID, country: str) -> bool:
    """Whether the caller may know of a committee (`committee_id`) or centre (`centre_id`) of this id and country."""
    found = await _KNOWN[field].fetchval(connection, key=key, country=country, **context.parameters)
    return found is not None


async def open_actions(connection: Connection, key: UUID) -> int:
    """The number of a programme's actions that are neither closed nor cancelled."""
    return await _OPEN_ACTIONS.fetchval(connection, programme=key, **SYSTEM_CONTEXT.parameters) or 0


async def plan_of(connection: Connection, key: UUID) -> Plan:
    """How far a programme's actions cover the three pillars."""
    row = await _PLAN.fetchrow(connection, programme=key, **SYSTEM_CONTEXT.parameters)
    return Plan(row["covered"], row["measured"]) if row else Plan(0, 0)
