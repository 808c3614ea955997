"""Writing the profile of a centre: one function per verb."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.centres.designation.centres.record import Centre
from services.centres.register.profiles import domain, queries
from services.centres.register.profiles.record import Profile, Project
from services.centres.register.profiles.tables import profile
from services.centres.register.register.operations import follow_website
from shared.database.locks import lock_names
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, VersionConflict
from shared.records.references import NAMED_ACTIONS
from shared.records.resource_type import ResourceType

_LISTS = ("languages", "facilities", "equipment", "services", "projects", "publications")
PROFILES: ResourceType[Profile, None] = ResourceType.of(Profile, profile, domain.LIFECYCLE)


def empty(centre: Centre) -> Profile:
    """The profile of a centre for which nobody has written one: version 0."""
    new = PROFILES.new({**{name: [] for name in _LISTS}, "centre_id": centre.id})
    return replace(new, version=0, status="recorded", country=centre.country, visibility=centre.visibility)


async def lock(uow: UnitOfWork, centre: Centre, version: int) -> Profile:
    """The profile at this version, locked, so that no other request writes it meanwhile. Raises VersionConflict."""
    await lock_names(uow.connection, f"profiles.{centre.id}")
    found = await queries.lock(uow.connection, centre.id) or empty(centre)
    if found.version != version:
        raise VersionConflict("The record changed in the meantime.")
    return found


async def update(uow: UnitOfWork, before: Profile, wanted: Profile) -> Profile:
    """Writes a locked profile. Raises Invalid for an action that the caller may not know of."""
    known = _actions(before.projects).values()
    added = {pointer: key for pointer, key in _actions(wanted.projects).items() if key not in known}
    await NAMED_ACTIONS.require(uow, added)
    after = await (PROFILES.update(uow, before, wanted) if before.version else PROFILES.insert(uow, wanted))
    if after.website != before.website:
        await follow_website(uow, after.centre_id)
    return after


async def confirm(uow: UnitOfWork, before: Profile) -> Profile:
    """The locked profile, confirmed today. Raises Conflict if nobody has written it."""
    if not before.version:
        raise Conflict("The centre has no profile that could be confirmed.")
    wanted = replace(before, confirmed_on=today())
    return await PROFILES.write(uow, "confirm", before, wanted, fact="confirmed")


def _actions(projects: Sequence[Project]) -> dict[str, UUID | None]:
    return {
        f"/projects/{place}/action_id": UUID(key)
        for place, project in enumerate(projects)
        if (key := project["action_id"]) is not None
    }
