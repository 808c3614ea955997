"""The reactions of access: the roles of offices that started, changed or ended, what a country's focal points made,
grants over merged records, accounts of erased persons, and notifications."""

from collections.abc import Sequence
from functools import cache
from itertools import chain

from services.access.authority.offices.operations import (
    follow_accounts,
    follow_delegations,
    follow_directors,
    follow_evaluations,
    follow_experts,
    follow_focal_points,
    follow_panels,
    follow_reviewers,
    follow_seats,
)
from services.access.ending_offices import suspend_without_focal_point
from services.access.erasing import erase_later, sign_out
from services.access.merges import EXPERTS, INSTITUTIONS
from services.access.notifying.notifications.domain import NOTICES
from services.access.notifying.notifications.operations import look_for_work, notify
from shared.contracts import actions, centres, membership, reporting, signing
from shared.contracts.envelope import Fact
from shared.contracts.readers import entities, steps
from shared.contracts.registry import FACTS
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.inbox import Reaction, Reactions, of_each_subject

_experts_moved = of_each_subject(EXPERTS.rewrite)
_institutions_moved = of_each_subject(INSTITUTIONS.rewrite)


async def _follow_merged_experts(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await follow_experts(uow, facts)
    await _experts_moved(uow, facts)


async def _end_focal_points(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await follow_focal_points(uow, facts)
    await suspend_without_focal_point(uow, facts)


_FOLLOWING: Reactions = {
    centres.SEAT_APPOINTED: follow_seats,
    centres.SEAT_UPDATED: follow_seats,
    centres.SEAT_ENDED: follow_seats,
    centres.SEAT_DELETED: follow_seats,
    centres.REVIEWER_ACCEPTED: follow_reviewers,
    centres.REVIEWER_UPDATED: follow_reviewers,
    centres.REVIEWER_REPLACED: follow_reviewers,
    centres.REVIEWER_ENDED: follow_reviewers,
    centres.REVIEWER_DELETED: follow_reviewers,
    centres.CENTRE_DESIGNATED: follow_directors,
    centres.CENTRE_UPDATED: follow_directors,
    centres.CENTRE_DIRECTOR_CHANGED: follow_directors,
    centres.CENTRE_RENEWED: follow_directors,
    centres.CENTRE_EXPIRED: follow_directors,
    centres.CENTRE_CLOSED: follow_directors,
    centres.CENTRE_DELETED: follow_directors,
    actions.FOCAL_POINT_ACTIVATED: follow_focal_points,
    actions.FOCAL_POINT_UPDATED: follow_focal_points,
    actions.FOCAL_POINT_HANDING_OVER: follow_focal_points,
    actions.FOCAL_POINT_ENDED: _end_focal_points,
    reporting.DELEGATION_CREATED: follow_delegations,
    reporting.DELEGATION_ENDED: follow_delegations,
    **dict.fromkeys(
        (
            signing.CALL_OPENED,
            signing.CALL_UPDATED,
            signing.CALL_CANCELLED,
        ),
        follow_panels,
    ),
    **dict.fromkeys(
        (
            centres.EVALUATION_CREATED,
            centres.EVALUATION_UPDATED,
            centres.EVALUATION_IN_PROGRESS,
            centres.EVALUATION_CANCELLED,
        ),
        follow_evaluations,
    ),
    membership.EXPERT_CREATED: follow_experts,
    membership.EXPERT_APPLIED: follow_experts,
    membership.EXPERT_ACCOUNT_LINKED: follow_accounts,
    membership.EXPERT_ACCOUNT_UNLINKED: follow_accounts,
    membership.EXPERT_ERASURE_REQUESTED: of_each_subject(sign_out),
    membership.EXPERT_ERASING: of_each_subject(erase_later),
    membership.EXPERT_ERASED: follow_experts,
    membership.EXPERT_MERGED: _follow_merged_experts,
    membership.EXPERT_UNMERGED: _follow_merged_experts,
    membership.INSTITUTION_MERGED: _institutions_moved,
    membership.INSTITUTION_LINKED: _institutions_moved,
    membership.INSTITUTION_UNMERGED: _institutions_moved,
}


_NOT_OF_A_STATE = frozenset(("updated", "deleted", "merged", "unmerged", "erased"))
_PROPOSED = "transition_proposed"


def _begins_to_wait(fact: str) -> bool:
    """Whether a record may begin to wait with this fact: it entered a state that has a next step, or a transition waits
    for a second person."""
    _, service, entity, what, _ = fact.split(".")
    is_other = what in _NOT_OF_A_STATE or (what.startswith("transition_") and what != _PROPOSED)
    return not is_other and (what == _PROPOSED or entities().get(f"{service}.{entity}") in steps())


@cache
def _in_turn(*reactions: Reaction) -> Reaction:
    """One reaction after the other. The same ones are one reaction, so that a batch goes through them once."""
    if len(reactions) == 1:
        return reactions[0]

    async def react(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
        for each in reactions:
            await each(uow, facts)

    return react


_NOTIFYING: Reactions = dict.fromkeys(NOTICES, notify)
_WORKING: Reactions = {fact: look_for_work for fact in sorted(FACTS) if _begins_to_wait(fact)}
_TABLES = (_FOLLOWING, _NOTIFYING, _WORKING)
REACTIONS: Reactions = {
    fact: _in_turn(*(table[fact] for table in _TABLES if fact in table)) for fact in dict.fromkeys(chain(*_TABLES))
}
