"""Reading invitations to review contributions: for the invited expert and for the editors, unless they are authors who
do not know their reviewers."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, all_, and_, any_, bindparam, cast, false, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.actions.access import NATIONAL_OFFICES
from services.actions.global_report.contributions.participants import with_hidden
from services.actions.global_report.review.reviewers.domain import AWAITED, LIFECYCLE, LIVING
from services.actions.global_report.review.reviewers.record import Reviewer
from services.actions.global_report.review.reviewers.tables import reviewer
from services.actions.global_report.review.rounds.domain import INVITING
from services.actions.global_report.review.rounds.queries import CLOSING
from services.actions.global_report.review.rounds.tables import review_round
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import AccessKind, constant
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import listing
from shared.records.reminding import is_due, taking
from shared.records.rows import records_of

_AT_ONCE = 500
_v = reviewer.c
_expert, _held, _affiliation = views.EXPERTS.c, views.GRANTS.c, views.AFFILIATIONS.c
_account = select(_expert.account_id).where(_expert.id == _v.expert_id).scalar_subquery()


def _round_is(*states: str) -> ColumnElement[bool]:
    """Whether the round of an invitation is in one of these states."""
    of_invitation = review_round.c.id == _v.round_id
    is_so = review_round.c.status.in_([constant(state) for state in states])
    return select(review_round.c.id).where(of_invitation, is_so).correlate(reviewer).exists()


_is_awaited = _round_is(*INVITING)
_may_comment = and_(_v.conflict_of_interest.is_not(true()), _round_is("open"))
NEXT_STEPS = NextSteps(
    "actions.reviewers",
    reviewer,
    (
        NextStep("invited", "accept", _account, is_personal=True, only=_is_awaited),
        NextStep("accepted", "comment", _account, is_personal=True, only=_may_comment),
    ),
)


def _visible(access_kind: AccessKind) -> Select[Any]:
    if access_kind is AccessKind.ANONYMOUS:
        return select(reviewer).where(false())
    known = cast(_v.contribution_id, Text) != all_(bindparam("hidden", type_=ARRAY(Text)))
    query = select(reviewer).where(known)
    if access_kind is AccessKind.EVERYWHERE:
        return query
    records = any_(bindparam("granted_records", type_=ARRAY(Text)))
    return query.where(
        or_(
            _v.country == any_(bindparam("granted_countries", type_=ARRAY(Text))),
            cast(_v.expert_id, Text) == records,
            cast(_v.edition_id, Text) == records,
        )
    )


_LISTED = listing(Reviewer, reviewer, LIFECYCLE.states, _visible, NEXT_STEPS.holder)
LISTING = replace(_LISTED, parameters_of=with_hidden)
_contribution = bindparam("contribution", type_=Uuid)
_INVITED = Lookup(
    select(_v.expert_id, _v.round_id, _v.status, _v.conflict_of_interest)
    .where(_v.contribution_id == _contribution)
    .limit(1_000)
)
_EXPERT = Lookup(
    select(_expert.status, _expert.account_id).where(_expert.id == bindparam("expert", type_=Uuid)).limit(1)
)
_AFFILIATIONS = Lookup(
    select(_affiliation.expert_id, _affiliation.institution_id, _affiliation.ends)
    .where(_affiliation.expert_id == any_(bindparam("experts", type_=ARRAY(Uuid))))
    .limit(10_000)
)
_OFFICE = Lookup(
    select(_held.principal_id)
    .where(
        _held.principal_kind == constant("account"),
        _held.principal_id == bindparam("account", type_=Uuid),
        _held.scope_kind == constant("country"),
        _held.scope_id == bindparam("country", type_=Text),
        _held.role.in_([constant(role) for role in sorted(NATIONAL_OFFICES)]),
    )
    .limit(1)
)
_OF_EXPERT = Statement(select(reviewer).where(_v.expert_id == bindparam("expert")).order_by(_v.id).with_for_update())
_ORCID = Lookup(select(views.ORCID_IDS.c.orcid).where(views.ORCID_IDS.c.id == bindparam("expert", type_=Uuid)).limit(1))
_closing = (
    select(CLOSING)
    .where(review_round.c.id == _v.round_id, review_round.c.status == constant("open"))
    .correlate(reviewer)
    .scalar_subquery()
)
_TAKE = taking(
    reviewer,
    _closing,
    _v.status.in_([constant(status) for status in AWAITED]),
    _v.conflict_of_interest.is_not(true()),
    is_due(_closing),
    most=_AT_ONCE,
)


async def invited_to(connection: Connection, contribution: UUID) -> list[Row]:
    """Everybody who was invited to review a contribution, whatever the caller may read."""
    return await _INVITED.fetch(connection, contribution=contribution)


def is_living(row: Row) -> bool:
    """Whether an invitation has not ended."""
    return row["status"] in LIVING


async def expert_of(connection: Connection, expert: UUID) -> Row | None:
    """State and account of an expert."""
    return await _EXPERT.fetchrow(connection, expert=expert)


async def affiliations_of(connection: Connection, experts: list[UUID]) -> list[Row]:
    """The affiliations of experts with registered institutions; their ends may be partial dates."""
    return await _AFFILIATIONS.fetch(connection, experts=experts)


async def orcid_of(connection: Connection, expert: UUID) -> str | None:
    """The ORCID iD of an expert."""
    found: str | None = await _ORCID.fetchval(connection, expert=expert)
    return found


async def is_official(connection: Connection, account: UUID, country: str) -> bool:
    """Whether an account has a national office of a country."""
    return await _OFFICE.fetchval(connection, account=account, country=country) is not None


async def take_reminded(connection: Connection, day: date) -> list[Reviewer]:
    """Marks up to 500 invitations to open rounds, without conflicts of interest and not completed, of whose end the
    expert is to be reminded on this day, and returns them."""
    return records_of(Reviewer, await _TAKE.fetch(connection, today=day))


async def lock_of_expert(connection: Connection, expert: UUID) -> list[Reviewer]:
    """The invitations of an expert, locked."""
    return records_of(Reviewer, await _OF_EXPERT.fetch(connection, expert=expert))
