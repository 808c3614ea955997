"""Writing partnerships: one function per verb, and the ends caused by a side or the schedule."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import UUID

from services.centres.network.partnerships import domain, queries
from services.centres.network.partnerships.domain import Side
from services.centres.network.partnerships.record import Partnership
from services.centres.network.partnerships.tables import partnership
from shared.database.locks import lock_names, share_names
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, invalid_field, unknown_reference
from shared.records.access_scope import AccessScope
from shared.records.references import NAMED_CENTRES, NAMED_INSTITUTIONS, NAMED_NETWORKS
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

PARTNERSHIPS: ResourceType[Partnership, None] = ResourceType.of(Partnership, partnership, domain.LIFECYCLE)
_SIDES = ("centre_id", "partner_centre_id", "partner_institution_id", "partner_network_id", "kind")


async def create(uow: UnitOfWork, access: AccessScope, new: Partnership) -> Partnership:
    """Inserts a partnership that the centre proposes.

    Raises Invalid for a side or an agreement that the caller may not know of, Forbidden outside the grants, Conflict
    for a side that has ended, and for a second living partnership of the pair and kind.
    """
    await NAMED_CENTRES.require(uow, {"/centre_id": new.centre_id})
    centre = await queries.side_of_centre(uow.connection, new.centre_id)
    require(access, "create", centre.country if centre else None, new.centre_id)
    await _require_partner(uow, new)
    partner = await _partner(uow, new)
    if centre is None or partner is None:
        raise unknown_reference("/centre_id", "centre")
    if centre.has_ended or partner.has_ended:
        raise Conflict("A side of the partnership has ended.")
    await _require_agreement(uow, new)
    _require_order(new)
    made = await PARTNERSHIPS.insert(uow, domain.between(new, centre, partner, "proposed"))
    # The insert waits for changes of its centres and its network; later ones see it.
    if (await queries.side_of_centre(uow.connection, new.centre_id), await _partner(uow, new)) != (centre, partner):
        raise Conflict("A side has changed in the meantime; propose the partnership again.")
    return made


async def update(uow: UnitOfWork, _access: AccessScope, before: Partnership, wanted: Partnership) -> Partnership:
    """Updates dates and agreement of a living partnership. Raises Invalid if a side or the kind would change, Conflict
    if it has ended."""
    for name in _SIDES:
        if getattr(wanted, name) != getattr(before, name):
            pointer = f"/{name}" if name in ("centre_id", "kind") else "/partner"
            raise invalid_field(pointer, "invalid_value", "A partnership keeps its sides and its kind.")
    if wanted != before and before.status not in domain.LIVING:
        raise Conflict("A partnership that has ended does not change.")
    if wanted.agreement_id != before.agreement_id:
        await _require_agreement(uow, wanted)
    _require_order(wanted)
    return await PARTNERSHIPS.update(uow, before, wanted)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Partnership, requested: TransitionRequest
) -> Partnership:
    """Applies one transition. `accept` and `end` set the first and the last day, unless the partnership names them.
    Raises what `Lifecycle.advance` raises."""
    changed = {"accept": domain.accepted, "end": domain.ended}.get(requested.action)

    def effects(_target: str) -> Partnership:
        return changed(before, today()) if changed else before

    return await PARTNERSHIPS.apply_transition(uow, before, requested, None, may_take(access, before), effects)


def may_take(access: AccessScope, record: Partnership) -> Callable[[str], bool]:
    """Whether the caller may request a verb. Only the other side accepts: a grant that covers the partner, of somebody
    who has not proposed the partnership and has no grant over its centre. The office accepts for a network."""
    may = permitted(access, record)
    scope = access.principal.permission_scope(access.roles, access.resource.name, "accept")
    is_own = record.created_by in access.principal.labels or str(record.centre_id) in scope.records
    country = record.country if record.partner_network_id else record.partner_country
    is_other = not is_own and scope.covers(country, record.partner_id)
    return lambda verb: may(verb) and (is_other or verb != "accept")


async def follow_centre(uow: UnitOfWork, key: UUID, country: str, status: str, visibility: str) -> None:
    """Gives the partnerships of a centre its visibility, and ends them if the centre has ended."""
    side = queries.centre_side(country, status, visibility)
    await queries.follow_centre(uow.connection, key, side)
    while side.has_ended and (living := await queries.lock_of_centre(uow.connection, key)):
        await _end(uow, living)


async def follow_institution(uow: UnitOfWork, key: UUID) -> None:
    """Gives the partnerships with an institution its visibility and country, and ends them if it is inactive or left
    the register. Reads the present state. Merges are followed by `services.centres.merges`."""
    await lock_names(uow.connection, _lock_of(key))
    side = await queries.side_of_institution(uow.connection, key)
    if side is None:
        return
    await queries.follow_institution(uow.connection, key, side)
    while side.has_ended and (living := await queries.lock_of_institution(uow.connection, key)):
        await _end(uow, living)


async def end_with_network(uow: UnitOfWork, key: UUID) -> None:
    """Ends the partnerships with a network that has closed."""
    while living := await queries.lock_of_network(uow.connection, key):
        await _end(uow, living)


async def name_institution(uow: UnitOfWork, before: Partnership, institution: UUID | None) -> None:
    """The locked partnership with another institution, after a merge or its undoing. Ends it if the centre has another
    one of its kind with that institution."""
    side = await queries.side_of_institution(uow.connection, institution) if institution else None
    is_second = (
        institution is not None
        and institution != before.partner_institution_id
        and before.status in domain.LIVING
        and await queries.has_living(uow.connection, before.centre_id, institution, before.kind)
    )
    if is_second:
        (before,) = await _end(uow, [before])
    centre = Side(before.country, before.centre_visibility, has_ended=False)
    partner = side or Side(before.partner_country or "", before.partner_visibility, has_ended=False)
    wanted = domain.between(replace(before, partner_institution_id=institution), centre, partner, before.status)
    await PARTNERSHIPS.update(uow, before, wanted)


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Ends partnerships whose last day has passed."""
    for before in await queries.lock_over(uow.connection, today()):
        await PARTNERSHIPS.apply_scheduled(uow, before, "expire")


async def _end(uow: UnitOfWork, living: Iterable[Partnership]) -> list[Partnership]:
    return [
        await PARTNERSHIPS.apply_scheduled(uow, before, "end_with_side", domain.ended(before, today()))
        for before in living
    ]


async def _require_partner(uow: UnitOfWork, record: Partnership) -> None:
    """Raises Invalid for a partner that the caller may not know of, or that is the centre itself. Until the transaction
    ends, no change of an institution is followed."""
    if record.partner_centre_id == record.centre_id:
        raise invalid_field("/partner/centre_id", "invalid_value", "A centre has other partners than itself.")
    await NAMED_CENTRES.require(uow, {"/partner/centre_id": record.partner_centre_id})
    await NAMED_NETWORKS.require(uow, {"/partner/network_id": record.partner_network_id})
    await NAMED_INSTITUTIONS.require(uow, {"/partner/institution_id": record.partner_institution_id})
    if record.partner_institution_id is not None:
        await share_names(uow.connection, _lock_of(record.partner_institution_id))


def _lock_of(institution: UUID) -> str:
    return f"partnerships.{institution}"


async def _partner(uow: UnitOfWork, record: Partnership) -> Side | None:
    if record.partner_centre_id is not None:
        return await queries.side_of_centre(uow.connection, record.partner_centre_id)
    if record.partner_institution_id is not None:
        return await queries.side_of_institution(uow.connection, record.partner_institution_id)
    return await queries.side_of_network(uow.connection, record.partner_id)


async def _require_agreement(uow: UnitOfWork, record: Partnership) -> None:
    key = record.agreement_id
    if key is not None and not await queries.is_agreement_of(uow.connection, key, record.centre_id):
        raise invalid_field("/agreement_id", "unknown_reference", "The centre has no such agreement.")


def _require_order(record: Partnership) -> None:
    if record.starts is not None and record.ends is not None and record.ends < record.starts:
        raise invalid_field("/to", "invalid_date", "A partnership ends after it begins.")
