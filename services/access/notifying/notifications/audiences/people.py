"""Finds the accounts behind records: from grants, pending transitions, published views and the audit trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, and_, any_, bindparam, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.access.authority.grants.tables import grant
from services.access.factors.factors.tables import factor
from services.access.notifying.notifications.audience import Audience
from services.access.notifying.notifications.audiences import messages, proposals, report
from services.access.notifying.notifications.audiences.holders import (
    ACCOUNT,
    HOLDER_OF_CENTRE,
    KEYS,
    director_of,
    holders_over,
    office_of,
    owner_of_task,
)
from services.access.notifying.notifications.domain import NOTICES, Notice
from services.access.principals.accounts.tables import account
from services.access.principals.api_keys.tables import api_key
from services.access.principals.clients.tables import client
from shared.audit.tables import audit
from shared.contracts import views
from shared.contracts.envelope import Fact
from shared.database.statements import Connection, Row, Statement
from shared.kernel.countries import in_region
from shared.kernel.principal import SYSTEM
from shared.records.access_scope import constant

_TEXTS = any_(bindparam("keys", type_=ARRAY(Text)))
_OFFICE = ("secretariat_admin", "secretariat_officer", "platform_operator")
_NOMINATED = views.NOMINATIONS.c.status.not_in([constant(status) for status in ("declined", "lapsed")])
_held, _expert, _centre = views.GRANTS, views.EXPERTS, views.CENTRES


def _expert_of(record: Any, expert: ColumnElement[Any]) -> Select[Any]:
    """The account of the expert that a record names."""
    return (
        select(record.c.id.label("subject"), _expert.c.account_id)
        .select_from(record.join(_expert, _expert.c.id == expert))
        .where(record.c.id == KEYS, _expert.c.account_id.is_not(None))
    )


def _experts_in(part: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The accounts of the experts that parts of a call name."""
    return (
        select(part.c.call_id.label("subject"), _expert.c.account_id)
        .select_from(part.join(_expert, _expert.c.id == part.c.expert_id))
        .where(part.c.call_id == KEYS, _expert.c.account_id.is_not(None), *conditions)
        .distinct()
    )


def _in_country(*roles: str) -> Select[Any]:
    return select(_held.c.scope_id.label("subject"), _held.c.principal_id.label("account_id")).where(
        _held.c.principal_kind == ACCOUNT,
        _held.c.scope_kind == constant("country"),
        _held.c.scope_id == _TEXTS,
        _held.c.role.in_([constant(role) for role in roles]),
    )


_agreement = views.AGREEMENTS
_with_centre = _agreement.join(_centre, _centre.c.id == _agreement.c.centre_id)
_report = views.ANNUAL_REPORTS
_of_report = _report.join(_centre, _centre.c.id == _report.c.centre_id)
_evaluation, _evaluator = views.EVALUATIONS, views.EVALUATION_PANELS
_of_evaluation = _evaluation.join(_centre, _centre.c.id == _evaluation.c.centre_id)
_evaluators = (
    select(_evaluator.c.evaluation_id.label("subject"), _expert.c.account_id)
    .select_from(_evaluator.join(_expert, _expert.c.id == _evaluator.c.expert_id))
    .where(_evaluator.c.evaluation_id == KEYS, ~_evaluator.c.is_conflicted, _expert.c.account_id.is_not(None))
    .distinct()
)
_partnership = views.PARTNERSHIPS
_of_partners = _partnership.join(
    _centre, _centre.c.id.in_([_partnership.c.centre_id, _partnership.c.partner_centre_id])
)
_institution = views.INSTITUTIONS
_is_author = and_(
    audit.c.action.in_([constant("create"), constant("claim")]),
    audit.c.actor_kind == ACCOUNT,
    ~exists().where(
        _held.c.principal_kind == ACCOUNT,
        _held.c.principal_id == audit.c.actor_id,
        _held.c.role.in_([constant(role) for role in _OFFICE]),
    ),
)
_actor = select(audit.c.subject, audit.c.actor_id.label("account_id")).where(audit.c.subject == KEYS)
_author = _actor.where(_is_author)
_uploader = _actor.where(audit.c.action == constant("create"), audit.c.actor_kind == ACCOUNT)
_comment, _delegation = views.REPORT_COMMENTS, views.DELEGATIONS
_report_author = (
    select(_comment.c.id.label("subject"), audit.c.actor_id.label("account_id"))
    .select_from(_comment.join(audit, audit.c.subject == _comment.c.report_id))
    .where(_comment.c.id == KEYS, _is_author)
)
_helping = (
    select(views.OFFERS.c.request_id.label("subject"), _expert.c.account_id)
    .select_from(views.OFFERS.join(_expert, _expert.c.id == views.OFFERS.c.expert_id))
    .where(
        views.OFFERS.c.request_id == KEYS,
        views.OFFERS.c.status == constant("confirmed"),
        _expert.c.account_id.is_not(None),
    )
)


def _granted(state: str, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The account with a grant that is in force, for the fact of this state."""
    in_force = (grant.c.id == KEYS, grant.c.principal_kind == ACCOUNT, grant.c.status == constant("active"))
    named = (grant.c.id.label("subject"), grant.c.principal_id.label("account_id"), constant(state).label("state"))
    return select(*named).where(*in_force, *conditions)


_point = views.FOCAL_POINTS
_focal_point = _expert_of(_point, _point.c.expert_id).union_all(
    select(_point.c.id.label("subject"), _point.c.account_id).where(
        _point.c.id == KEYS, _point.c.account_id.is_not(None)
    )
)
_PEOPLE: Mapping[Audience, Statement] = {
    audience: Statement(query)
    for audience, query in {
        Audience.EXPERT: select(_expert.c.id.label("subject"), _expert.c.account_id).where(
            _expert.c.id == KEYS, _expert.c.account_id.is_not(None)
        ),
        Audience.DECLARANT: _expert_of(views.DECLARATIONS, views.DECLARATIONS.c.expert_id),
        Audience.CONSENTING: _expert_of(views.CONSENTS, views.CONSENTS.c.expert_id),
        Audience.PARTICIPANT: _expert_of(views.PARTICIPATIONS, views.PARTICIPATIONS.c.expert_id),
        Audience.CERTIFIED: _expert_of(views.CERTIFICATES, views.CERTIFICATES.c.expert_id),
        Audience.SUPPORTER: _expert_of(views.SUPPORTS, views.SUPPORTS.c.expert_id),
        Audience.SEATED: _expert_of(views.SEATS, views.SEATS.c.expert_id),
        Audience.FOCAL_POINT: _focal_point,
        Audience.REVIEWER: _expert_of(views.REVIEWS, views.REVIEWS.c.reviewer_id),
        Audience.INVITED: _expert_of(views.REVIEWERS, views.REVIEWERS.c.expert_id),
        Audience.ASKED: _expert_of(views.OFFERS, views.OFFERS.c.expert_id),
        Audience.HELPING: _helping,
        Audience.NOMINEE: _expert_of(views.NOMINATIONS, views.NOMINATIONS.c.expert_id),
        Audience.NOMINEES: _experts_in(views.NOMINATIONS, _NOMINATED),
        Audience.PANEL: _experts_in(views.PANELS),
        Audience.EVALUATORS: _evaluators,
        Audience.EVALUATED: director_of(_evaluation.c.id, _of_evaluation, _centre.c.id),
        Audience.DIRECTOR: director_of(_centre.c.id, _centre, _centre.c.id),
        Audience.SUPPORT_OFFICE: office_of(
            views.SUPPORT_REQUESTS,
            views.SUPPORT_REQUESTS.c.id == KEYS,
            views.SUPPORT_REQUESTS.c.holder == constant("secretariat"),
        ),
        Audience.CENTRE_SECRETARIAT: office_of(_centre, _centre.c.id == KEYS),
        Audience.COUNTRY_OFFICE: office_of(views.FOCAL_POINTS, views.FOCAL_POINTS.c.id == KEYS),
        Audience.HOST: holders_over("institution", _centre.c.id, _centre, _centre.c.host_institution_id),
        Audience.AGREEMENT_HOST: holders_over(
            "institution", _agreement.c.id, _with_centre, _centre.c.host_institution_id
        ).where(
            or_(
                _centre.c.designated_on.is_not(None),
                _centre.c.host_institution_id == any_(_agreement.c.institutions),
            )
        ),
        Audience.REPORT_HOST: holders_over("institution", _report.c.id, _of_report, _centre.c.host_institution_id),
        Audience.AGREEMENT_DIRECTOR: director_of(_agreement.c.id, _with_centre, _centre.c.id),
        Audience.REPORT_DIRECTOR: director_of(_report.c.id, _of_report, _centre.c.id),
        Audience.PARTNERS: director_of(_partnership.c.id, _of_partners, _centre.c.id),
        Audience.PARTNER_REPRESENTATIVES: holders_over(
            "institution", _partnership.c.id, _partnership, _partnership.c.partner_institution_id
        ),
        Audience.REPRESENTATIVES: holders_over("institution", _institution.c.id, _institution, _institution.c.id),
        Audience.AUTHOR: _author,
        Audience.UPLOADER: _uploader,
        Audience.CLIENT_PEOPLE: _uploader.union(
            select(client.c.id, func.unnest(client.c.contacts)).where(client.c.id == KEYS)
        ),
        Audience.REPORT_AUTHOR: _report_author,
        Audience.DELEGATED: select(_delegation.c.id.label("subject"), _delegation.c.account_id).where(
            _delegation.c.id == KEYS
        ),
        Audience.DELEGATES: select(_delegation.c.report_id.label("subject"), _delegation.c.account_id).where(
            _delegation.c.report_id == KEYS, _delegation.c.status == constant("active")
        ),
        Audience.COMMITTEE: _in_country("committee_president", "committee_secretary"),
        Audience.GOVERNMENT: _in_country("government_focal_point"),
        Audience.OWNER: select(account.c.id.label("subject"), account.c.id.label("account_id")).where(
            account.c.id == KEYS
        ),
        Audience.HOLDER: select(grant.c.id.label("subject"), grant.c.principal_id.label("account_id")).where(
            grant.c.id == KEYS,
            grant.c.principal_kind == ACCOUNT,
            grant.c.created_by != constant(SYSTEM.label),
        ),
        Audience.GRANTED: _granted("created", grant.c.created_by != constant(SYSTEM.label)).union_all(
            _granted("activated")
        ),
        Audience.KEY_OWNER: select(api_key.c.id.label("subject"), api_key.c.owner_id.label("account_id")).where(
            api_key.c.id == KEYS, api_key.c.owner_kind == ACCOUNT
        ),
        Audience.FACTOR_OWNER: select(factor.c.id.label("subject"), factor.c.account_id).where(factor.c.id == KEYS),
        Audience.CENTRE_HOLDER: HOLDER_OF_CENTRE,
        Audience.TASK_OWNER: owner_of_task(views.TASKS.c.id, views.TASKS),
        Audience.COMMENTED_OWNER: owner_of_task(
            views.TASK_COMMENTS.c.id,
            views.TASK_COMMENTS.join(views.TASKS, views.TASKS.c.id == views.TASK_COMMENTS.c.task_id),
        ),
        **messages.QUERIES,
        **proposals.QUERIES,
        **report.QUERIES,
    }.items()
}
_OF_COUNTRY = frozenset((Audience.COMMITTEE, Audience.GOVERNMENT))
_ACTORS = Statement(select(audit.c.id, audit.c.actor_id).where(audit.c.id == KEYS, audit.c.actor_kind == ACCOUNT))


@dataclass(frozen=True, slots=True)
class Recipient:
    """An account that a fact notifies. `proposal` is the pending transition that it is about, and `day` when that was
    proposed: each has one notification of each event, though facts name the record alone."""

    fact: UUID
    account: UUID
    notice: Notice
    proposal: UUID | None = None
    day: date | None = None


async def recipients_of(connection: Connection, facts: Sequence[Fact]) -> set[Recipient]:
    """Everybody behind the records of these facts, except who caused the fact. One statement for each audience, and one
    for who caused them."""
    found: set[Recipient] = set()
    for audience, statement in _PEOPLE.items():
        asked: dict[Any, list[tuple[Fact, Notice]]] = {}
        for fact in facts:
            key = fact.country if audience in _OF_COUNTRY else fact.subject
            for notice in NOTICES[fact.type]:
                if audience in notice.audiences and key is not None:
                    asked.setdefault(key, []).append((fact, notice))
        rows = await statement.fetch(connection, keys=sorted(asked)) if asked else ()
        found |= {
            _recipient(row, fact, notice)
            for row in rows
            for fact, notice in asked[row["subject"]]
            if _belongs(row, fact)
        }
    actors = await _ACTORS.fetch(connection, keys=[fact.id for fact in facts])
    causes = {(row["id"], row["actor_id"]) for row in actors}
    return {one for one in found if (one.fact, one.account) not in causes}


def _recipient(row: Row, fact: Fact, notice: Notice) -> Recipient:
    at = row.get("proposed_at")
    return Recipient(fact.id, row["account_id"], notice, row.get("proposal"), at and at.date())


def _belongs(row: Row, fact: Fact) -> bool:
    """Whether a row is about this fact of its record, and within the region of the grant that it comes from."""
    state, region, country = row.get("state"), row.get("region"), row.get("country", fact.country)
    return state in (None, fact.type.split(".")[3]) and (region is None or country in in_region(region))
