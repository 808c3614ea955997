"""Writing offers. The callers lock the request first, whose clock follows."""

from dataclasses import replace
from uuid import UUID

from services.actions.support.offers import queries
from services.actions.support.offers.domain import LIFECYCLE, OfferGuardContext, is_over
from services.actions.support.offers.record import Offer
from services.actions.support.offers.tables import offer
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted
from shared.records.resource_type import ResourceType, TransitionRequest

OFFERS: ResourceType[Offer, OfferGuardContext] = ResourceType.of(Offer, offer, LIFECYCLE, is_personal=True)


async def transition(uow: UnitOfWork, access: AccessScope, before: Offer, requested: TransitionRequest) -> Offer:
    """Applies one transition, with the day of an acceptance. Raises what `Lifecycle.advance` raises."""

    def effects(target: str) -> Offer:
        return replace(before, accepted_on=today()) if target == "accepted" else before

    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    return await OFFERS.apply_transition(uow, before, requested, guard_context, permitted(access, before), effects)


async def load_guard_context(
    _connect: Connect, _principal: Principal, record: Offer, _fields: Fields
) -> OfferGuardContext:
    """The input of the guard for this offer."""
    return OfferGuardContext(is_over=is_over(record.respond_by, today()))


async def end_of_request(uow: UnitOfWork, request_id: UUID, *, only_open: bool) -> None:
    """Ends the living offers of a request, or the open ones."""
    for before in await queries.lock_living(uow.connection, request_id, only_open=only_open):
        await uow.allow_record(before.expert_id)
        await OFFERS.apply_scheduled(uow, before, "end")
