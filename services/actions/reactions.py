"""What actions does about facts: whatever may move a country's stage has it derived anew."""

from services.actions.stage.operations import recompute_stage
from shared.contracts.owner import type_of
from shared.messaging.inbox import Reactions, of_each_country

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
_derive_stage = of_each_country(recompute_stage)
REACTIONS: Reactions = {
    type_of(service, entity, what): _derive_stage
    for (service, entity), whats in _MOVING.items()
    for what in whats.split()
}
