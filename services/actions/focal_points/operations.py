"""Writing focal points: one function per verb."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.actions.focal_points import domain, queries
from services.actions.focal_points.handing_over import move_tasks
from services.actions.focal_points.record import FocalPoint
from services.actions.focal_points.tables import focal_point
from services.actions.government_bodies.queries import require_body
from services.actions.references import require_expert
from shared.database.locks import lock_names
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import given
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.documents import with_digest
from shared.records.resource_type import (
    ResourceType,
    TransitionRequest,
    permitted,
    require_creation,
    require_visibility_change,
)

FOCAL_POINTS: ResourceType[FocalPoint, None] = ResourceType.of(FocalPoint, focal_point, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: FocalPoint) -> FocalPoint:
    """Inserts a nominated focal point. Raises Invalid for an unknown body or expert."""
    require_creation(access, new)
    await require_expert(uow.connection, access.principal, "/person/expert_id", new.expert_id)
    await require_body(uow.connection, access, "body_id", new.body_id, new.country)
    new = await with_digest(uow, "letter", new)
    return await FOCAL_POINTS.insert(uow, replace(new, status="nominated", search_key=_search_key(new)))


async def update(uow: UnitOfWork, access: AccessScope, before: FocalPoint, wanted: FocalPoint) -> FocalPoint:
    """Updates the focal point; its country cannot change. Raises Invalid for an unknown body or expert."""
    require_visibility_change(access, before, wanted)
    if wanted.body_id != before.body_id:
        await require_body(uow.connection, access, "body_id", wanted.body_id, before.country)
    if wanted.expert_id != before.expert_id:
        await require_expert(uow.connection, access.principal, "/person/expert_id", wanted.expert_id)
    wanted = await with_digest(uow, "letter", wanted, before)
    return await FOCAL_POINTS.update(uow, before, replace(wanted, search_key=_search_key(wanted)))


async def transition(
    uow: UnitOfWork, access: AccessScope, before: FocalPoint, requested: TransitionRequest
) -> FocalPoint:
    """Applies one transition; the tasks of a focal point move to the successor. Raises what `Lifecycle.advance` raises,
    Invalid for an overlap of more than 60 days."""

    def effects(target: str) -> FocalPoint:
        if target == "active":
            return replace(before, starts=before.starts or today())
        last_day = today()
        if target == "handing_over":
            last_day = given(requested.fields, "until", date) or today() + domain.LONGEST_OVERLAP
            if not domain.is_overlap(last_day, today()):
                raise invalid_field("/fields/until", "invalid_date", "Not in the past, and at most 60 days from today.")
        return replace(before, ends=max(last_day, before.starts or last_day))

    after = await FOCAL_POINTS.apply_transition(uow, before, requested, None, permitted(access, before), effects)
    if after.status == "ended":
        await _announce_vacancy(uow, after)
    await move_tasks(uow, after, requested.action)
    return after


async def end_with_expert(uow: UnitOfWork, expert: UUID) -> int:
    """Ends the offices of an expert who was erased. Returns how many there were."""
    in_office = await queries.lock_in_office(uow.connection, expert)
    for before in in_office:
        ended = replace(before, status="ended", ends=max(today(), before.starts or today()))
        await _announce_vacancy(uow, await FOCAL_POINTS.write(uow, "end", before, ended, fact="ended"))
    return len(in_office)


async def end_over(uow: UnitOfWork) -> None:
    """Ends the offices whose last day of handing over has passed; their tasks move as with `end`. At most 500 at
    once."""
    for before in await queries.lock_over(uow.connection, today()):
        after = await FOCAL_POINTS.write(uow, "end", before, replace(before, status="ended"), fact="ended")
        await _announce_vacancy(uow, after)
        await move_tasks(uow, after, "end")


async def _announce_vacancy(uow: UnitOfWork, ended: FocalPoint) -> None:
    """Announces that a country has no focal point in office any more. Ends in one country wait for each other, so that
    one of two parallel ones is the last."""
    await lock_names(uow.connection, f"focal points {ended.country}")
    if not await queries.is_anybody_in_office(uow.connection, ended.country):
        FOCAL_POINTS.record_change(uow, "leave_vacant", ended, ended, "vacant")


def _search_key(record: FocalPoint) -> str:
    return search_key(record.person.get("name") or "", record.role or "")
