"""Writing meetings."""

from dataclasses import replace

from services.actions.governments.meetings import domain
from services.actions.governments.meetings.record import Meeting
from services.actions.governments.meetings.tables import meeting
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.records.requirements import require_creation, require_visibility_change
from shared.records.resource_type import ResourceType

MEETINGS: ResourceType[Meeting, None] = ResourceType.of(Meeting, meeting, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Meeting) -> Meeting:
    """Inserts a meeting that was held."""
    require_creation(access, new)
    return await MEETINGS.insert(uow, replace(new, status="held"))


async def update(uow: UnitOfWork, access: AccessScope, before: Meeting, wanted: Meeting) -> Meeting:
    """Updates the meeting; its country cannot change."""
    require_visibility_change(access, before, wanted)
    return await MEETINGS.update(uow, before, wanted)
