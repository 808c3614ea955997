"""Writing programmes: one function per verb."""

from dataclasses import replace
from uuid import UUID

from services.actions.access import ROLES
from services.actions.governments.endorsements.domain import ENDORSEMENT_LEVEL
from services.actions.governments.endorsements.queries import highest_level
from services.actions.governments.government_bodies.queries import require_body
from services.actions.plan.frameworks.queries import is_known, is_valid
from services.actions.plan.programmes import domain, queries
from services.actions.plan.programmes.record import Programme, Waiver
from services.actions.plan.programmes.tables import programme
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, FieldError, unknown_reference
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.references import NAMED_CENTRES, NAMED_COMMITTEES
from shared.records.requirements import permitted, require_creation, require_visibility_change
from shared.records.resource_type import ResourceType, TransitionRequest

PROGRAMMES: ResourceType[Programme, domain.ProgrammeGuardContext] = ResourceType.of(
    Programme, programme, domain.LIFECYCLE
)
_OF_ACTIONS = "UPDATE action_action SET visibility = $2 WHERE programme_id = $1"
_OF_MILESTONES = """
UPDATE action_milestone SET visibility = $2
WHERE action_id IN (SELECT id FROM action_action WHERE programme_id = $1)
"""
"""Actions and milestones have the visibility of their programme."""
_NAMEABLE = {"committee_id": NAMED_COMMITTEES, "centre_id": NAMED_CENTRES}


async def create(uow: UnitOfWork, access: AccessScope, new: Programme) -> Programme:
    """Inserts a programme in exploration.

    Raises Invalid for an unknown framework, committee or centre, Conflict if the country has another programme under
    the framework that has not ended.
    """
    require_creation(access, new)
    if not await is_known(uow.connection, new.framework):
        raise unknown_reference("/framework", "framework")
    await _require_references(uow, access, new, None)
    if await queries.lock_living(uow.connection, new.country, new.framework):
        detail = "The country has a living programme under this framework."
        raise Conflict(detail, errors=[FieldError("conflict", detail, pointer="/framework")])
    return await PROGRAMMES.insert(uow, replace(new, status="exploring"))


async def update(uow: UnitOfWork, access: AccessScope, before: Programme, wanted: Programme) -> Programme:
    """Updates the programme; its country and framework cannot change."""
    await _require_references(uow, access, wanted, before)
    require_visibility_change(access, before, wanted)
    after = await PROGRAMMES.update(uow, before, wanted)
    if after.visibility != before.visibility:
        for statement in (_OF_ACTIONS, _OF_MILESTONES):
            await uow.connection.execute(statement, after.id, after.visibility)
    return after


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Programme, requested: TransitionRequest
) -> Programme:
    """Applies one transition. Stores a waiver if one was needed."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(target: str) -> Programme:
        if requested.action == "start":
            is_endorsed = guard_context.endorsement_level >= ENDORSEMENT_LEVEL
            waiver = None if is_endorsed else _waiver(access.principal, requested)
            return replace(before, started_on=today(), waiver=waiver)
        return replace(before, completed_on=today()) if target == "completed" else before

    return await PROGRAMMES.apply_transition(uow, before, requested, guard_context, permitted(access, before), effects)


async def load_guard_context(
    connect: Connect, principal: Principal, record: Programme, fields: Fields
) -> domain.ProgrammeGuardContext:
    """Loads the inputs of the guards for this caller; reads only what the transitions of the present state need."""
    has_committee, plan, level, valid, unfinished = False, queries.Plan(0, 0), 0, False, 0
    if record.status in ("exploring", "designing", "approved", "implementing"):
        async with connect() as connection:
            if record.status == "exploring":
                has_committee = await queries.committee_lives(connection, record)
            elif record.status == "designing":
                plan = await queries.plan_of(connection, record.id)
            elif record.status == "implementing":
                unfinished = await queries.open_actions(connection, record.id)
            else:
                valid = await is_valid(connection, record.framework, today())
                level = await highest_level(connection, record.country)
    waiver = given(fields, "waiver", dict)
    may_waive = principal.permission_scope(ROLES, PROGRAMMES.resource.name, "waive").covers(record.country)
    return domain.ProgrammeGuardContext(
        has_committee=has_committee,
        has_centre=record.centre_id is not None,
        pillars_covered=plan.covered,
        pillars_with_baseline=plan.measured,
        endorsement_level=level,
        has_waiver=waiver is not None,
        has_valid_framework=valid,
        open_actions=unfinished,
        waiver_fault="waiver_not_permitted" if waiver and not may_waive else None,
    )


def _waiver(principal: Principal, requested: TransitionRequest) -> Waiver | None:
    """The waiver with the second person who confirmed it or was named."""
    waiver = given(requested.fields, "waiver", dict)
    if waiver is None:
        return None
    second = str(principal.id) if requested.proposed_by else waiver["second_person"]
    return {"reason": waiver["reason"], "second_person": second}


async def _require_references(
    uow: UnitOfWork, access: AccessScope, wanted: Programme, before: Programme | None
) -> None:
    """Raises Invalid if a changed body, committee or centre is unknown in the country."""

    def changed(name: str) -> UUID | None:
        value: UUID | None = getattr(wanted, name)
        return None if before is not None and value == getattr(before, name) else value

    await require_body(uow.connection, access, "lead_body_id", changed("lead_body_id"), wanted.country)
    for field, nameable in _NAMEABLE.items():
        key = changed(field)
        if key is None:
            continue
        known = await nameable.known(uow.connection, access.principal, [key])
        if not known or not await queries.is_of_country(uow.connection, access.context, field, key, wanted.country):
            raise unknown_reference(f"/{field}", f"{nameable.resource.title} in the country")
