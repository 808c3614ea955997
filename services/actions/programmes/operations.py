"""Writing programmes: one function per verb. Their actions and milestones carry their visibility."""

from collections.abc import Mapping
from typing import Any

from services.actions.access import ROLES
from services.actions.coordination.queries import standing_level
from services.actions.delivery.operations import follow_programme
from services.actions.delivery.queries import open_actions, plan
from services.actions.frameworks.queries import is_known, is_valid
from services.actions.government.queries import require_body
from services.actions.programmes import domain
from services.actions.programmes.queries import committee_lives, is_of_country, lock_living
from services.actions.programmes.record import Programme
from services.actions.programmes.tables import programme
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, FieldError, invalid_field
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.references import NAMED_CENTRES, NAMED_COMMITTEES
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require, require_publishing

PROGRAMMES: ResourceType[Programme, domain.ProgrammeGuardContext] = ResourceType.of(
    Programme, programme, domain.LIFECYCLE
)


_NAMEABLE = {"committee_id": NAMED_COMMITTEES, "centre_id": NAMED_CENTRES}


async def create(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """A programme that is being explored.

    Raises Invalid for a framework, committee or centre that is not known, Conflict where the country has a living
    programme under the framework.
    """
    require(access, "create", values["country"])
    require_publishing(access, values["visibility"], values["country"])
    if not await is_known(uow.connection, values["framework"]):
        raise invalid_field("/framework", "unknown_reference", "There is no framework of this code.")
    await _require_known(uow, access, values["country"], values)
    if await lock_living(uow.connection, values["country"], values["framework"]):
        detail = "The country has a living programme under this framework."
        raise Conflict(detail, errors=[FieldError("conflict", detail, pointer="/framework")])
    return await PROGRAMMES.insert(uow, {**values, "status": "exploring"})


async def update(uow: UnitOfWork, access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The programme with new values; its country and framework stay."""
    before = await PROGRAMMES.lock(uow, seen["id"], seen["version"])
    await _require_known(
        uow, access, before["country"], {name: value for name, value in values.items() if before[name] != value}
    )
    moves = values["visibility"] != before["visibility"]
    if moves:
        require_publishing(access, values["visibility"], before["country"], before["id"])
    after = await PROGRAMMES.update(uow, before, values)
    if moves:
        await follow_programme(uow, after["id"], after["visibility"])
    return after


async def transition(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of the lifecycle. A waiver is kept where it was needed."""
    before = await PROGRAMMES.lock(uow, seen["id"], seen["version"])
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(target: str) -> dict[str, Any]:
        if requested.action == "start":
            needed = guard_context.endorsement_level < domain.ENDORSEMENT_LEVEL
            return {"started_on": today(), "waiver": _waiver(access.principal, requested) if needed else None}
        return {"completed_on": today()} if target == "completed" else {}

    return await PROGRAMMES.apply_transition(uow, before, requested, guard_context, permitted(access, before), effects)


def _waiver(principal: Principal, requested: TransitionRequest) -> Mapping[str, Any]:
    """The waiver as it is kept, with the second person who confirmed it, or was named."""
    waiver: Mapping[str, Any] = requested.fields["waiver"]
    return {**waiver, "second_person": str(principal.id)} if requested.proposed_by else waiver


async def load_guard_context(
    connect: Connect, principal: Principal, row: Mapping[str, Any], fields: Mapping[str, Any]
) -> domain.ProgrammeGuardContext:
    """What the guards look at, for this caller and this programme: only what its state's steps ask for is read."""
    status, waiver = row["status"], fields.get("waiver")
    has_committee, covered, measured, level, valid, unfinished = False, 0, 0, 0, False, 0
    if status in ("exploring", "designing", "approved", "implementing"):
        async with connect() as connection:
            if status == "exploring":
                has_committee = await committee_lives(connection, row)
            elif status == "designing":
                covered, measured = await plan(connection, row["id"])
            elif status == "implementing":
                unfinished = await open_actions(connection, row["id"])
            else:
                valid = await is_valid(connection, row["framework"], today())
                level = await standing_level(connection, row["country"])
    may_waive = principal.permission_scope(ROLES, PROGRAMMES.resource.name, "waive").covers(row["country"])
    return domain.ProgrammeGuardContext(
        has_committee=has_committee,
        has_centre=row["centre_id"] is not None,
        pillars_covered=covered,
        pillars_with_baseline=measured,
        endorsement_level=level,
        has_waiver=waiver is not None,
        has_valid_framework=valid,
        open_actions=unfinished,
        waiver_fault="waiver_not_permitted" if waiver and not may_waive else None,
    )


async def _require_known(uow: UnitOfWork, access: AccessScope, country: str, values: Mapping[str, Any]) -> None:
    await require_body(uow.connection, access, "lead_body_id", values.get("lead_body_id"), country)
    for field in ("committee_id", "centre_id"):
        key = values.get(field)
        if key is None:
            continue
        known = await _NAMEABLE[field].known(uow.connection, access.principal, [key])
        if not known or not await is_of_country(uow.connection, access.context, field, key, country):
            raise invalid_field(f"/{field}", "unknown_reference", "There is no record with this id in the country.")
