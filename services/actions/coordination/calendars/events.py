"""Reading the events of a calendar: one statement for each kind, within what the owner may know of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Text, Uuid, and_, bindparam, cast, exists, false, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from services.actions.access import ROLES
from services.actions.coordination.calendars.domain import CANCELLED_FOR, LARGEST, PAST, Event, in_language
from services.actions.coordination.calendars.record import Calendar
from services.actions.coordination.tasks.queries import LISTING as TASKS
from services.actions.coordination.tasks.record import Task
from services.actions.coordination.tasks.tables import task
from services.actions.global_report.contributions.participants import parts_of
from services.actions.global_report.contributions.queries import LISTING as CONTRIBUTIONS
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.contributions.tables import contribution
from services.actions.global_report.editions.domain import DEADLINES
from services.actions.global_report.editions.queries import LISTING as EDITIONS
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.editions.tables import edition
from services.actions.global_report.review.rounds.queries import LISTING as ROUNDS
from services.actions.global_report.review.rounds.record import ReviewRound
from services.actions.global_report.review.rounds.tables import review_round
from services.actions.governments.meetings.queries import LISTING as MEETINGS
from services.actions.governments.meetings.record import Meeting
from services.actions.governments.meetings.tables import meeting
from services.actions.measurement.periods.queries import LISTING as PERIODS
from services.actions.measurement.periods.record import Period
from services.actions.measurement.periods.tables import period
from services.actions.plan.actions.tables import action
from services.actions.plan.milestones.queries import LISTING as MILESTONES
from services.actions.plan.milestones.record import Milestone
from services.actions.plan.milestones.tables import milestone
from services.actions.plan.programmes.tables import programme
from services.actions.reporting.reports.queries import LISTING as REPORTS
from services.actions.reporting.reports.record import Report
from services.actions.reporting.reports.tables import report
from shared.contracts import views
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes
from shared.database.tables import Instant
from shared.kernel.clock import now, today
from shared.kernel.countries import COUNTRIES
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessKind, access_scope_for, constant, visible
from shared.records.plain import by_grant
from shared.records.references import reading_access

_m, _g, _t, _p, _report = meeting.c, milestone.c, task.c, period.c, report.c
_text, _ed, _round = contribution.c, edition.c, review_round.c
_r, _centre = views.ANNUAL_REPORTS.c, views.CENTRES.c
_ANNUAL_REPORTS = Resource("centres", "annual_reports", "annual_report")
_ACCEPTED = ("accepted",)
"""The states in which a report of a centre is visible by its visibility."""
_COUNTRY, _PROGRAMME = bindparam("country", type_=Text), bindparam("programme", type_=Uuid)
_FIRST, _RECENTLY = bindparam("first", type_=Date), bindparam("recently", type_=Instant)
_PERIOD_DAYS = {"period_opens": "opens_on", "period_due": "due_on", "period_closes": "closes_on"}
Read = Callable[[Row, Calendar], Iterator[Event]]


@dataclass(frozen=True)
class _Source:
    """The events of one kind: the query of what the owner may know of, for a place and a state of the record."""

    resource: Resource
    known: Callable[[AccessKind, str], Select[Any]]
    read: Read


def _lasting(column: ColumnElement[Any], table: Any, cancelled: str) -> ColumnElement[bool]:
    """Days of the last year and later; what was dropped as long as it is shown."""
    is_cancelled = table.status == constant(cancelled)
    return and_(column >= _FIRST, or_(~is_cancelled, table.updated_at >= _RECENTLY))


def _in_country(query: Select[Any], column: ColumnElement[Any], place: str) -> Select[Any]:
    return query.where(column == _COUNTRY) if place else query


def _milestones(access_kind: AccessKind, place: str) -> Select[Any]:
    query = MILESTONES.base(access_kind).where(_lasting(_g.due, _g, "dropped"))
    if place == "programme":
        of_programme = select(action.c.id).where(action.c.programme_id == _PROGRAMME)
        query = query.where(_g.action_id.in_(of_programme))
    is_cancelled = (_g.status == constant("dropped")).label("is_cancelled")
    columns = (_g.id, _g.ref, _g.version, _g.updated_at, _g.titles, _g.due.label("day"), is_cancelled)
    return _in_country(query, _g.country, place).with_only_columns(*columns).order_by(_g.due, _g.id)


def _meetings(access_kind: AccessKind, place: str) -> Select[Any]:
    query = MEETINGS.base(access_kind).where(_m.date >= _FIRST)
    columns = (_m.id, _m.ref, _m.version, _m.updated_at, _m.titles, _m.date.label("day"))
    return _in_country(query, _m.country, place).with_only_columns(*columns).order_by(_m.date, _m.id)


def _tasks(access_kind: AccessKind, place: str) -> Select[Any]:
    query = TASKS.base(access_kind).where(_lasting(_t.due, _t, "cancelled"))
    is_cancelled = (_t.status == constant("cancelled")).label("is_cancelled")
    columns = (_t.id, _t.ref, _t.version, _t.updated_at, _t.titles, _t.due.label("day"), is_cancelled)
    return _in_country(query, _t.country, place).with_only_columns(*columns).order_by(_t.due, _t.id)


def _annual_reports(access_kind: AccessKind, place: str) -> Select[Any]:
    reports = views.ANNUAL_REPORTS
    known = or_(visible(reports, access_kind, _ACCEPTED), by_grant(reports, _r.centre_id, access_kind))
    waived = (_r.status == constant("waived")).label("is_cancelled")
    joined = reports.join(views.CENTRES, _centre.id == _r.centre_id)
    columns = (_r.id, _r.ref, _r.version, _r.due.label("day"), _r.year, _centre.names, waived)
    query = select(*columns).select_from(joined).where(known, _r.due >= _FIRST)
    return _in_country(query, _r.country, place).order_by(_r.due, _r.id)


def _reports(access_kind: AccessKind, place: str) -> Select[Any]:
    """Reports on their last day, which those that replace a published one do not have."""
    query = REPORTS.base(access_kind).join(period, _p.id == _report.period_id)
    query = query.where(_lasting(_report.due_on, _report, "discarded"), _report.replaces_id.is_(None))
    if place == "programme":
        query = query.where(_report.programme_id == _PROGRAMME)
    is_cancelled = (_report.status == constant("discarded")).label("is_cancelled")
    of_record = (_report.id, _report.ref, _report.version, _report.updated_at, _report.country)
    columns = (*of_record, _report.due_on.label("day"), _p.code, is_cancelled)
    placed = _in_country(query, _report.country, place)
    return placed.with_only_columns(*columns).order_by(_report.due_on, _report.id)


def _periods(access_kind: AccessKind, place: str) -> Select[Any]:
    last = func.greatest(_p.opens_on, _p.due_on, _p.closes_on)
    query = PERIODS.base(access_kind).where(last >= _FIRST)
    if place:
        of_plan = programme.c.id == _PROGRAMME if place == "programme" else programme.c.country == _COUNTRY
        query = query.where(exists().where(programme.c.framework == _p.framework, of_plan))
    columns = (_p.id, _p.ref, _p.version, _p.updated_at, _p.framework, _p.code, *(_p[n] for n in _PERIOD_DAYS.values()))
    return query.with_only_columns(*columns).order_by(_p.due_on, _p.id)


def _contributions(access_kind: AccessKind, place: str) -> Select[Any]:
    query = CONTRIBUTIONS.base(access_kind).where(_lasting(_text.due, _text, "dropped"))
    if place == "programme":
        query = query.where(false())
    is_cancelled = (_text.status == constant("dropped")).label("is_cancelled")
    columns = (_text.id, _text.ref, _text.version, _text.updated_at, _text.titles, _text.due.label("day"), is_cancelled)
    return _in_country(query, _text.country, place).with_only_columns(*columns).order_by(_text.due, _text.id)


def _editions(access_kind: AccessKind, place: str) -> Select[Any]:
    """The days of editions, which belong to no country."""
    query = EDITIONS.base(access_kind).where(_ed.status != constant("abandoned"))
    query = query.where(false()) if place else query
    columns = (_ed.id, _ed.ref, _ed.version, _ed.updated_at, _ed.titles, _ed.call, _ed.deadlines)
    return query.with_only_columns(*columns).order_by(_ed.id)


def _of_edition(row: Row, of: Calendar) -> Iterator[Event]:
    first, title = today() - PAST, in_language(row["titles"], of.language)
    days = {f"edition_{step}": (row["deadlines"] or {}).get(step) for step in DEADLINES}
    days["call_closes"] = (row["call"] or {}).get("closes", "")[:10]
    for label, text in days.items():
        if text and (day := date.fromisoformat(text)) >= first:
            yield _event(Edition.resource_type, row, label, day, row["updated_at"], title)


def _rounds(access_kind: AccessKind, place: str) -> Select[Any]:
    """The days of rounds of review, for editors and for who takes part in them now."""
    query = ROUNDS.base(access_kind).outerjoin(edition, _ed.id == _round.edition_id)
    query = query.where(false() if place else cast(_round.closes, Date) >= _FIRST)
    columns = (_round.id, _round.ref, _round.version, _round.updated_at, _round.number, _round.opens, _round.closes)
    return query.with_only_columns(*columns, _ed.titles).order_by(_round.closes, _round.id)


def _of_round(row: Row, of: Calendar) -> Iterator[Event]:
    titles = row["titles"]
    title = f"{in_language(titles, of.language)}, {row['number']}" if titles else row["ref"]
    for label, at in (("round_opens", row["opens"]), ("round_closes", row["closes"])):
        if at.date() >= today() - PAST:
            yield _event(ReviewRound.resource_type, row, label, at.date(), row["updated_at"], title)


def _titled(resource: Resource, label: str) -> Read:
    def read(row: Row, of: Calendar) -> Iterator[Event]:
        title = in_language(row["titles"], of.language)
        yield _event(resource, row, label, row["day"], row["updated_at"], title)

    return read


def _of_annual_report(row: Row, of: Calendar) -> Iterator[Event]:
    title = f"{in_language(row['names'], of.language)} {row['year']}"
    yield _event(_ANNUAL_REPORTS, row, "annual_report", row["day"], of.created_at, title)


def _of_report(row: Row, of: Calendar) -> Iterator[Event]:
    title = f"{in_language(COUNTRIES[row['country']].names, of.language)} {row['code']}"
    yield _event(Report.resource_type, row, "report", row["day"], row["updated_at"], title)


def _of_period(row: Row, _of: Calendar) -> Iterator[Event]:
    first, title = today() - PAST, f"{row['framework']} {row['code']}"
    for label, name in _PERIOD_DAYS.items():
        if row[name] is not None and row[name] >= first:
            yield _event(Period.resource_type, row, label, row[name], row["updated_at"], title)


def _event(resource: Resource, row: Row, label: str, day: date, changed_at: datetime, title: str) -> Event:
    is_cancelled = bool(row.get("is_cancelled"))
    return Event(resource.name, row["id"], label, day, row["version"], changed_at, row["ref"], title, is_cancelled)


_SOURCES: Mapping[str, _Source] = {
    "milestones": _Source(Milestone.resource_type, _milestones, _titled(Milestone.resource_type, "milestone")),
    "meetings": _Source(Meeting.resource_type, _meetings, _titled(Meeting.resource_type, "meeting")),
    "annual_reports": _Source(_ANNUAL_REPORTS, _annual_reports, _of_annual_report),
    "reports": _Source(Report.resource_type, _reports, _of_report),
    "periods": _Source(Period.resource_type, _periods, _of_period),
    "tasks": _Source(Task.resource_type, _tasks, _titled(Task.resource_type, "task")),
    "editions": _Source(Edition.resource_type, _editions, _of_edition),
    "review_rounds": _Source(ReviewRound.resource_type, _rounds, _of_round),
    "contributions": _Source(
        Contribution.resource_type, _contributions, _titled(Contribution.resource_type, "contribution")
    ),
}


_ROUNDS = "review_rounds"


def _select(kind: str, access_kind: AccessKind, place: str) -> Select[Any]:
    return within_context(_SOURCES[kind].known(access_kind, place).limit(LARGEST))


_EVENTS = Shapes(_select)


async def events_of(connection: Connection, owner: Principal, of: Calendar) -> list[Event]:
    """The events of a calendar that its owner may know of, by day: those of the last year and later, at most 2,000."""
    place = "programme" if of.programme_id else "country" if of.country else ""
    at = {"first": today() - PAST, "recently": now() - CANCELLED_FOR}
    given: dict[str, str | UUID | None] = {"country": of.country, "programme": of.programme_id}
    found: list[Event] = []
    if _ROUNDS in of.kinds:
        owner = owner.holding(*await parts_of(connection, owner))
    for kind in of.kinds:
        source = _SOURCES[kind]
        is_own = source.resource.service == "actions"
        access = access_scope_for(owner, ROLES, source.resource) if is_own else reading_access(owner, source.resource)
        rows = await _EVENTS.get(kind, access.access_kind, place).fetch(connection, **at, **given, **access.parameters)
        found += [event for row in rows for event in source.read(row, of)]
    return sorted(found, key=lambda event: (event.day, event.uid))[:LARGEST]
