"""Reading assessments. Drafts are for the secretariat, auditors and reviewers: officials of a country see none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, any_, bindparam, cast, exists, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.actions.measurement.periods.tables import period
from services.actions.plan.actions import domain as actions
from services.actions.plan.actions.record import Action
from services.actions.plan.actions.tables import action
from services.actions.plan.milestones import domain as milestones
from services.actions.plan.milestones.record import Milestone
from services.actions.plan.milestones.tables import milestone
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.record import Programme
from services.actions.plan.programmes.tables import programme
from services.actions.reporting.assessments import domain
from services.actions.reporting.assessments.record import Assessment
from services.actions.reporting.assessments.tables import assessment
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.kernel.principal import READ
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.listing import Filter, Listing, one_of, truth, values
from shared.records.next_steps import TODAY, NextStep, NextSteps
from shared.records.plain import by_grant, listing
from shared.records.references import NAMED_CENTRES, Nameable

_a = assessment.c
_OFFICE = frozenset(("secretariat_admin", "secretariat_officer", "auditor", "reviewer"))
"""Who sees drafts."""
_TEXTS = ARRAY(Text)
NAMED: Mapping[str, Nameable] = {
    "programme": Nameable(Programme.resource_type, programme, programmes.PUBLISHED),
    "action": Nameable(Action.resource_type, action, actions.PUBLISHED),
    "milestone": Nameable(Milestone.resource_type, milestone, milestones.PUBLISHED),
    "centre": NAMED_CENTRES,
}
"""What is assessed, by the kind of subject."""
NEXT_STEPS = NextSteps(
    "actions.assessments",
    assessment,
    (
        NextStep("draft", "submit"),
        NextStep("submitted", "reply", only=_a.replied_on.is_(None)),
        NextStep("submitted", "publish", only=or_(_a.replied_on.is_not(None), _a.reply_due < TODAY)),
    ),
    scope=_a.subject_id,
)


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The assessments that the caller may know of: also those of the subjects of their grants."""
    known = or_(visible(assessment, access_kind, domain.PUBLISHED), by_grant(assessment, _a.subject_id, access_kind))
    query = select(assessment).where(known)
    if access_kind in (AccessKind.EVERYWHERE, AccessKind.ANONYMOUS):
        return query
    return query.where(
        or_(
            _a.status != constant("draft"),
            _a.country == any_(bindparam("office_countries", type_=_TEXTS)),
            cast(_a.subject_id, Text) == any_(bindparam("office_records", type_=_TEXTS)),
        )
    )


def parameters_of(access: AccessScope) -> Mapping[str, Any]:
    """The parameters of `visible_to`."""
    office = access.principal.limited_to(_OFFICE).permission_scope(access.roles, access.resource.name, READ)
    places = {"office_countries": sorted(office.countries), "office_records": sorted(office.records)}
    return {**access.parameters, **places}


def of_period(column: ColumnElement[Any], wanted: Any) -> ColumnElement[bool]:
    """Whether the period has a value in a column."""
    return exists().where(period.c.id == _a.period_id, column == wanted)


def _by_period(name: str, column: ColumnElement[Any], description: str) -> Filter:
    return replace(values(name, column, description), condition=lambda wanted: of_period(column, wanted))


LISTING: Listing = replace(
    listing(
        Assessment,
        assessment,
        domain.LIFECYCLE.states,
        visible_to,
        values("kind", _a.subject_kind, "Kinds of subjects, separated by commas", one_of(domain.KINDS)),
        values("completion", _a.completion, "Completions, separated by commas", one_of(domain.COMPLETIONS)),
        Filter("independent", "true or false", truth, lambda bound: _a.independent == bound),
        _by_period("period", period.c.code, "Codes of periods, separated by commas"),
        _by_period("framework", period.c.framework, "Codes of frameworks, separated by commas"),
        NEXT_STEPS.holder,
    ),
    parameters_of=parameters_of,
)


@dataclass(frozen=True, slots=True)
class Assessed:
    """A subject: its country, its framework if it has one, and the accounts and clients that entered, claimed or direct
    it. `directed_by` is the expert who directs a centre."""

    country: str
    framework: str | None
    authors: frozenset[UUID]
    directed_by: UUID | None = None


_KEY = bindparam("key", type_=Uuid)
_nobody = cast(null(), ARRAY(Uuid)).label("claimants")
_no_director = cast(null(), Uuid).label("directed_by"), cast(null(), Uuid).label("account_id")
_centre, _expert = views.CENTRES, views.EXPERTS
_ASSESSED = {
    "programme": Lookup(
        select(programme.c.country, programme.c.framework, programme.c.created_by, _nobody, *_no_director)
        .where(programme.c.id == _KEY)
        .limit(1)
    ),
    "action": Lookup(
        select(action.c.country, programme.c.framework, action.c.created_by, _nobody, *_no_director)
        .join_from(action, programme, programme.c.id == action.c.programme_id)
        .where(action.c.id == _KEY)
        .limit(1)
    ),
    "milestone": Lookup(
        select(milestone.c.country, programme.c.framework, milestone.c.created_by, milestone.c.claimants, *_no_director)
        .join_from(milestone, action, action.c.id == milestone.c.action_id)
        .join(programme, programme.c.id == action.c.programme_id)
        .where(milestone.c.id == _KEY)
        .limit(1)
    ),
    "centre": Lookup(
        select(
            _centre.c.country,
            cast(null(), Text).label("framework"),
            cast(null(), Text).label("created_by"),
            _nobody,
            _centre.c.director_id.label("directed_by"),
            _expert.c.account_id,
        )
        .select_from(_centre.outerjoin(_expert, _expert.c.id == _centre.c.director_id))
        .where(_centre.c.id == _KEY)
        .limit(1)
    ),
}
_FRAMEWORK = Lookup(select(period.c.framework).where(period.c.id == _KEY).limit(1))


async def assessed(connection: Connection, kind: str, key: UUID) -> Assessed:
    """The subject of an assessment, regardless of the caller. Raises LookupError if there is none."""
    row = await _ASSESSED[kind].fetchrow(connection, key=key)
    if row is None:
        raise LookupError(f"There is no {kind} {key}.")
    authors = {*(row["claimants"] or ()), row["account_id"], _id_in(row["created_by"])} - {None}
    return Assessed(row["country"], row["framework"], frozenset(authors), row["directed_by"])


def _id_in(label: str | None) -> UUID | None:
    """The id of who entered a record; None for the system."""
    _, _, key = (label or "").partition(":")
    return UUID(key) if key else None


async def framework_of_period(connection: Connection, key: UUID) -> str | None:
    """The framework of a period; None if there is no such period."""
    found: str | None = await _FRAMEWORK.fetchval(connection, key=key)
    return found
