"""Writing focal points: one function per verb."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import cast
from uuid import UUID

from services.actions.coordination.focal_points import domain, queries
from services.actions.coordination.focal_points.handing_over import holder_of, move_tasks
from services.actions.coordination.focal_points.record import FocalPoint, Successor
from services.actions.coordination.focal_points.tables import focal_point
from services.actions.governments.government_bodies.queries import require_body
from services.actions.references import require_account
from shared.database.locks import lock_names
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import given
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.documents import with_digest
from shared.records.references import NAMED_EXPERTS
from shared.records.requirements import permitted, require_creation, require_visibility_change
from shared.records.resource_type import ResourceType, TransitionRequest

FOCAL_POINTS: ResourceType[FocalPoint, None] = ResourceType.of(FocalPoint, focal_point, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: FocalPoint) -> FocalPoint:
    """Inserts a nominated focal point. Raises Invalid for an unknown body, expert or account."""
    require_creation(access, new)
    await NAMED_EXPERTS.require(uow, {"/person/expert_id": new.expert_id})
    await require_account(uow.connection, "/account_id", new.account_id)
    await require_body(uow.connection, access, "body_id", new.body_id, new.country)
    return await _enter(uow, new)


async def _enter(uow: UnitOfWork, new: FocalPoint) -> FocalPoint:
    new = await with_digest(uow, "letter", new)
    return await FOCAL_POINTS.insert(uow, replace(new, status="nominated", search_key=_search_key(new)))


async def update(uow: UnitOfWork, access: AccessScope, before: FocalPoint, wanted: FocalPoint) -> FocalPoint:
    """Updates the focal point; its country cannot change. Raises Invalid for an unknown body, expert or account."""
    require_visibility_change(access, before, wanted)
    if wanted.body_id != before.body_id:
        await require_body(uow.connection, access, "body_id", wanted.body_id, before.country)
    if wanted.expert_id != before.expert_id:
        await NAMED_EXPERTS.require(uow, {"/person/expert_id": wanted.expert_id})
    if wanted.account_id != before.account_id:
        await require_account(uow.connection, "/account_id", wanted.account_id)
    wanted = await with_digest(uow, "letter", wanted, before)
    await _note_holder(uow, before)
    return await FOCAL_POINTS.update(uow, before, replace(wanted, search_key=_search_key(wanted)))


async def transition(
    uow: UnitOfWork, access: AccessScope, before: FocalPoint, requested: TransitionRequest
) -> FocalPoint:
    """Applies one transition; the tasks of a focal point move to the successor. `hand_over` with a successor puts them
    into office. Raises what `Lifecycle.advance` raises, Invalid for an overlap of more than 60 days and for a successor
    that the caller may not know of."""

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
    await _note_holder(uow, after)
    if after.status == "ended":
        await _announce_vacancy(uow, after)
    successor = given(requested.fields, "successor", dict)
    if successor is not None:
        await _put_into_office(uow, after, cast(Successor, successor))
    await move_tasks(uow, after, requested.action)
    return after


async def _put_into_office(uow: UnitOfWork, before: FocalPoint, named: Successor) -> None:
    """Enters the successor of a focal point who hands over, in office from today."""
    person, account = named["person"], named.get("account_id")
    expert = person.get("expert_id")
    await NAMED_EXPERTS.require(uow, {"/fields/successor/person/expert_id": expert})
    await require_account(uow.connection, "/fields/successor/account_id", account)
    columns = {
        "country": before.country,
        "visibility": before.visibility,
        "person": {"expert_id": expert and str(expert), "name": person.get("name")},
        "expert_id": expert,
        "account_id": account,
        "body_id": before.body_id,
        "role": before.role,
        "letter": named.get("letter"),
        "predecessor_id": before.id,
    }
    entered = await _enter(uow, FOCAL_POINTS.new(columns))
    accepted = replace(entered, status="active", starts=today())
    await _note_holder(uow, await FOCAL_POINTS.write(uow, "accept", entered, accepted, fact="activated"))


async def end_with_expert(uow: UnitOfWork, expert: UUID) -> int:
    """Ends the offices of an expert who was erased. Returns how many there were."""
    return await _end_all(uow, await queries.lock_in_office(uow.connection, expert))


async def end_with_account(uow: UnitOfWork, account: UUID) -> None:
    """Ends the offices that name an account, which was closed."""
    await _end_all(uow, await queries.lock_in_office(uow.connection, account=account))


async def _end_all(uow: UnitOfWork, in_office: Sequence[FocalPoint]) -> int:
    for before in in_office:
        ended = replace(before, status="ended", ends=max(today(), before.starts or today()))
        await _note_holder(uow, before)
        await _announce_vacancy(uow, await FOCAL_POINTS.write(uow, "end", before, ended, fact="ended"))
    return len(in_office)


async def end_over(uow: UnitOfWork) -> None:
    """Ends the offices whose last day of handing over has passed; their tasks move as with `end`. At most 500 at
    once."""
    for before in await queries.lock_over(uow.connection, today()):
        after = await FOCAL_POINTS.write(uow, "end", before, replace(before, status="ended"), fact="ended")
        await _note_holder(uow, after)
        await _announce_vacancy(uow, after)
        await move_tasks(uow, after, "end")


async def _note_holder(uow: UnitOfWork, point: FocalPoint) -> None:
    """The role of a focal point begins and ends with the transaction, for caches too."""
    account = await holder_of(uow, point)
    if account is not None:
        uow.principals.add(account)


async def _announce_vacancy(uow: UnitOfWork, ended: FocalPoint) -> None:
    """Announces that a country has no focal point in office any more. Ends in one country wait for each other, so that
    one of two parallel ones is the last."""
    await lock_names(uow.connection, f"focal points {ended.country}")
    if not await queries.is_anybody_in_office(uow.connection, ended.country):
        FOCAL_POINTS.record_change(uow, "leave_vacant", ended, ended, "vacant")


def _search_key(record: FocalPoint) -> str:
    return search_key(record.person.get("name") or "", record.role or "")
