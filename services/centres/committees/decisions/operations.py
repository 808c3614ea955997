"""Writing decisions of committees: one function per verb."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from services.centres.committees.committee_meetings import domain as meetings
from services.centres.committees.committee_meetings.operations import MEETINGS
from services.centres.committees.committee_meetings.queries import meeting_at, meeting_of
from services.centres.committees.committee_meetings.record import CommitteeMeeting
from services.centres.committees.decisions import domain
from services.centres.committees.decisions.record import Decision
from services.centres.committees.decisions.tables import decision
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.references import (
    NAMED_ACTIONS,
    NAMED_CENTRES,
    NAMED_COMMITTEES,
    NAMED_INSTITUTIONS,
    NAMED_NETWORKS,
    Nameable,
    require_known,
)
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

DECISIONS: ResourceType[Decision, domain.DecisionGuardContext] = ResourceType.of(Decision, decision, domain.LIFECYCLE)
_NAMEABLE: Mapping[str, Nameable] = {
    one.resource.plural: one
    for one in (NAMED_ACTIONS, NAMED_CENTRES, NAMED_COMMITTEES, NAMED_INSTITUTIONS, NAMED_NETWORKS)
}


async def create(uow: UnitOfWork, access: AccessScope, new: Decision) -> Decision:
    """Inserts a draft. Raises Conflict for a meeting that was cancelled.

    Raises Invalid for a meeting or record that the caller may not know of and for more votes than seats are present,
    Forbidden outside the caller's grant.
    """
    named = await meeting_of(uow.connection, new.meeting_id)
    known = require_known(access.principal, named, MEETINGS.resource, (), "/meeting_id")
    require(access, "create", known.country, known.committee_id)
    meeting = await MEETINGS.lock(uow, known.id)
    _require_votes(new, meeting)
    await _require_subjects(uow, new)
    if meeting.status == "cancelled":
        raise Conflict("The meeting was cancelled.")
    placed = replace(
        new, country=meeting.country, visibility="restricted", status=domain.DRAFT, committee_id=meeting.committee_id
    )
    return await DECISIONS.insert(uow, placed)


async def update(uow: UnitOfWork, _access: AccessScope, before: Decision, wanted: Decision) -> Decision:
    """Updates a draft. Raises Conflict in another state, Invalid for more votes than seats are present."""
    if wanted.meeting_id != before.meeting_id:
        raise invalid_field("/meeting_id", "invalid_value", "A decision stays with its meeting.")
    if wanted != before and before.status != domain.DRAFT:
        raise Conflict("A decision does not change once it is taken.")
    _require_votes(wanted, await MEETINGS.lock(uow, before.meeting_id))
    if wanted.about != before.about:
        await _require_subjects(uow, wanted)
    return await DECISIONS.update(uow, before, wanted)


async def transition(uow: UnitOfWork, access: AccessScope, before: Decision, requested: TransitionRequest) -> Decision:
    """Applies one transition; what is decided has the day of the meeting, which is locked. Raises what
    `Lifecycle.advance` raises."""
    meeting = await MEETINGS.lock(uow, before.meeting_id)

    def effects(target: str) -> Decision:
        return before if target == "deferred" else replace(before, decided_on=meetings.day_of(meeting.starts))

    return await DECISIONS.apply_transition(
        uow, before, requested, _guard_context(before, meeting), permitted(access, before), effects
    )


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Decision, _fields: Fields
) -> domain.DecisionGuardContext:
    """Loads the meeting of a decision, the same for every caller."""
    async with connect() as connection:
        return _guard_context(record, await meeting_at(connection, record.meeting_id))


def _guard_context(record: Decision, meeting: CommitteeMeeting | None) -> domain.DecisionGuardContext:
    return domain.DecisionGuardContext(
        has_quorum=meeting is not None and meetings.has_quorum(meeting),
        is_held=meeting is not None and meeting.status in meetings.HELD,
        votes=record.votes,
    )


def _require_votes(record: Decision, meeting: CommitteeMeeting) -> None:
    """Raises Invalid `votes_exceed_present`, and `invalid_value` for a recused seat that is not present."""
    for number, key in enumerate(record.recused):
        if key not in meeting.present:
            raise invalid_field(f"/recused/{number}", "invalid_value", "This seat is not present at the meeting.")
    if domain.counted(record.votes, len(record.recused)) > len(meeting.present):
        raise invalid_field("/votes", "votes_exceed_present", "More votes and recusals than seats are present.")


async def _require_subjects(uow: UnitOfWork, record: Decision) -> None:
    for kind, nameable in _NAMEABLE.items():
        named = {f"/about/{n}/id": UUID(one["id"]) for n, one in enumerate(record.about) if one["kind"] == kind}
        await nameable.require(uow, named)
