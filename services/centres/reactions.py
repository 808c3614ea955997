"""The reactions of centres. Each reads the present state, so late and repeated facts have no further effect."""

from uuid import UUID

from services.centres.centres.designation import follow_consent
from services.centres.merges import EXPERTS, INSTITUTIONS, release
from services.centres.seats.operations import end_with_committee, end_with_expert
from shared.contracts import actions, centres, membership
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.inbox import Reactions, of_each_country, of_each_subject


async def _erase(uow: UnitOfWork, expert: UUID) -> None:
    """Ends the seats and directorships of an erased person; their reviews remain, under an id that identifies
    nobody."""
    await end_with_expert(uow, expert)
    await release(uow, expert)


_expert_changed_places = of_each_subject(EXPERTS.rewrite)
_institution_changed_places = of_each_subject(INSTITUTIONS.rewrite)
_consent_changed = of_each_country(follow_consent)
_committee_ended = of_each_subject(end_with_committee)
REACTIONS: Reactions = {
    membership.EXPERT_ERASED: of_each_subject(_erase),
    membership.EXPERT_MERGED: _expert_changed_places,
    membership.EXPERT_UNMERGED: _expert_changed_places,
    membership.INSTITUTION_MERGED: _institution_changed_places,
    membership.INSTITUTION_LINKED: _institution_changed_places,
    membership.INSTITUTION_UNMERGED: _institution_changed_places,
    actions.ENDORSEMENT_VERIFIED: _consent_changed,
    actions.ENDORSEMENT_WITHDRAWN: _consent_changed,
    actions.ENDORSEMENT_EXPIRED: _consent_changed,
    actions.ENDORSEMENT_SUPERSEDED: _consent_changed,
    centres.COMMITTEE_DISSOLVED: _committee_ended,
    centres.COMMITTEE_ABANDONED: _committee_ended,
}
