"""Writing periods: one function per verb, the scheduled transitions, and extensions for single countries."""

from dataclasses import replace
from datetime import date

from services.actions.measurement.periods import domain, queries
from services.actions.measurement.periods.record import Extension, Period
from services.actions.measurement.periods.tables import period
from services.actions.plan.frameworks.queries import is_known
from shared.audit.entries import FieldChange
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import Conflict, Invalid, invalid_field, pointer_to, unknown_reference
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import columns_of

PERIODS: ResourceType[Period, None] = ResourceType.of(Period, period, domain.LIFECYCLE)
EXTENSIONS = Resource("actions", "extensions", "extension")


async def create(uow: UnitOfWork, access: AccessScope, new: Period) -> Period:
    """Inserts a period, in the state that its days have today. Raises Invalid for an unknown framework or days that do
    not fit, Conflict if the framework has a period of this code."""
    require(access, "create", None)
    _require_sound(new)
    if not await is_known(uow.connection, new.framework):
        raise unknown_reference("/framework", "framework")
    planned = await PERIODS.insert(uow, replace(new, status="planned", visibility="public"))
    return await _in_time(uow, planned, today())


async def update(uow: UnitOfWork, _access: AccessScope, before: Period, wanted: Period) -> Period:
    """Updates the days of the period, and its state with them.

    Raises Conflict `period_locked`, Invalid for days that do not fit.
    """
    if before.status == "locked":
        raise Conflict("The period is locked.", code="period_locked")
    _require_sound(wanted)
    return await _in_time(uow, await PERIODS.update(uow, before, wanted), today())


async def transition(uow: UnitOfWork, access: AccessScope, before: Period, requested: TransitionRequest) -> Period:
    """Applies one transition. A reopened period has no last day until somebody sets one."""
    reopened = replace(before, closes_on=None)
    return await PERIODS.apply_transition(
        uow, before, requested, None, permitted(access, before), lambda _target: reopened
    )


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Opens, closes and locks up to 200 periods by their days."""
    day = today()
    for due in await queries.lock_due(uow.connection, day):
        await _in_time(uow, due, day)


async def _in_time(uow: UnitOfWork, record: Period, day: date) -> Period:
    """The period after each transition that its days make due."""
    while verb := domain.due_transition(record, day):
        record = await PERIODS.apply_scheduled(uow, record, verb)
    return record


async def extend(
    uow: UnitOfWork, access: AccessScope, record: Period, country: str, until: date, reason: str
) -> Extension:
    """Lets a country enter results of the period until a day, though it is closed. A later extension of the same
    country replaces it.

    Raises Invalid for a day that has passed or is more than 90 days away, Conflict `period_locked`, Forbidden outside
    the caller's grant.
    """
    require(access, "create", country)
    day = today()
    if not day <= until <= day + domain.LONGEST_EXTENSION:
        raise invalid_field("/until", "out_of_range", "Today or later, by 90 days at most.")
    locked = await queries.lock_shared(uow.connection, record.id)
    if locked is None or locked.status == "locked":
        raise Conflict("The period is locked.", code="period_locked")
    return await give_time(uow, locked, country, until, reason)


async def give_time(uow: UnitOfWork, record: Period, country: str, until: date, reason: str) -> Extension:
    """The extension of a country until a day, whoever asks."""
    before = await queries.extended_until(uow.connection, record.id, country)
    extension = Extension(record.id, country, "restricted", until, reason, now(), uow.origin.actor.label)
    await queries.extend(uow.connection, extension)
    pointer = pointer_to("extensions", country, "until")
    change: FieldChange = {"pointer": pointer, "before": before, "after": until}
    of_country = {**columns_of(record), "country": country, "visibility": extension.visibility}
    PERIODS.record_row_change(uow, "extend", of_country, of_country, "extended", reason, more=(change,))
    return extension


def _require_sound(record: Period) -> None:
    if faults := list(domain.faults(record)):
        raise Invalid("The days do not fit; see errors.", errors=faults)
