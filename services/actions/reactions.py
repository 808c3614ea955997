"""What actions does about facts: whatever may move a country's stage has it derived anew; references follow merges."""

from services.actions.countries.operations import recompute_stage
from services.actions.merges import EXPERTS, INSTITUTIONS
from shared.contracts.owner import type_of
from shared.messaging.inbox import Reactions, of_each_country, of_each_subject

_MOVING = {
    ("centres", "committee"): "created formed preparatory recognised dissolved abandoned",
    ("centres", "centre"): "designated renewal_due renewal_review renewed suspended reinstated expired closed",
    ("actions", "endorsement"): "verified withdrawn expired superseded",
    ("actions", "correspondence"): "created updated",
    ("actions", "focal_point"): "activated",
    ("actions", "programme"): "approved implementing paused completed discontinued",
    ("actions", "action"): "in_progress finalising closed suspended cancelled planned",
    ("actions", "milestone"): "done",
}
_derive_stage = of_each_country(recompute_stage)
_expert_changed_places = of_each_subject(EXPERTS.follow)
_institution_changed_places = of_each_subject(INSTITUTIONS.follow)
REACTIONS: Reactions = {
    **{
        type_of(service, entity, what): _derive_stage
        for (service, entity), whats in _MOVING.items()
        for what in whats.split()
    },
    **{type_of("membership", "expert", what): _expert_changed_places for what in ("merged", "unmerged")},
    **{
        type_of("membership", "institution", what): _institution_changed_places
        for what in ("merged", "linked", "unmerged")
    },
}
