"""Writing meetings of committees: one function per verb, and the cancellation caused by a committee that has ended."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.centres.committees.committee_meetings import domain, queries
from services.centres.committees.committee_meetings.record import CommitteeMeeting
from services.centres.committees.committee_meetings.tables import committee_meeting
from services.centres.committees.committees.domain import ENDED, PUBLISHED
from services.centres.committees.committees.queries import committee_of
from services.centres.committees.committees.record import Committee
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import Conflict, FieldError, Invalid, invalid_field
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available, with_digest
from shared.records.references import COMMITTEES, require_known
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

MEETINGS: ResourceType[CommitteeMeeting, domain.MeetingGuardContext] = ResourceType.of(
    CommitteeMeeting, committee_meeting, domain.LIFECYCLE
)


async def create(uow: UnitOfWork, access: AccessScope, new: CommitteeMeeting) -> CommitteeMeeting:
    """Inserts a planned meeting. Raises Conflict for a committee that has ended.

    Raises Invalid for a committee or seat that the caller may not know of and for a seat that has ended, Forbidden
    outside the caller's grant.
    """
    named = await committee_of(uow.connection, new.committee_id)
    of = require_known(access.principal, named, COMMITTEES, PUBLISHED, "/committee_id")
    require(access, "create", of.country, of.id)
    await _require_seats(uow, new)
    _require_living(of)
    needed = await queries.needed_on(uow.connection, of.id, domain.day_of(new.starts))
    placed = replace(
        new,
        country=of.country,
        visibility="restricted",
        status="planned",
        needed=needed,
    )
    made = await MEETINGS.insert(uow, await with_digest(uow, "minutes", placed))
    # The insert waits for a change of its committee.
    _require_living(await committee_of(uow.connection, of.id))
    return made


async def update(
    uow: UnitOfWork, _access: AccessScope, before: CommitteeMeeting, wanted: CommitteeMeeting
) -> CommitteeMeeting:
    """Updates the meeting. Raises Conflict if its minutes are approved or it was cancelled, and if an adopted decision
    would lose its quorum; Invalid for fewer seats than decisions count."""
    if wanted.committee_id != before.committee_id:
        raise invalid_field("/committee_id", "invalid_value", "The committee of a meeting cannot change.")
    if wanted != before and before.status in domain.FINAL:
        raise Conflict("A meeting does not change once its minutes are approved or it is cancelled.")
    await _require_seats(uow, wanted, before)
    wanted = await with_digest(uow, "minutes", wanted, before)
    if wanted.starts != before.starts:
        day = domain.day_of(wanted.starts)
        wanted = replace(wanted, needed=await queries.needed_on(uow.connection, before.committee_id, day))
    if (wanted.present, wanted.needed) != (before.present, before.needed):
        await _require_decisions(uow, wanted)
    return await MEETINGS.update(uow, before, wanted)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: CommitteeMeeting, requested: TransitionRequest
) -> CommitteeMeeting:
    """Applies one transition. Raises what `Lifecycle.advance` raises."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    return await MEETINGS.apply_transition(uow, before, requested, guard_context, permitted(access, before))


async def load_guard_context(
    connect: Connect, _principal: Principal, record: CommitteeMeeting, _fields: Fields
) -> domain.MeetingGuardContext:
    """Loads the seats and documents of a meeting, the same for every caller."""
    async with connect() as connection:
        seats = await queries.seats_at(connection, record.present) if record.status == "planned" else []
        is_available = await are_available(connection, (record.minutes,))
    return domain.MeetingGuardContext(
        present=len(record.present),
        has_ended_seat=domain.has_ended_before(seats, domain.day_of(record.starts)),
        has_minutes=record.minutes is not None,
        are_documents_available=is_available,
    )


async def end_with_committee(uow: UnitOfWork, committee: UUID) -> None:
    """Cancels the planned meetings of a committee that has ended."""
    while planned := await queries.lock_planned(uow.connection, committee):
        for before in planned:
            await MEETINGS.apply_scheduled(uow, before, "cancel_with_committee")


def _require_living(committee: Committee | None) -> None:
    if committee is None or committee.status in ENDED:
        raise Conflict("The committee has ended.")


async def _require_seats(uow: UnitOfWork, wanted: CommitteeMeeting, before: CommitteeMeeting | None = None) -> None:
    """Raises Invalid `unknown_reference` for a seat of no or of another committee, `seat_ended` for one that is present
    though it has ended or does not include the day, `invalid_value` for one that is both present and excused. Seats
    that were named before are not examined."""
    named = {"present": wanted.present, "apologies": wanted.apologies}
    known = {name: getattr(before, name) if before else [] for name in named}
    added = {name: [key for key in keys if key not in known[name]] for name, keys in named.items()}
    found = await queries.seats_named(uow.connection, {key for keys in added.values() for key in keys})
    seats = {one.id: one for one in found if one.committee_id == wanted.committee_id}
    day, errors = domain.day_of(wanted.starts), []
    for name, key in ((name, key) for name, keys in added.items() for key in keys):
        pointer = f"/{name}/{named[name].index(key)}"
        if key not in seats:
            errors.append(FieldError("unknown_reference", "The committee has no such seat.", pointer=pointer))
        elif name == "present" and not domain.may_be_present(seats[key], day):
            errors.append(FieldError("seat_ended", "Nobody has this seat on the day.", pointer=pointer))
    errors += [
        FieldError("invalid_value", "A seat is either present or excused.", pointer=f"/apologies/{number}")
        for number, key in enumerate(wanted.apologies)
        if key in wanted.present
    ]
    _raise(errors)


async def _require_decisions(uow: UnitOfWork, wanted: CommitteeMeeting) -> None:
    """Raises what `update` says for decisions of the meeting."""
    counted = await queries.counted_in(uow.connection, wanted.id)
    if counted.votes > len(wanted.present) or not counted.recused.issubset(wanted.present):
        detail = "Decisions of the meeting count more seats than these."
        _raise([FieldError("votes_exceed_present", detail, pointer="/present")])
    if counted.is_adopted and not domain.has_quorum(wanted):
        raise Conflict("A decision was adopted, which needs the quorum.")


def _raise(errors: Sequence[FieldError]) -> None:
    if errors:
        raise Invalid(errors=list(errors))
