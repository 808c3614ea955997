"""What centres does about facts. Each reads how things stand now, so late and repeated facts do no harm."""

from uuid import UUID

from services.centres.centres.designation import follow_consent
from services.centres.merges import EXPERTS, INSTITUTIONS, release
from services.centres.seats.operations import end_with_committee, end_with_expert
from shared.contracts.owner import type_of
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.inbox import Reactions, of_each_country, of_each_subject


async def _erase(uow: UnitOfWork, expert: UUID) -> None:
    """Who was erased holds no seat and directs no centre; what they reviewed stays, under an id that names nobody."""
    await end_with_expert(uow, expert)
    await release(uow, expert)


_expert_changed_places = of_each_subject(EXPERTS.follow)
_institution_changed_places = of_each_subject(INSTITUTIONS.follow)
_consent_changed = of_each_country(follow_consent)
_committee_ended = of_each_subject(end_with_committee)
REACTIONS: Reactions = {
    type_of("membership", "expert", "erased"): of_each_subject(_erase),
    **{type_of("membership", "expert", what): _expert_changed_places for what in ("merged", "unmerged")},
    **{
        type_of("membership", "institution", what): _institution_changed_places
        for what in ("merged", "linked", "unmerged")
    },
    **{
        type_of("actions", "endorsement", what): _consent_changed
        for what in ("verified", "withdrawn", "expired", "superseded")
    },
    **{type_of("centres", "committee", what): _committee_ended for what in ("dissolved", "abandoned")},
}
