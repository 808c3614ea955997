"""Writing seats: one function per verb, and the ends caused by a committee, an expert or the schedule."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from services.centres.committees.committees.domain import PUBLISHED
from services.centres.committees.committees.queries import committee_of
from services.centres.committees.committees.record import Committee
from services.centres.committees.seats import domain, queries
from services.centres.committees.seats.record import Seat
from services.centres.committees.seats.tables import seat as seat_table
from services.centres.references import note_holder, require_experts
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import given
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.references import COMMITTEES, require_known
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

_OF_TERM = ("expert_id", "search_key", "office", "starts", "reason")
"""What the number of a term depends on, and whether it needs a reason."""
SEATS: ResourceType[Seat, None] = ResourceType.of(Seat, seat_table, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Seat) -> Seat:
    """Appoints a person to an office. Raises Conflict for a second holder of a single office.

    Raises Invalid for a committee or expert that the caller may not know of and for a further term without a reason,
    Forbidden outside the caller's grant.
    """
    named = await committee_of(uow.connection, new.committee_id)
    of = require_known(access.principal, named, COMMITTEES, PUBLISHED, "/committee_id")
    require(access, "create", of.country)
    await require_experts(uow, {"/person/expert_id": new.expert_id})
    _require_order(new)
    placed = replace(
        new,
        country=of.country,
        visibility=of.visibility,
        status="appointed",
        search_key=_search_key(new),
        term=1,
        rotation_due=None,
    )
    return await SEATS.insert(uow, await _with_term(uow, placed, of), fact="appointed")


async def update(uow: UnitOfWork, _access: AccessScope, before: Seat, wanted: Seat) -> Seat:
    """Updates the seat. Raises Invalid if its committee would change, and for a further term without a reason."""
    if wanted.committee_id != before.committee_id:
        raise invalid_field("/committee_id", "invalid_value", "The committee of a seat cannot change.")
    if wanted.expert_id != before.expert_id:
        await require_experts(uow, {"/person/expert_id": wanted.expert_id})
    if before.status == "ended" and wanted.ends is None:
        raise invalid_field("/to", "required", "A seat that has ended has an end.")
    _require_order(wanted)
    wanted = replace(wanted, search_key=_search_key(wanted))
    if any(getattr(wanted, name) != getattr(before, name) for name in _OF_TERM):
        wanted = await _with_term(uow, wanted, await committee_of(uow.connection, wanted.committee_id))
    await note_holder(uow, before.expert_id)
    return await SEATS.update(uow, before, wanted)


async def transition(uow: UnitOfWork, access: AccessScope, before: Seat, requested: TransitionRequest) -> Seat:
    """Applies one transition. Raises what `Lifecycle.advance` raises, Invalid for an end before the start."""
    ends = given(requested.fields, "to", str)
    if not domain.is_in_order(before.starts, ends):
        raise invalid_field("/fields/to", "invalid_date", "A seat ends after it starts.")
    ended = replace(before, ends=ends or domain.end_of(before.starts, before.ends, today().isoformat()))
    await note_holder(uow, before.expert_id)
    return await SEATS.apply_transition(uow, before, requested, None, permitted(access, before), lambda _target: ended)


async def end_with_committee(uow: UnitOfWork, committee: UUID) -> None:
    """Ends the seats of a committee that has ended."""
    await _expire(uow, await queries.lock_appointed(uow.connection, committee=committee))


async def end_with_expert(uow: UnitOfWork, expert: UUID) -> int:
    """Ends the seats of an expert who was erased. Returns how many there were."""
    ended = 0
    while seats := await queries.lock_appointed(uow.connection, expert=expert):
        await _expire(uow, seats)
        ended += len(seats)
    return ended


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Ends seats whose last day has passed."""
    await _expire(uow, await queries.lock_over(uow.connection, today().isoformat()))


async def remind(uow: UnitOfWork) -> None:
    """Announces that seats end soon, once for each seat and day of a reminder; at most 2,500."""
    for one in await queries.take_reminded(uow.connection, today()):
        SEATS.record_change(uow, "remind", one, one, "ending")


async def _with_term(uow: UnitOfWork, record: Seat, of: Committee | None) -> Seat:
    """The seat with its term and the day of its rotation. Raises Invalid `terms_exceeded` for a term that the rotation
    of the committee does not include, unless the seat has a reason."""
    rotation = of.rotation if of else None
    term = 1 + await queries.terms_before(uow.connection, record)
    if rotation is not None and term > rotation["terms"] and record.reason is None:
        raise invalid_field("/reason", "terms_exceeded", "One term more than the rotation allows needs a reason.")
    return replace(record, term=term, rotation_due=domain.rotation_due(record.starts, rotation and rotation["years"]))


async def _expire(uow: UnitOfWork, seats: Iterable[Seat]) -> None:
    for before in seats:
        ends = domain.end_of(before.starts, before.ends, today().isoformat())
        await note_holder(uow, before.expert_id)
        await SEATS.apply_scheduled(uow, before, "expire", replace(before, ends=ends))


def _require_order(record: Seat) -> None:
    if not domain.is_in_order(record.starts, record.ends):
        raise invalid_field("/to", "invalid_date", "A seat ends after it starts.")


def _search_key(record: Seat) -> str:
    return search_key(record.person_name or "")
