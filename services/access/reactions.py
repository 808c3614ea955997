"""What access does about facts: the roles of those whose office began, changed or ended, and grants over what was
merged."""

from collections.abc import Sequence

from services.access.merges import EXPERTS, INSTITUTIONS
from services.access.offices.operations import follow_experts, follow_focal_points, follow_seats
from shared.contracts.envelope import Fact
from shared.contracts.owner import type_of
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.inbox import Reactions, of_each_subject

_experts_moved = of_each_subject(EXPERTS.follow)
_institutions_moved = of_each_subject(INSTITUTIONS.follow)


async def _follow_merged_experts(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await follow_experts(uow, facts)
    await _experts_moved(uow, facts)


REACTIONS: Reactions = {
    **{type_of("centres", "seat", what): follow_seats for what in ("appointed", "updated", "ended", "deleted")},
    **{
        type_of("actions", "focal_point", what): follow_focal_points
        for what in ("activated", "updated", "handing_over", "ended")
    },
    **{type_of("membership", "expert", what): follow_experts for what in ("created", "applied", "erased")},
    **{type_of("membership", "expert", what): _follow_merged_experts for what in ("merged", "unmerged")},
    **{type_of("membership", "institution", what): _institutions_moved for what in ("merged", "linked", "unmerged")},
}
