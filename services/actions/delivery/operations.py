"""Writing actions and milestones: one function per verb."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy import update as sql_update

from services.actions.access import speaks_for
from services.actions.delivery import domain, queries
from services.actions.delivery.record import Action, Milestone
from services.actions.delivery.tables import action, milestone
from shared.auth.independence import is_another, with_author
from shared.database.statements import Row, Statement
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, Invalid, invalid_field
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope
from shared.records.references import NAMED_INSTITUTIONS, reading_access
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require

ACTIONS: ResourceType[Action, domain.ActionGuardContext] = ResourceType.of(Action, action, domain.ACTION)
MILESTONES: ResourceType[Milestone, domain.MilestoneGuardContext] = ResourceType.of(
    Milestone, milestone, domain.MILESTONE
)
_of_programme = action.c.programme_id == bindparam("programme")
_FOLLOWING = (
    Statement(sql_update(action).where(_of_programme).values(visibility=bindparam("shown"))),
    Statement(
        sql_update(milestone)
        .where(milestone.c.action_id.in_(select(action.c.id).where(_of_programme)))
        .values(visibility=bindparam("shown"))
    ),
)


async def follow_programme(uow: UnitOfWork, programme: UUID, visibility: str) -> None:
    """Gives a programme's actions and milestones its visibility."""
    for statement in _FOLLOWING:
        await statement.execute(uow.connection, programme=programme, shown=visibility)


async def propose(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """A new action of a programme, in whose country it lies.

    Raises Invalid for an unknown programme or participant, Conflict where the programme has ended.
    """
    above = await queries.programme_above(uow.connection, access.context, values["programme_id"])
    unknown = invalid_field("/programme_id", "unknown_reference", "There is no such programme.")
    parent = reading_access(access.principal, Resource("actions", "programmes", "programme"))
    place = _place(access, parent, above, unknown, {"approved", "implementing", "completed"}, domain.ENDED_PROGRAMMES)
    await _require_participants(uow, access, values)
    return await ACTIONS.insert(uow, {**values, **place, "status": "proposed", **_key(values)})


async def update_action(uow: UnitOfWork, access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The action with new values; its programme stays."""
    before = await ACTIONS.lock(uow, seen["id"], seen["version"])
    if values["participants"] != before["participants"]:
        await _require_participants(uow, access, values)
    return await ACTIONS.update(uow, before, {**values, **_key(values)})


async def step_action(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of an action; its actual dates are the days of its start and its finish."""
    before = await ACTIONS.lock(uow, seen["id"], seen["version"])
    guard_context = await load_action_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(_target: str) -> dict[str, Any]:
        if requested.action == "start":
            return {"actual_start": today()}
        return {"actual_end": today()} if requested.action == "finish" else {}

    return await ACTIONS.apply_transition(uow, before, requested, guard_context, permitted(access, before), effects)


async def load_action_guard_context(
    connect: Connect, _principal: Principal, row: Mapping[str, Any], _fields: Mapping[str, Any]
) -> domain.ActionGuardContext:
    """What the guards look at: only what the steps of its state ask for is read."""
    if row["status"] not in ("planned", "finalising"):
        return domain.ActionGuardContext()
    async with connect() as connection:
        if row["status"] == "planned":
            return domain.ActionGuardContext(
                programme_status=await queries.programme_status(connection, row["programme_id"])
            )
        return domain.ActionGuardContext(open_milestones=await queries.open_milestones(connection, row["id"]))


async def plan_milestone(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """A new milestone of an action, in whose country it lies.

    Raises Invalid for an unknown action, Conflict where the action has ended.
    """
    above = await queries.action_above(uow.connection, access.context, values["action_id"])
    unknown = invalid_field("/action_id", "unknown_reference", "There is no such action.")
    place = _place(
        access,
        reading_access(access.principal, ACTIONS.resource),
        above,
        unknown,
        domain.PUBLISHED_ACTIONS,
        {"closed", "cancelled"},
    )
    return await MILESTONES.insert(
        uow, {**values, **place, "status": "pending", "claimants": [], "first_due": values["due"], **_key(values)}
    )


async def update_milestone(uow: UnitOfWork, _access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The milestone with new values. The first date stays.

    Raises Invalid `reason_required` for another date without a reason.
    """
    before = await MILESTONES.lock(uow, seen["id"], seen["version"])
    reason = values["due_reason"]
    if values["due"] != before["due"] and reason is None:
        raise invalid_field("/due_reason", "reason_required", "Another date needs a reason.")
    kept = {"due_reason": before["due_reason"] if reason is None else reason}
    return await MILESTONES.update(uow, before, {**values, **kept, **_key(values)})


async def step_milestone(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of a milestone. A refused claim is taken back; its evidence stays on file."""
    before = await MILESTONES.lock(uow, seen["id"], seen["version"])
    guard_context = await load_milestone_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(target: str) -> dict[str, Any]:
        if target == "claimed":
            by = uow.origin.actor
            return {**requested.fields, "claimed_by": by.label, "claimed_on": today(), "claimants": with_author((), by)}
        if requested.action == "refuse":
            return {"claimed_by": None, "claimed_on": None, "claimants": []}
        return {"verified_on": today()} if target == "done" else {}

    return await MILESTONES.apply_transition(uow, before, requested, guard_context, permitted(access, before), effects)


async def load_milestone_guard_context(
    connect: Connect, principal: Principal, row: Mapping[str, Any], fields: Mapping[str, Any]
) -> domain.MilestoneGuardContext:
    """What the guards look at, for this caller and this milestone."""
    independent = row["status"] == "claimed" and not speaks_for(principal, row["country"])
    needed = row["evidence_required"] not in (False, "false")
    return domain.MilestoneGuardContext(
        has_evidence=bool(fields.get("evidence") or row["evidence"] or not needed),
        is_independent=independent and await is_another(connect, principal, row["claimants"]),
    )


def _place(
    access: AccessScope,
    parent: AccessScope,
    above: Row | None,
    unknown: Invalid,
    published: Collection[str],
    ended: Collection[str],
) -> dict[str, str]:
    """Country and visibility, from the record above. What the caller may not know of is unknown."""
    if above is None or not parent.knows(above, published):
        raise unknown
    require(access, "create", above["country"])
    if above["status"] in ended:
        raise Conflict(f"The {parent.resource.entity} has ended.")
    return {"country": above["country"], "visibility": above["visibility"]}


async def _require_participants(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> None:
    keys = {UUID(participant["institution_id"]) for participant in values["participants"]}
    if keys and await NAMED_INSTITUTIONS.known(uow.connection, access.principal, keys) != keys:
        raise invalid_field("/participants", "unknown_reference", "Names an institution that is not known.")


def _key(values: Mapping[str, Any]) -> dict[str, str]:
    return {"search_key": domain.titles_search_key(values["titles"])}
