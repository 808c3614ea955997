"""Writing calendars."""

from dataclasses import replace
from uuid import UUID

from services.actions.coordination.calendars import domain, queries
from services.actions.coordination.calendars.record import Calendar
from services.actions.coordination.calendars.tables import calendar
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, Forbidden, unknown_reference
from shared.records.resource_type import ResourceType

CALENDARS: ResourceType[Calendar, None] = ResourceType.of(Calendar, calendar, domain.LIFECYCLE)


async def create(uow: UnitOfWork, new: Calendar) -> tuple[Calendar, str]:
    """Inserts a calendar of the actor. Returns it and its key, which is shown only once. Raises Invalid for a programme
    that the actor may not know of or that is of another country, Conflict if the actor has 10 calendars."""
    owner = uow.origin.actor
    if owner.id is None:
        raise Forbidden("Only people, clients and keys have calendars.", members={"reason": "not_permitted"})
    country = await _country(uow, new)
    await uow.allow_record(owner.id)
    if await queries.active(uow.connection, owner.id) >= domain.MOST:
        raise Conflict(f"An owner has at most {domain.MOST} calendars.", members={"reason": "too_many_calendars"})
    key = domain.new_key()
    placed = replace(
        new,
        country=country,
        visibility="restricted",
        status="active",
        owner_kind=str(owner.kind),
        owner_id=owner.id,
        digest=domain.digest(key),
    )
    return await CALENDARS.insert(uow, placed), key


async def end(uow: UnitOfWork, owner: UUID, key: UUID) -> None:
    """Ends a calendar, whose address shows nothing any more. A second call changes nothing."""
    await uow.allow_record(owner)
    before = await CALENDARS.lock(uow, key)
    if before.status == "active":
        await CALENDARS.apply_scheduled(uow, before, "end")


async def end_all(uow: UnitOfWork, owner: UUID) -> None:
    """Ends the calendars of a closed account, or of one whose password was recovered: others may know their
    addresses."""
    for before in await queries.lock_active(uow.connection, owner):
        await CALENDARS.apply_scheduled(uow, before, "end")


async def _country(uow: UnitOfWork, new: Calendar) -> str | None:
    """The country of the calendar: that of its programme, if it has one."""
    if new.programme_id is None:
        return new.country
    await queries.PROGRAMMES.require(uow, {"/programme_id": new.programme_id})
    country = await queries.country_of_programme(uow.connection, new.programme_id)
    if new.country not in (None, country):
        raise unknown_reference("/programme_id", "programme in the country")
    return country
