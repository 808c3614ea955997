"""Reading tasks: for grants that cover the country."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, FromClause, Text, Uuid, and_, any_, bindparam, cast, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement

from services.actions.coordination.tasks import domain
from services.actions.coordination.tasks.record import Task
from services.actions.coordination.tasks.tables import task
from services.actions.governments.correspondence import domain as correspondence
from services.actions.governments.correspondence.record import Letter
from services.actions.governments.correspondence.tables import correspondence as letters
from services.actions.governments.meetings import domain as meetings
from services.actions.governments.meetings.record import Meeting
from services.actions.governments.meetings.tables import meeting
from services.actions.plan.actions.domain import ENDED
from services.actions.plan.actions.tables import action
from services.actions.plan.milestones import domain as milestones
from services.actions.plan.milestones.record import Milestone
from services.actions.plan.milestones.tables import milestone
from services.actions.reporting.reports import domain as reports
from services.actions.reporting.reports.record import Report
from services.actions.reporting.reports.tables import report
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.clock import today
from shared.kernel.principal import Grant
from shared.records.access_scope import AccessScope, constant
from shared.records.filters import parsed_day
from shared.records.listing import Filter, Listing, one_of, truth, values
from shared.records.next_steps import ME, TODAY, NextStep, NextSteps, caller_parameters
from shared.records.plain import by_whole, listing
from shared.records.references import NAMED_CENTRES, NAMED_EXPERTS, NAMED_INSTITUTIONS, Nameable
from shared.records.rows import records_of

_AT_ONCE = 500
_t, _m = task.c, milestone.c
_OFFICE = frozenset(("secretariat_admin", "secretariat_officer"))
"""Who assigns tasks that nobody owns."""
_open = _t.status.in_([constant(status) for status in domain.OPEN])
_of_role = _t.owner_role.is_not(None)
_of_nobody = and_(_t.owner_id.is_(None), _t.owner_role.is_(None))
NEXT_STEPS = NextSteps(
    "actions.tasks",
    task,
    (
        NextStep("open", "start", _t.owner_id, is_personal=True),
        NextStep("open", "start", only=_of_role),
        NextStep("open", "assign", only=_of_nobody, among=_OFFICE),
        NextStep("in_progress", "complete", _t.owner_id, is_personal=True),
        NextStep("in_progress", "complete", only=_of_role),
        NextStep("in_progress", "assign", only=_of_nobody, among=_OFFICE),
        NextStep("done", "verify", not_by=_t.completed_by),
    ),
)
_held = any_(bindparam("held_roles", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A role over countries that one account handed over to another one."""

    leaver: UUID
    account: UUID
    countries: frozenset[str]


def _owned_by_me(_me: ColumnElement[str]) -> ColumnElement[bool]:
    """The tasks of the caller's account, and of the roles that the caller holds in their countries."""
    return or_(_t.owner_id == ME, _t.owner_role + literal(" ") + _t.country == _held)


def _holding(access: AccessScope) -> Mapping[str, Any]:
    held = {f"{grant.role} {country}" for grant in access.principal.grants for country in grant.countries}
    return {**caller_parameters(access.principal), "held_roles": sorted(held)}


def _is_overdue(bound: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(_open, _t.due < TODAY) == bound


def _on_day(_access: AccessScope) -> Mapping[str, Any]:
    return {"today": today()}


_LISTED = listing(
    Task,
    task,
    domain.LIFECYCLE.states,
    by_whole(task, _t.id),
    values("priority", _t.priority, "Priorities, separated by commas", one_of(domain.PRIORITIES)),
    values("about_kind", _t.about_kind, "What tasks follow from, separated by commas", one_of(domain.ABOUT)),
    Filter("about", "The id of the record that tasks follow from", UUID, lambda bound: _t.about_record == bound),
    Filter("due_before", "Due before this day", parsed_day, lambda bound: _t.due < bound, field="due"),
    Filter("overdue", "true or false", truth, _is_overdue, of_caller=_on_day),
    Filter(
        "owner",
        "`me`: tasks of the caller, or of a role of the caller; needs a token",
        one_of(("me",)),
        _owned_by_me,
        token_needed=True,
        of_caller=_holding,
    ),
    NEXT_STEPS.holder,
)
LISTING: Listing = replace(_LISTED, sorts={**_LISTED.sorts, "due": _t.due})
NAMED: Mapping[str, Nameable] = {
    "meeting": Nameable(Meeting.resource_type, meeting, meetings.PUBLISHED),
    "correspondence": Nameable(Letter.resource_type, letters, correspondence.PUBLISHED),
    "report_review": Nameable(Report.resource_type, report, reports.PUBLISHED),
    "milestone": Nameable(Milestone.resource_type, milestone, milestones.PUBLISHED),
}
"""What a task follows from, where its record is known here."""
_IN_COUNTRY = {
    kind: Statement(select(of.c.id).where(of.c.id == bindparam("key"), of.c.country == bindparam("country")))
    for kind, of in (
        ("meeting", meeting),
        ("correspondence", letters),
        ("report_review", report),
        ("milestone", milestone),
    )
}


def _public(named: Nameable, source: FromClause) -> Statement:
    """The country of a record that everybody sees, by its ref."""
    gone = [source.c[name].is_(None) for name in ("merged_into", "erased_at") if name in source.c]
    states = [constant(status) for status in sorted(named.published)]
    is_public = and_(source.c.visibility == constant("public"), source.c.status.in_(states), *gone)
    return Statement(select(source.c.country).where(source.c.ref == bindparam("ref", type_=Text), is_public))


_PUBLIC = {
    named.resource.path: _public(named, source)
    for named, source in (
        (NAMED_EXPERTS, views.EXPERTS),
        (NAMED_INSTITUTIONS, views.INSTITUTIONS),
        (NAMED_CENTRES, views.CENTRES),
    )
}
_DECISION = Statement(
    select(meeting.c.id).where(
        meeting.c.id == bindparam("key"),
        cast(meeting.c.decisions, JSONB).contains(
            func.jsonb_build_array(func.jsonb_build_object(constant("key"), bindparam("decision", type_=Text)))
        ),
    )
)
_GRANTS = Lookup(
    select(views.GRANTS.c.scope_kind, views.GRANTS.c.scope_id)
    .where(
        views.GRANTS.c.principal_kind == constant("account"),
        views.GRANTS.c.principal_id == bindparam("account", type_=Uuid),
        views.GRANTS.c.scope_kind.in_([constant(kind) for kind in ("global", "region", "country")]),
    )
    .limit(1_000)
)
_OF_OWNER = Statement(
    select(task)
    .where(
        _t.owner_id == bindparam("account", type_=Uuid),
        _open,
        _t.country == any_(bindparam("countries", type_=ARRAY(Text))),
    )
    .order_by(_t.id)
    .with_for_update()
)
_OF_ACCOUNT = Statement(
    select(task).where(_t.owner_id == bindparam("account", type_=Uuid), _open).order_by(_t.id).with_for_update()
)
_HANDED_OVER = Statement(select(*views.HANDED_OVER.c).where(views.HANDED_OVER.c.id == bindparam("key")))
_LATE = Statement(
    select(task)
    .where(_open, _t.due < TODAY, _t.overdue_for.is_distinct_from(_t.due))
    .order_by(_t.id)
    .limit(_AT_ONCE)
    .with_for_update(skip_locked=True)
)
_is_raised = exists().where(_t.about_record == _m.id, _t.raised_for == _m.due)
_is_asked = exists().where(_t.about_record == letters.c.id, _t.raised_for == letters.c.reply_due)
_OVERDUE_MILESTONES = Statement(
    select(milestone)
    .join_from(milestone, action, action.c.id == _m.action_id)
    .where(
        _m.status.in_([constant(status) for status in ("pending", "in_progress")]),
        _m.due < bindparam("today", type_=Date),
        action.c.status.not_in([constant(status) for status in sorted(ENDED)]),
        ~_is_raised,
    )
    .order_by(_m.due, _m.id)
    .limit(_AT_ONCE)
)

_OVERDUE_LETTERS = Statement(
    select(letters)
    .where(
        letters.c.status == constant("awaiting_reply"),
        letters.c.reply_due < bindparam("today", type_=Date),
        ~_is_asked,
    )
    .order_by(letters.c.reply_due, letters.c.id)
    .limit(_AT_ONCE)
)


async def is_of_country(connection: Connection, kind: str, key: UUID, country: str) -> bool:
    """Whether the record that a task follows from belongs to the country."""
    return await _IN_COUNTRY[kind].fetchval(connection, key=key, country=country) is not None


async def published(connection: Connection, path: str, ref: str) -> str | None:
    """The country of the record with a ref in the list at a path of the API; None if not everybody sees it."""
    found: str | None = await _PUBLIC[path].fetchval(connection, ref=ref) if path in _PUBLIC else None
    return found


async def is_decision(connection: Connection, key: UUID, decision: str) -> bool:
    """Whether a meeting has a decision with this key."""
    return await _DECISION.fetchval(connection, key=key, decision=decision) is not None


async def grants_of(connection: Connection, account: UUID) -> list[tuple[str, str | None]]:
    """The scopes of an account's active grants over countries: their kinds and ids."""
    rows = await _GRANTS.fetch(connection, account=account)
    return [(row["scope_kind"], row["scope_id"]) for row in rows]


async def lock_of_owner(connection: Connection, account: UUID, countries: Collection[str]) -> list[Task]:
    """The tasks of countries that wait for an account, locked."""
    return records_of(Task, await _OF_OWNER.fetch(connection, account=account, countries=sorted(countries)))


async def handed_over(connection: Connection, key: UUID) -> HandedOver | None:
    """Who handed the role of a grant over, and to whom; None for a grant that follows no other."""
    row = await _HANDED_OVER.fetchrow(connection, key=key)
    if row is None:
        return None
    role = Grant(*(row[name] for name in ("role", "scope_kind", "scope_id", "starts", "ends")))
    return HandedOver(row["leaver_id"], row["account_id"], role.countries)


async def lock_of_account(connection: Connection, account: UUID) -> list[Task]:
    """The tasks that wait for an account, locked."""
    return records_of(Task, await _OF_ACCOUNT.fetch(connection, account=account))


async def lock_late(connection: Connection, day: date) -> list[Task]:
    """Tasks whose present due day has passed without a fact, locked; at most 500."""
    return records_of(Task, await _LATE.fetch(connection, today=day))


async def overdue_milestones(connection: Connection, day: date) -> list[Milestone]:
    """Milestones that are late on their present due day and have no task for it; at most 500, the earliest first."""
    return records_of(Milestone, await _OVERDUE_MILESTONES.fetch(connection, today=day))


async def overdue_letters(connection: Connection, day: date) -> list[Letter]:
    """Letters whose reply is late on its present day and that have no task for it; at most 500, the earliest first."""
    return records_of(Letter, await _OVERDUE_LETTERS.fetch(connection, today=day))
