"""What actions does about facts: whatever may move a country's stage has it derived anew."""

from services.actions.stage.operations import recompute_stage
from shared.contracts.envelope import Fact
from shared.contracts.owner import type_of
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.inbox import Reactions

_MOVING = {
    ("centres", "committee"): "created formed preparatory recognised dissolved abandoned",
    ("centres", "centre"): "designated renewal_due renewal_review renewed suspended reinstated expired closed",
    ("actions", "endorsement"): "verified withdrawn expired superseded",
    ("actions", "correspondence"): "created updated",
    ("actions", "focal_point"): "activated",
    ("actions", "programme"): "discontinued",
    ("actions", "action"): "in_progress finalising closed suspended cancelled planned",
    ("actions", "milestone"): "done",
}


async def follow(uow: UnitOfWork, fact: Fact) -> None:
    """The stage of the fact's country, derived from what the records say now; late and repeated facts do no harm."""
    if fact.country is not None:
        await recompute_stage(uow, fact.country)


REACTIONS: Reactions = {
    type_of(service, entity, what): follow for (service, entity), whats in _MOVING.items() for what in whats.split()
}
