"""What access does about facts: the roles of those whose office began, changed or ended."""

from services.access.grants.offices import follow_expert, follow_focal_point, follow_seat
from shared.contracts.envelope import Fact
from shared.contracts.owner import type_of
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.inbox import Reactions


async def seat_changed(uow: UnitOfWork, fact: Fact) -> None:
    """The committee's president or secretary holds the role, or no longer."""
    await follow_seat(uow, fact.subject)


async def focal_point_changed(uow: UnitOfWork, fact: Fact) -> None:
    """The focal point holds the role, or no longer."""
    await follow_focal_point(uow, fact.subject)


async def expert_changed(uow: UnitOfWork, fact: Fact) -> None:
    """A person has their own record to look after, or no longer."""
    await follow_expert(uow, fact.subject)


REACTIONS: Reactions = {
    **{type_of("centres", "seat", what): seat_changed for what in ("appointed", "updated", "ended", "deleted")},
    **{
        type_of("actions", "focal_point", what): focal_point_changed
        for what in ("activated", "updated", "handing_over", "ended")
    },
    **{
        type_of("membership", "expert", what): expert_changed
        for what in ("created", "applied", "merged", "unmerged", "erased")
    },
}
