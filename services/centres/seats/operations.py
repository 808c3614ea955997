"""Writing seats: one function per verb, and the ends that a committee, an expert or time bring."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.centres.committees.domain import PUBLISHED
from services.centres.committees.queries import committee_of
from services.centres.committees.tables import seat
from services.centres.references import require_experts
from services.centres.seats import domain, queries
from services.centres.seats.record import Seat
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import invalid_field
from shared.kernel.principal import Principal
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.references import COMMITTEES, reading_access
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require

SEATS: ResourceType[domain.SeatGuardContext] = ResourceType.of(Seat, seat, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """A person appointed to an office. A second holder of a single office at once is a conflict.

    Raises Invalid for a committee or expert that the caller does not know, Forbidden outside the caller's grant.
    """
    body = await committee_of(uow.connection, values["committee_id"])
    if body is None or not reading_access(uow.origin.actor, COMMITTEES).knows(body, PUBLISHED):
        raise invalid_field("/committee_id", "unknown_reference", "There is no such committee.")
    require(access, "create", body["country"])
    await require_experts(uow, {"/person/expert_id": values["expert_id"]})
    _require_order(values, "/to")
    place = {"country": body["country"], "visibility": body["visibility"]}
    row = {**values, **place, **_derived(values), "status": "appointed"}
    return await SEATS.insert(uow, row, fact="appointed")


async def update(uow: UnitOfWork, _access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The seat with new values. Raises Invalid where it would move to another committee."""
    before = await SEATS.lock(uow, seen["id"], seen["version"])
    if values["committee_id"] != before["committee_id"]:
        raise invalid_field("/committee_id", "invalid_value", "A seat stays on its committee.")
    if values["expert_id"] != before["expert_id"]:
        await require_experts(uow, {"/person/expert_id": values["expert_id"]})
    if before["status"] == "ended" and values["ends"] is None:
        raise invalid_field("/to", "required", "A seat that has ended has an end.")
    _require_order(values, "/to")
    return await SEATS.update(uow, before, {**values, **_derived(values)})


async def transition(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of the lifecycle. Raises what `Lifecycle.advance` raises, Invalid for an end before the start."""
    before = await SEATS.lock(uow, seen["id"], seen["version"])
    ends = requested.fields.get("to")
    if not domain.is_in_order(before["starts"], ends):
        raise invalid_field("/fields/to", "invalid_date", "A seat ends after it starts.")
    ends = ends or domain.end_of(before["starts"], before["ends"], today().isoformat())
    return await SEATS.apply_transition(
        uow, before, requested, domain.SeatGuardContext(), permitted(access, before), lambda _target: {"ends": ends}
    )


async def load_guard_context(
    _connect: Connect, _principal: Principal, _row: Mapping[str, Any], _fields: Mapping[str, Any]
) -> domain.SeatGuardContext:
    """Seats have no guards."""
    return domain.SeatGuardContext()


async def end_with_committee(uow: UnitOfWork, committee: UUID) -> None:
    """Ends the seats of a committee that is no more."""
    await _expire(uow, await queries.lock_appointed(uow.connection, committee=committee))


async def end_with_expert(uow: UnitOfWork, expert: UUID) -> None:
    """Ends the seats of an expert who was erased."""
    await _expire(uow, await queries.lock_appointed(uow.connection, expert=expert))


async def end_over(uow: UnitOfWork) -> None:
    """Ends seats whose last day is over."""
    await _expire(uow, await queries.lock_over(uow.connection, today().isoformat()))


async def _expire(uow: UnitOfWork, rows: Iterable[Row]) -> None:
    for before in rows:
        ends = domain.end_of(before["starts"], before["ends"], today().isoformat())
        await SEATS.apply_scheduled(uow, before, "expire", {"ends": ends})


def _require_order(values: Mapping[str, Any], pointer: str) -> None:
    if not domain.is_in_order(values["starts"], values["ends"]):
        raise invalid_field(pointer, "invalid_date", "A seat ends after it starts.")


def _derived(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"search_key": search_key(values["person_name"] or "")}
