"""Writing participations: one function per verb, and what follows merges of experts."""

from dataclasses import replace
from uuid import UUID

from services.membership.events.congresses import queries as congresses
from services.membership.events.congresses.domain import CANCELLED, PUBLISHED, has_begun
from services.membership.events.congresses.operations import CONGRESSES
from services.membership.events.congresses.record import Congress
from services.membership.events.participations import domain, queries
from services.membership.events.participations.record import Participation
from services.membership.events.participations.tables import participation
from services.membership.register.experts.operations import EXPERTS
from services.membership.register.experts.owners import owner_of, require_owner
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.references import require_known
from shared.records.requirements import permitted
from shared.records.resource_type import ResourceType, TransitionRequest

PARTICIPATIONS: ResourceType[Participation, domain.ParticipationGuardContext] = ResourceType.of(
    Participation, participation, domain.LIFECYCLE, is_personal=True
)


async def create(uow: UnitOfWork, access: AccessScope, new: Participation) -> Participation:
    """Registers an expert. Raises Invalid for an unknown expert or congress, Forbidden outside the caller's grant,
    Conflict if the congress is cancelled or the expert has a living participation in this role."""
    owner = await require_owner(uow.connection, access, new.expert_id)
    found = await congresses.get(uow.connection, new.congress_id)
    congress = require_known(access.principal, found, CONGRESSES.resource, PUBLISHED, "/congress_id")
    if congress.status == CANCELLED:
        raise Conflict("The congress is cancelled.", code="congress_cancelled")
    await EXPERTS.lock(uow, new.expert_id)
    placed = replace(new, country=owner.country, visibility="restricted", status=domain.REGISTERED)
    return await PARTICIPATIONS.insert(uow, placed)


async def update(uow: UnitOfWork, _access: AccessScope, before: Participation, wanted: Participation) -> Participation:
    """Updates role and mode of a registered participation. Raises Conflict for another state."""
    if wanted != before and before.status != domain.REGISTERED:
        raise Conflict("Only a registered participation can be changed.")
    return await PARTICIPATIONS.update(uow, before, wanted)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Participation, requested: TransitionRequest
) -> Participation:
    """Applies one transition. Raises what `Lifecycle.advance` raises."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    return await PARTICIPATIONS.apply_transition(uow, before, requested, guard_context, permitted(access, before))


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Participation, _fields: Fields
) -> domain.ParticipationGuardContext:
    """Loads why nobody can take part in the congress, if so."""
    async with connect() as connection:
        congress = await congresses.get(connection, record.congress_id)
    return domain.ParticipationGuardContext(fault_of(congress) if congress else None)


def fault_of(congress: Congress) -> domain.CongressFault | None:
    """Why nobody takes part in the congress yet, or ever."""
    if congress.status == CANCELLED:
        return "congress_cancelled"
    return None if has_begun(congress, today()) else "congress_not_begun"


async def move(uow: UnitOfWork, record: Participation, expert: UUID) -> None:
    """Moves a locked participation to the expert into whom its own was merged. If both took part in the same role, the
    participation that counts less is superseded."""
    rival = await queries.lock_rival(uow.connection, record, expert) if record.status in domain.LIVING else None
    if rival is not None and domain.counts_before(record, rival):
        await _supersede(uow, rival, record)
    elif rival is not None:
        record = await _supersede(uow, record, rival)
    await _assign(uow, record, expert)


async def move_back(uow: UnitOfWork, record: Participation, expert: UUID) -> None:
    """Moves a locked participation back to its expert after the merge was undone. A superseded participation counts
    again once the one that counts instead is of another expert."""
    await _assign(uow, record, expert)
    for superseded in await queries.lock_superseded(uow.connection, record.id):
        counting = await queries.get(uow.connection, superseded.superseded_by)
        if counting is not None and counting.expert_id == superseded.expert_id:
            continue
        if await queries.lock_rival(uow.connection, superseded, superseded.expert_id) is None:
            status = superseded.status_before or domain.REGISTERED
            restored = replace(superseded, status=status, superseded_by=None, status_before=None)
            await PARTICIPATIONS.write(uow, "restore", superseded, restored, fact="updated")


async def _supersede(uow: UnitOfWork, record: Participation, counting: Participation) -> Participation:
    wanted = replace(record, superseded_by=counting.id, status_before=record.status)
    return await PARTICIPATIONS.apply_scheduled(uow, record, "supersede", wanted)


async def _assign(uow: UnitOfWork, record: Participation, expert: UUID) -> None:
    owner = await owner_of(uow.connection, expert)
    country = owner.country if owner else record.country
    await PARTICIPATIONS.update(uow, record, replace(record, expert_id=expert, country=country))
