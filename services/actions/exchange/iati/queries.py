"""Reading what everybody may know of programmes, a few at a time, for activities."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, Table, Text, Uuid, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.sql.elements import ColumnElement

from services.actions.exchange.iati.domain import Institution, Plan, Reported, reported
from services.actions.measurement.indicators import domain as indicators
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.periods.record import Period
from services.actions.measurement.periods.tables import period
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.tables import result
from services.actions.measurement.subjects.record import Subject
from services.actions.measurement.targets.record import Target
from services.actions.measurement.targets.tables import target
from services.actions.plan.actions import domain as actions
from services.actions.plan.actions.record import Action
from services.actions.plan.actions.tables import action
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.record import Programme
from services.actions.plan.programmes.tables import programme
from services.actions.reporting.evidence.domain import PUBLISHED as EVIDENCE_PUBLISHED
from services.actions.reporting.evidence.record import Evidence
from services.actions.reporting.evidence.tables import evidence
from shared.contracts.views import INSTITUTIONS
from shared.database.statements import Connection, Statement
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.rows import records_of

_AT_ONCE = 5
"""Programmes that are read by one round of queries."""
About = TypeVar("About", bound=Subject)
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))
_p, _a, _r, _t, _i = programme.c, action.c, result.c, target.c, indicator.c


def _public(table: Table, published: Iterable[str]) -> Select[Any]:
    return select(table).where(visible(table, AccessKind.ANONYMOUS, frozenset(published)))


def _about(table: Table) -> ColumnElement[bool]:
    """Targets and results of these actions, and of the countries of these programmes."""
    in_country = table.c.country == any_(bindparam("countries", type_=ARRAY(Text)))
    return or_(
        table.c.action_id == any_(bindparam("actions", type_=ARRAY(Uuid))),
        table.c.action_id.is_(None) & table.c.centre_id.is_(None) & in_country,
    )


_PLANS = _public(programme, programmes.PUBLISHED)
_NEXT = Statement(
    _PLANS.where(
        _p.id > bindparam("after", type_=Uuid),
        _p.country == any_(bindparam("countries", type_=ARRAY(Text))),
    )
    .order_by(_p.id)
    .limit(_AT_ONCE)
)
_OF_REF = Statement(
    _PLANS.where(
        _p.country == any_(bindparam("countries", type_=ARRAY(Text))),
        or_(
            _p.ref == bindparam("ref", type_=Text),
            _p.id.in_(select(_a.programme_id).where(_a.ref == bindparam("ref", type_=Text))),
        ),
    )
)
_LATEST = Statement(_PLANS.where(_p.country == bindparam("country", type_=Text)).order_by(_p.id.desc()).limit(1))
_ACTIONS = Statement(_public(action, actions.PUBLISHED).where(_a.programme_id == _IDS).order_by(_a.id))
_EVIDENCE = Statement(_public(evidence, EVIDENCE_PUBLISHED).where(evidence.c.id == _IDS))
_INSTITUTIONS = Statement(
    select(INSTITUTIONS.c.id, INSTITUTIONS.c.display_name, INSTITUTIONS.c.ror).where(
        INSTITUTIONS.c.id == _IDS,
        INSTITUTIONS.c.visibility == constant("public"),
        INSTITUTIONS.c.status.in_([constant("verified"), constant("inactive")]),
    )
)


def _with_and_without_parts(query: Select[Any]) -> dict[bool, Statement]:
    wholes = (column for column in query.selected_columns if column.key != "breakdown")
    return {True: Statement(query), False: Statement(query.with_only_columns(*wholes))}


_RESULTS = _with_and_without_parts(
    _public(result, ("published",)).where(_about(result)).order_by(_r.year, _r.period_id, _r.id)
)
_TARGETS = _with_and_without_parts(
    select(target).where(_t.visibility == constant("public"), _about(target)).order_by(_t.id)
)
_INDICATORS = Statement(_public(indicator, indicators.PUBLISHED).where(_i.id == _IDS).order_by(_i.code, _i.id))
_PERIODS = Statement(select(period).where(period.c.id == _IDS).order_by(period.c.starts, period.c.id))
_FIRST = Statement(
    _PLANS.with_only_columns(_p.id)
    .where(_p.country == any_(bindparam("countries", type_=ARRAY(Text))))
    .ext(distinct_on(_p.country))
    .order_by(_p.country, _p.id)
)


async def plans(connection: Connection, countries: Sequence[str]) -> AsyncIterator[list[Plan]]:
    """The published programmes of these countries in the order of their ids, some at once."""
    after = UUID(int=0)
    while rows := await _NEXT.fetch(connection, after=after, countries=countries):
        found = records_of(Programme, rows)
        yield await _plans_of(connection, found)
        after = found[-1].id


async def plan_of(connection: Connection, countries: Sequence[str], ref: str) -> Plan | None:
    """The published programme of one of these countries with this ref, or the one that has an action with it."""
    found = records_of(Programme, await _OF_REF.fetch(connection, ref=ref, countries=countries))
    return (await _plans_of(connection, found))[0] if found else None


async def latest_plan(connection: Connection, country: str) -> Plan | None:
    """The latest published programme of a country. Its targets and results are without their parts, which are not
    read."""
    found = records_of(Programme, await _LATEST.fetch(connection, country=country))
    return (await _plans_of(connection, found, has_parts=False))[0] if found else None


async def _plans_of(connection: Connection, found: Sequence[Programme], *, has_parts: bool = True) -> list[Plan]:
    of: Mapping[UUID, list[Action]] = defaultdict(list)
    for one in records_of(Action, await _ACTIONS.fetch(connection, ids=[each.id for each in found])):
        of[one.programme_id].append(one)
    parts = [one for several in of.values() for one in several]
    hosts = {UUID(one["institution_id"]) for each in parts for one in each.participants}
    files = {
        UUID(key) for each in parts if each.baseline and (key := (each.baseline["source"] or {}).get("evidence_id"))
    }
    institutions = {
        row["id"]: Institution(row["display_name"], row["ror"])
        for row in await _INSTITUTIONS.fetch(connection, ids=list(hosts))
    }
    known = records_of(Evidence, await _EVIDENCE.fetch(connection, ids=list(files)))
    reported = await _reported(connection, found, parts, has_parts=has_parts)
    return [Plan(each, of[each.id], institutions, {one.id: one for one in known}, reported) for each in found]


async def _reported(
    connection: Connection, found: Sequence[Programme], parts: Sequence[Action], *, has_parts: bool
) -> dict[UUID, list[Reported]]:
    """What was reported of each action; of each programme, what is about its country by an indicator of its framework,
    and by those of the country, if it is the first programme there."""
    countries = sorted({each.country for each in found})
    about = {"actions": [each.id for each in parts], "countries": countries}
    results = records_of(Result, await _RESULTS[has_parts].fetch(connection, **about))
    targets = records_of(Target, await _TARGETS[has_parts].fetch(connection, **about))
    ids = {one.indicator_id for one in (*results, *targets)}
    measured = records_of(Indicator, await _INDICATORS.fetch(connection, ids=list(ids)))
    times = {*(one.period_id for one in results), *(one.period_id for one in targets)} - {None}
    periods = records_of(Period, await _PERIODS.fetch(connection, ids=list(times)))
    first = {row["id"] for row in await _FIRST.fetch(connection, countries=countries)}
    of_results, of_targets = _by_subject(results), _by_subject(targets)
    shown: dict[UUID, list[Reported]] = defaultdict(list)
    for of in measured:
        by_results, by_targets = of_results[of.id], of_targets[of.id]
        for subject in by_results.keys() | by_targets.keys():
            one = reported(of, by_results.get(subject, ()), by_targets.get(subject, ()), periods)
            for key in [subject] if isinstance(subject, UUID) else _shown_with(found, first, subject, of):
                shown[key].append(one)
    return shown


def _shown_with(found: Iterable[Programme], first: Collection[UUID], country: str, of: Indicator) -> list[UUID]:
    """The programmes that show what is about the country by this indicator."""
    return [
        each.id
        for each in found
        if each.country == country and (of.framework == each.framework or (of.framework is None and each.id in first))
    ]


def _by_subject(records: Iterable[About]) -> Mapping[UUID, Mapping[UUID | str, list[About]]]:
    """Targets or results by the indicator, and by the action or the country."""
    found: Mapping[UUID, Mapping[UUID | str, list[About]]] = defaultdict(lambda: defaultdict(list))
    for one in records:
        found[one.indicator_id][one.action_id or one.country].append(one)
    return found
