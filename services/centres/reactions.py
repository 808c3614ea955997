"""The reactions of centres. Each reads the present state, so late and repeated facts have no further effect."""

from collections.abc import Sequence
from uuid import UUID

from services.centres.committees.committee_meetings.operations import end_with_committee as cancel_meetings
from services.centres.committees.seats.operations import end_with_committee as end_seats
from services.centres.designation.centres.designation import follow_consent
from services.centres.designation.centres.stages import follow_endorsements
from services.centres.designation.reviewers.operations import end_with_centre
from services.centres.erasing import erase, erase_and_report
from services.centres.merges import EXPERTS, INSTITUTIONS
from services.centres.network.partnerships.operations import follow_institution
from services.centres.register.register.operations import follow_hosts
from shared.contracts import actions, centres, membership
from shared.contracts.envelope import Fact
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.inbox import Reactions, of_each_country, of_each_subject


async def _end_with_committee(uow: UnitOfWork, committee: UUID) -> None:
    """The planned meetings of a committee that has ended, and its seats."""
    await cancel_meetings(uow, committee)
    await end_seats(uow, committee)


async def _follow_consent(uow: UnitOfWork, country: str) -> None:
    """What rests on the endorsements of a country, and what waits for them."""
    await follow_consent(uow, country)
    await follow_endorsements(uow, country)


_expert_changed_places = of_each_subject(EXPERTS.rewrite)
_follow_institution = of_each_subject(INSTITUTIONS.rewrite)
_partner_changed = of_each_subject(follow_institution)
_consent_changed = of_each_country(_follow_consent)
_review_ended = of_each_subject(end_with_centre)
_committee_ended = of_each_subject(_end_with_committee)


async def _institution_changed_places(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await _follow_institution(uow, facts)
    await follow_hosts(uow, facts)


async def _institution_changed(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await _partner_changed(uow, facts)
    await follow_hosts(uow, facts)


REACTIONS: Reactions = {
    membership.EXPERT_ERASING: of_each_subject(erase_and_report),
    membership.EXPERT_ERASED: of_each_subject(erase),
    membership.EXPERT_MERGED: _expert_changed_places,
    membership.EXPERT_UNMERGED: _expert_changed_places,
    membership.INSTITUTION_MERGED: _institution_changed_places,
    membership.INSTITUTION_LINKED: _institution_changed_places,
    membership.INSTITUTION_UNMERGED: _institution_changed_places,
    membership.INSTITUTION_UPDATED: _institution_changed,
    membership.INSTITUTION_DELETED: follow_hosts,
    membership.INSTITUTION_VERIFIED: _institution_changed,
    membership.INSTITUTION_OUT_OF_SCOPE: _institution_changed,
    membership.INSTITUTION_INACTIVATED: _institution_changed,
    membership.INSTITUTION_WITHDRAWN: _institution_changed,
    actions.ENDORSEMENT_VERIFIED: _consent_changed,
    actions.ENDORSEMENT_WITHDRAWN: _consent_changed,
    actions.ENDORSEMENT_EXPIRED: _consent_changed,
    actions.ENDORSEMENT_SUPERSEDED: _consent_changed,
    centres.CENTRE_AWAITING_AGREEMENT: _review_ended,
    centres.CENTRE_DECLINED: _review_ended,
    centres.COMMITTEE_DISSOLVED: _committee_ended,
    centres.COMMITTEE_ABANDONED: _committee_ended,
}
