"""Writing government bodies."""

from dataclasses import replace

from services.actions.governments.government_bodies import domain
from services.actions.governments.government_bodies.record import GovernmentBody
from services.actions.governments.government_bodies.tables import government_body
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.records.requirements import require_creation, require_visibility_change
from shared.records.resource_type import ResourceType

GOVERNMENT_BODIES: ResourceType[GovernmentBody, None] = ResourceType.of(
    GovernmentBody, government_body, domain.LIFECYCLE
)


async def create(uow: UnitOfWork, access: AccessScope, new: GovernmentBody) -> GovernmentBody:
    """Inserts a government body."""
    require_creation(access, new)
    return await GOVERNMENT_BODIES.insert(uow, replace(new, status="active"))


async def update(
    uow: UnitOfWork, access: AccessScope, before: GovernmentBody, wanted: GovernmentBody
) -> GovernmentBody:
    """Updates the body; its country cannot change."""
    require_visibility_change(access, before, wanted)
    return await GOVERNMENT_BODIES.update(uow, before, wanted)
