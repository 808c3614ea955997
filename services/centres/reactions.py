"""What centres does about facts. Each reads how things stand now, so late and repeated facts do no harm."""

from services.centres.merges import follow_merge, release
from services.centres.registration.designation import follow_consent
from services.centres.seats.operations import end_with_committee, end_with_expert
from shared.contracts.envelope import Fact
from shared.contracts.owner import type_of
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.inbox import Reactions


async def expert_changed_places(uow: UnitOfWork, fact: Fact) -> None:
    """Seats, directors and reviewers follow a merge of experts, or its undoing."""
    await follow_merge(uow, "expert", fact.subject)


async def institution_changed_places(uow: UnitOfWork, fact: Fact) -> None:
    """Hosts, partners and parties follow a merge of institutions, or its undoing."""
    await follow_merge(uow, "institution", fact.subject)


async def expert_erased(uow: UnitOfWork, fact: Fact) -> None:
    """Who was erased holds no seat and directs no centre; what they reviewed stays, under an id that names nobody."""
    await end_with_expert(uow, fact.subject)
    await release(uow, fact.subject)


async def consent_changed(uow: UnitOfWork, fact: Fact) -> None:
    """Terms tell since when no endorsement of their country holds."""
    if fact.country is not None:
        await follow_consent(uow, fact.country)


async def committee_ended(uow: UnitOfWork, fact: Fact) -> None:
    """The seats end with their committee."""
    await end_with_committee(uow, fact.subject)


REACTIONS: Reactions = {
    type_of("membership", "expert", "merged"): expert_changed_places,
    type_of("membership", "expert", "unmerged"): expert_changed_places,
    type_of("membership", "expert", "erased"): expert_erased,
    type_of("membership", "institution", "merged"): institution_changed_places,
    type_of("membership", "institution", "linked"): institution_changed_places,
    type_of("membership", "institution", "unmerged"): institution_changed_places,
    type_of("actions", "endorsement", "verified"): consent_changed,
    type_of("actions", "endorsement", "withdrawn"): consent_changed,
    type_of("actions", "endorsement", "expired"): consent_changed,
    type_of("actions", "endorsement", "superseded"): consent_changed,
    type_of("centres", "committee", "dissolved"): committee_ended,
    type_of("centres", "committee", "abandoned"): committee_ended,
}
