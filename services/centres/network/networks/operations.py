"""Writing networks: one function per verb."""

from dataclasses import replace

from services.centres.network.networks.domain import LIFECYCLE
from services.centres.network.networks.record import Network
from services.centres.network.networks.tables import network
from services.centres.network.partnerships.operations import end_with_network
from services.centres.references import require_experts
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

NETWORKS: ResourceType[Network, None] = ResourceType.of(Network, network, LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Network) -> Network:
    """Inserts an active network. Raises Forbidden without the permission, Invalid for an expert that the caller may not
    know of, Conflict for a code that another network has."""
    require(access, "create", None)
    await require_experts(uow, {"/coordinator_id": new.coordinator_id})
    placed = replace(new, status="active", visibility="public")
    return await NETWORKS.insert(uow, placed)


async def update(uow: UnitOfWork, _access: AccessScope, before: Network, wanted: Network) -> Network:
    """Updates the network. Raises Invalid for an expert that the caller may not know of."""
    if wanted.coordinator_id != before.coordinator_id:
        await require_experts(uow, {"/coordinator_id": wanted.coordinator_id})
    return await NETWORKS.update(uow, before, wanted)


async def transition(uow: UnitOfWork, access: AccessScope, before: Network, requested: TransitionRequest) -> Network:
    """Closes the network and ends its partnerships. Raises what `Lifecycle.advance` raises."""
    after = await NETWORKS.apply_transition(uow, before, requested, None, permitted(access, before))
    await end_with_network(uow, after.id)
    return after
