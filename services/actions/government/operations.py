"""Writing government bodies, focal points and meetings: one function per verb."""

from dataclasses import replace
from datetime import date

from services.actions.government import domain
from services.actions.government.queries import require_body
from services.actions.government.record import FocalPoint, GovernmentBody, Meeting
from services.actions.government.tables import focal_point, government_body, meeting
from services.actions.references import require_expert
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import given
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require, require_publishing

BODIES: ResourceType[GovernmentBody, None] = ResourceType.of(GovernmentBody, government_body, domain.BODY)
FOCAL_POINTS: ResourceType[FocalPoint, None] = ResourceType.of(FocalPoint, focal_point, domain.FOCAL_POINT)
MEETINGS: ResourceType[Meeting, None] = ResourceType.of(Meeting, meeting, domain.MEETING)


async def create_body(uow: UnitOfWork, access: AccessScope, new: GovernmentBody) -> GovernmentBody:
    """A body of a government."""
    require(access, "create", new.country)
    require_publishing(access, new.visibility, new.country)
    return await BODIES.insert(uow, replace(new, status="active", search_key=search_key(*new.names.values())))


async def update_body(
    uow: UnitOfWork, access: AccessScope, before: GovernmentBody, wanted: GovernmentBody
) -> GovernmentBody:
    """The body as it is wanted; its country stays."""
    if wanted.visibility != before.visibility:
        require_publishing(access, wanted.visibility, before.country, before.id)
    return await BODIES.update(uow, before, replace(wanted, search_key=search_key(*wanted.names.values())))


async def transition_body(
    uow: UnitOfWork, access: AccessScope, before: GovernmentBody, requested: TransitionRequest
) -> GovernmentBody:
    """Raises Invalid: a body takes no transitions."""
    return await BODIES.apply_transition(uow, before, requested, None, permitted(access, before))


async def create_focal_point(uow: UnitOfWork, access: AccessScope, new: FocalPoint) -> FocalPoint:
    """A nominated focal point. Raises Invalid for a body or an expert that is not known."""
    require(access, "create", new.country)
    require_publishing(access, new.visibility, new.country)
    await require_expert(uow.connection, access.principal, "/person/expert_id", new.expert_id)
    await require_body(uow.connection, access, "body_id", new.body_id, new.country)
    return await FOCAL_POINTS.insert(uow, replace(new, status="nominated", search_key=_person_key(new)))


async def update_focal_point(
    uow: UnitOfWork, access: AccessScope, before: FocalPoint, wanted: FocalPoint
) -> FocalPoint:
    """The focal point as it is wanted; its country stays. Raises Invalid for a body or an expert that is not known."""
    if wanted.visibility != before.visibility:
        require_publishing(access, wanted.visibility, before.country, before.id)
    if wanted.body_id != before.body_id:
        await require_body(uow.connection, access, "body_id", wanted.body_id, before.country)
    if wanted.expert_id != before.expert_id:
        await require_expert(uow.connection, access.principal, "/person/expert_id", wanted.expert_id)
    return await FOCAL_POINTS.update(uow, before, replace(wanted, search_key=_person_key(wanted)))


async def transition_focal_point(
    uow: UnitOfWork, access: AccessScope, before: FocalPoint, requested: TransitionRequest
) -> FocalPoint:
    """One transition. Raises what `Lifecycle.advance` raises, Invalid for an overlap of more than 60 days."""

    def effects(target: str) -> FocalPoint:
        if target == "active":
            return replace(before, starts=before.starts or today())
        last_day = today()
        if target == "handing_over":
            last_day = given(requested.fields, "until", date) or today() + domain.LONGEST_OVERLAP
            if not domain.is_overlap(last_day, today()):
                raise invalid_field("/fields/until", "invalid_date", "Not in the past, and at most 60 days from today.")
        return replace(before, ends=max(last_day, before.starts or last_day))

    return await FOCAL_POINTS.apply_transition(uow, before, requested, None, permitted(access, before), effects)


async def create_meeting(uow: UnitOfWork, access: AccessScope, new: Meeting) -> Meeting:
    """A meeting that was held."""
    require(access, "create", new.country)
    require_publishing(access, new.visibility, new.country)
    return await MEETINGS.insert(uow, replace(new, status="held", search_key=search_key(*new.titles.values())))


async def update_meeting(uow: UnitOfWork, access: AccessScope, before: Meeting, wanted: Meeting) -> Meeting:
    """The meeting as it is wanted; its country stays."""
    if wanted.visibility != before.visibility:
        require_publishing(access, wanted.visibility, before.country, before.id)
    return await MEETINGS.update(uow, before, replace(wanted, search_key=search_key(*wanted.titles.values())))


async def transition_meeting(
    uow: UnitOfWork, access: AccessScope, before: Meeting, requested: TransitionRequest
) -> Meeting:
    """Raises Invalid: a meeting takes no transitions."""
    return await MEETINGS.apply_transition(uow, before, requested, None, permitted(access, before))


def _person_key(record: FocalPoint) -> str:
    return search_key(record.person.get("name") or "", record.role or "")
