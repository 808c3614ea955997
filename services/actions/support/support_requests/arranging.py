"""Making and answering offers: each step locks the request first, whose clock and experts follow."""

from dataclasses import replace
from uuid import UUID

from services.actions.support.offers import domain, queries
from services.actions.support.offers.operations import OFFERS
from services.actions.support.offers.operations import transition as change
from services.actions.support.offers.record import Offer
from services.actions.support.support_requests.operations import SUPPORT_REQUESTS, follow_offers
from shared.contracts import views
from shared.database.locks import lock_names
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, FieldError, Invalid, invalid_field
from shared.kernel.principal import Principal, RoleTable
from shared.records.access_scope import AccessScope
from shared.records.references import EXPERTS, NAMED_EXPERTS, Nameable
from shared.records.requirements import permitted, require
from shared.records.resource_type import TransitionRequest

_AVAILABLE = Nameable(EXPERTS, views.AVAILABLE_EXPERTS, frozenset({"active"}))


async def create(uow: UnitOfWork, access: AccessScope, request_id: UUID, country: str, new: Offer) -> Offer:
    """Asks an expert to help with a request of a country. `access` is the access scope for offers.

    Raises Forbidden outside the caller's grants, Invalid for an expert that the caller may not know of and for a day
    outside the next 60, Conflict unless offers for the request are sought and the expert is active, available and has
    less than three open offers and no living one for this request.
    """
    require(access, "create", country)
    request = await SUPPORT_REQUESTS.lock(uow, request_id)
    await NAMED_EXPERTS.require(uow, {"/expert_id": new.expert_id})
    if not domain.is_in_time(new.respond_by, today()):
        raise invalid_field("/respond_by", "out_of_range", "Not before today, and at most 60 days from it.")
    if request.status != "matching":
        raise Conflict("No offers are sought for the request.", members={"current_state": request.status})
    await _require_free(uow, request_id, new.expert_id)
    placed = replace(new, request_id=request_id, country=request.country, visibility="restricted", status="offered")
    made = await OFFERS.insert(uow, placed)
    await follow_offers(uow, request)
    return made


async def _require_free(uow: UnitOfWork, request_id: UUID, expert: UUID) -> None:
    """Raises Conflict if the expert cannot be asked. Parallel offers to one expert wait for one another."""
    if not await _AVAILABLE.known(uow.connection, uow.origin.actor, [expert]):
        raise _conflict("The expert is not active, or not available for support.")
    await lock_names(uow.connection, f"offers {expert}")
    if expert in {one.expert_id for one in await queries.living_of(uow.connection, request_id)}:
        raise _conflict("The expert has an offer for this request.")
    if expert in await queries.busy_experts(uow.connection):
        raise _conflict(f"The expert has {domain.MOST_OPEN} open offers.")


def _conflict(detail: str) -> Conflict:
    return Conflict(detail, errors=[FieldError("conflict", detail, pointer="/expert_id")])


async def transition(uow: UnitOfWork, access: AccessScope, before: Offer, requested: TransitionRequest) -> Offer:
    """Applies one transition of an offer, whose request is locked. Raises what `Lifecycle.advance` raises, Invalid
    `reason_required` for an answer on the expert's behalf without a reason."""
    may = permitted(access, before)
    has_reason = bool((requested.reason or "").strip())
    if may(requested.action) and needs_reason(access, before, requested.action) and not has_reason:
        detail = "Who answers for the expert says why."
        raise Invalid(errors=[FieldError("reason_required", detail, pointer="/reason")])
    after = await change(uow, access, before, requested)
    await follow_offers(uow, await SUPPORT_REQUESTS.lock(uow, before.request_id))
    return after


def needs_reason(access: AccessScope, offer: Offer, action: str) -> bool:
    """Whether the transition is one of the expert's, and the caller is not the expert."""
    return action in domain.ANSWERS and not is_own(access.principal, access.roles, offer)


def is_own(principal: Principal, roles: RoleTable, offer: Offer) -> bool:
    """Whether the principal is the expert who is asked."""
    scope = principal.permission_scope(roles, Offer.resource_type.name, "accept")
    return str(offer.expert_id) in scope.records


async def lock_request(uow: UnitOfWork, request_id: UUID) -> None:
    """Locks the request of an offer, which a rule lets its expert write."""
    await uow.allow_record(request_id)
    await SUPPORT_REQUESTS.lock(uow, request_id)


async def expire(uow: UnitOfWork) -> None:
    """Expires offers whose last day to respond has passed; at most 500 at once."""
    for key, request_id in await queries.over(uow.connection, today()):
        request = await SUPPORT_REQUESTS.lock(uow, request_id)
        before = await OFFERS.lock(uow, key)
        if before.status == "offered" and domain.is_over(before.respond_by, today()):
            await OFFERS.apply_scheduled(uow, before, "expire")
            await follow_offers(uow, request)


async def end_with_expert(uow: UnitOfWork, expert: UUID) -> int:
    """Ends the living offers of an expert who was erased. Returns how many there were."""
    living = await queries.living_with(uow.connection, expert)
    for key, request_id in living:
        request = await SUPPORT_REQUESTS.lock(uow, request_id)
        before = await OFFERS.lock(uow, key)
        if before.status in domain.LIVING:
            await OFFERS.apply_scheduled(uow, before, "end")
            await follow_offers(uow, request)
    return len(living)
