"""Writing actions: one function per verb."""

from dataclasses import replace
from uuid import UUID

from services.actions.classification.codes.operations import require_known_codes
from services.actions.plan.actions import domain
from services.actions.plan.actions.queries import open_milestones
from services.actions.plan.actions.record import Action, Baseline
from services.actions.plan.actions.tables import action
from services.actions.plan.programmes.domain import ENDED, PUBLISHED
from services.actions.plan.programmes.queries import programme_of
from services.actions.plan.programmes.record import Programme
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, unknown_reference
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.documents import with_digests
from shared.records.references import NAMED_INSTITUTIONS, require_known
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

ACTIONS: ResourceType[Action, domain.ActionGuardContext] = ResourceType.of(Action, action, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Action) -> Action:
    """Inserts a proposed action of a programme, in the programme's country.

    Raises Invalid for an unknown programme, participant or code, Conflict if the programme has ended.
    """
    named = await programme_of(uow.connection, access.context, new.programme_id)
    of = require_known(access.principal, named, Programme.resource_type, PUBLISHED, "/programme_id")
    require(access, "create", of.country)
    if of.status in ENDED:
        raise Conflict("The programme has ended.")
    await _require_participants(uow, access, new)
    await require_known_codes(uow, "tags", new.tags)
    placed = replace(
        new,
        country=of.country,
        visibility=of.visibility,
        status="proposed",
        baseline=await _with_digest(uow, new.baseline),
    )
    return await ACTIONS.insert(uow, placed)


async def update(uow: UnitOfWork, access: AccessScope, before: Action, wanted: Action) -> Action:
    """Updates the action; its programme cannot change. Raises Invalid for an unknown participant or code."""
    if wanted.participants != before.participants:
        await _require_participants(uow, access, wanted)
    await require_known_codes(uow, "tags", wanted.tags, before.tags)
    if wanted.baseline != before.baseline:
        wanted = replace(wanted, baseline=await _with_digest(uow, wanted.baseline))
    return await ACTIONS.update(uow, before, wanted)


async def transition(uow: UnitOfWork, access: AccessScope, before: Action, requested: TransitionRequest) -> Action:
    """Applies one transition. The actual dates are the days of the start and the finish."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(_target: str) -> Action:
        if requested.action == "start":
            return replace(before, actual_start=today())
        return replace(before, actual_end=today()) if requested.action == "finish" else before

    return await ACTIONS.apply_transition(uow, before, requested, guard_context, permitted(access, before), effects)


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Action, _fields: Fields
) -> domain.ActionGuardContext:
    """Loads the inputs of the guards; reads only what the transitions of the present state need."""
    if record.status not in ("planned", "finalising"):
        return domain.ActionGuardContext()
    async with connect() as connection:
        if record.status == "planned":
            of = await programme_of(connection, SYSTEM_CONTEXT, record.programme_id)
            return domain.ActionGuardContext(programme_status=of.status if of else None)
        return domain.ActionGuardContext(open_milestones=await open_milestones(connection, record.id))


async def _require_participants(uow: UnitOfWork, access: AccessScope, record: Action) -> None:
    keys = {UUID(participant["institution_id"]) for participant in record.participants}
    if keys and await NAMED_INSTITUTIONS.known(uow.connection, access.principal, keys) != keys:
        raise unknown_reference("/participants", "institution")


async def _with_digest(uow: UnitOfWork, baseline: Baseline | None) -> Baseline | None:
    """The baseline, with the digest of the evidence that it names as its source."""
    if baseline is None:
        return None
    (source,) = await with_digests(uow, {"/baseline/source": baseline["source"]})
    return {**baseline, "source": source}
