"""What access does about facts: the roles of those whose office began, changed or ended."""

from services.access.grants.offices import follow_experts, follow_focal_points, follow_seats
from shared.contracts.owner import type_of
from shared.messaging.inbox import Reactions

REACTIONS: Reactions = {
    **{type_of("centres", "seat", what): follow_seats for what in ("appointed", "updated", "ended", "deleted")},
    **{
        type_of("actions", "focal_point", what): follow_focal_points
        for what in ("activated", "updated", "handing_over", "ended")
    },
    **{
        type_of("membership", "expert", what): follow_experts
        for what in ("created", "applied", "merged", "unmerged", "erased")
    },
}
