"""Writing congresses: one function per verb."""

from dataclasses import replace

from services.membership.events.congresses import domain
from services.membership.events.congresses.record import Congress
from services.membership.events.congresses.tables import congress
from services.membership.register.institutions.naming import meant
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import unknown_reference
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require, require_creation, require_publishing
from shared.records.resource_type import ResourceType, TransitionRequest

CONGRESSES: ResourceType[Congress, domain.CongressGuardContext] = ResourceType.of(Congress, congress, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Congress) -> Congress:
    """Inserts a planned congress. Raises Invalid for an unknown host, Forbidden outside the caller's grant, Conflict if
    the code is taken."""
    require_creation(access, new)
    placed = await _with_host(uow, replace(new, status="planned"))
    return await CONGRESSES.insert(uow, placed)


async def update(uow: UnitOfWork, access: AccessScope, before: Congress, wanted: Congress) -> Congress:
    """Updates the congress. Raises Forbidden if the caller may not change congresses of the new country too, Invalid
    for an unknown host."""
    if wanted.country != before.country:
        require(access, "update", wanted.country)
    if (wanted.country, wanted.visibility) != (before.country, before.visibility):
        require_publishing(access, wanted.visibility, wanted.country)
    if wanted.host_institution_id != before.host_institution_id:
        wanted = await _with_host(uow, wanted)
    return await CONGRESSES.update(uow, before, wanted)


async def _with_host(uow: UnitOfWork, record: Congress) -> Congress:
    """The congress with the institution that its host was merged into. Raises Invalid if the caller may not know of
    it."""
    named = record.host_institution_id
    if named is None:
        return record
    found = (await meant(uow.connection, uow.origin.actor, [named])).get(named)
    if found is None:
        raise unknown_reference("/host_institution_id", "institution")
    return replace(record, host_institution_id=found)


async def transition(uow: UnitOfWork, access: AccessScope, before: Congress, requested: TransitionRequest) -> Congress:
    """Applies one transition. Raises what `Lifecycle.advance` raises."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    return await CONGRESSES.apply_transition(uow, before, requested, guard_context, permitted(access, before))


async def load_guard_context(
    _connect: Connect, _principal: Principal, record: Congress, _fields: Fields
) -> domain.CongressGuardContext:
    """Whether the congress has begun."""
    return domain.CongressGuardContext(domain.has_begun(record, today()))
