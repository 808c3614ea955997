"""Writing actions and milestones: one function per verb."""

from dataclasses import replace
from uuid import UUID

from services.actions.access import speaks_for
from services.actions.delivery import domain, queries
from services.actions.delivery.record import Action, Milestone
from services.actions.delivery.tables import action, milestone
from services.actions.programmes.domain import ENDED, PUBLISHED
from services.actions.programmes.operations import PROGRAMMES
from services.actions.programmes.queries import programme_of
from shared.auth.independence import is_another, with_author
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.references import NAMED_INSTITUTIONS, reading_access
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require

ACTIONS: ResourceType[Action, domain.ActionGuardContext] = ResourceType.of(Action, action, domain.ACTION)
MILESTONES: ResourceType[Milestone, domain.MilestoneGuardContext] = ResourceType.of(
    Milestone, milestone, domain.MILESTONE
)


async def create_action(uow: UnitOfWork, access: AccessScope, new: Action) -> Action:
    """A proposed action of a programme, in whose country it lies.

    Raises Invalid for an unknown programme or participant, Conflict where the programme has ended.
    """
    of = await programme_of(uow.connection, access.context, new.programme_id)
    if of is None or not reading_access(access.principal, PROGRAMMES.resource).knows(of, PUBLISHED):
        raise invalid_field("/programme_id", "unknown_reference", "There is no such programme.")
    require(access, "create", of.country)
    if of.status in ENDED:
        raise Conflict("The programme has ended.")
    await _require_participants(uow, access, new)
    placed = replace(new, country=of.country, visibility=of.visibility, status="proposed", search_key=_search_key(new))
    return await ACTIONS.insert(uow, placed)


async def update_action(uow: UnitOfWork, access: AccessScope, before: Action, wanted: Action) -> Action:
    """The action as it is wanted; its programme stays."""
    if wanted.participants != before.participants:
        await _require_participants(uow, access, wanted)
    return await ACTIONS.update(uow, before, replace(wanted, search_key=_search_key(wanted)))


async def transition_action(
    uow: UnitOfWork, access: AccessScope, before: Action, requested: TransitionRequest
) -> Action:
    """One transition of an action; its actual dates are the days of its start and its finish."""
    guard_context = await load_action_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(_target: str) -> Action:
        if requested.action == "start":
            return replace(before, actual_start=today())
        return replace(before, actual_end=today()) if requested.action == "finish" else before

    return await ACTIONS.apply_transition(uow, before, requested, guard_context, permitted(access, before), effects)


async def load_action_guard_context(
    connect: Connect, _principal: Principal, record: Action, _fields: Fields
) -> domain.ActionGuardContext:
    """What the guards look at: only what the transitions of its state ask for is read."""
    if record.status not in ("planned", "finalising"):
        return domain.ActionGuardContext()
    async with connect() as connection:
        if record.status == "planned":
            of = await programme_of(connection, SYSTEM_CONTEXT, record.programme_id)
            return domain.ActionGuardContext(programme_status=of.status if of else None)
        return domain.ActionGuardContext(open_milestones=await queries.open_milestones(connection, record.id))


async def create_milestone(uow: UnitOfWork, access: AccessScope, new: Milestone) -> Milestone:
    """A pending milestone of an action, in whose country it lies.

    Raises Invalid for an unknown action, Conflict where the action has ended.
    """
    of = await queries.action_of(uow.connection, access.context, new.action_id)
    if of is None or not reading_access(access.principal, ACTIONS.resource).knows(of, domain.PUBLISHED_ACTIONS):
        raise invalid_field("/action_id", "unknown_reference", "There is no such action.")
    require(access, "create", of.country)
    if of.status in domain.ENDED_ACTIONS:
        raise Conflict("The action has ended.")
    placed = replace(
        new,
        country=of.country,
        visibility=of.visibility,
        status="pending",
        first_due=new.due,
        claimants=[],
        search_key=_search_key(new),
    )
    return await MILESTONES.insert(uow, placed)


async def update_milestone(uow: UnitOfWork, _access: AccessScope, before: Milestone, wanted: Milestone) -> Milestone:
    """The milestone as it is wanted. The first date stays.

    Raises Invalid `reason_required` for another date without a reason.
    """
    if wanted.due_reason is None:
        if wanted.due != before.due:
            raise invalid_field("/due_reason", "reason_required", "Another date needs a reason.")
        wanted = replace(wanted, due_reason=before.due_reason)
    return await MILESTONES.update(uow, before, replace(wanted, search_key=_search_key(wanted)))


async def transition_milestone(
    uow: UnitOfWork, access: AccessScope, before: Milestone, requested: TransitionRequest
) -> Milestone:
    """One transition of a milestone. A refused claim is taken back; its evidence stays on file."""
    guard_context = await load_milestone_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(target: str) -> Milestone:
        if target == "claimed":
            by, evidence = uow.origin.actor, given(requested.fields, "evidence", list) or before.evidence
            claimants = with_author((), by)
            return replace(before, evidence=evidence, claimed_by=by.label, claimed_on=today(), claimants=claimants)
        if requested.action == "refuse":
            return replace(before, claimed_by=None, claimed_on=None, claimants=[])
        return replace(before, verified_on=today()) if target == "done" else before

    return await MILESTONES.apply_transition(uow, before, requested, guard_context, permitted(access, before), effects)


async def load_milestone_guard_context(
    connect: Connect, principal: Principal, record: Milestone, fields: Fields
) -> domain.MilestoneGuardContext:
    """What the guards look at, for this caller and this milestone."""
    independent = record.status == "claimed" and not speaks_for(principal, record.country)
    return domain.MilestoneGuardContext(
        has_evidence=bool(fields.get("evidence") or record.evidence or record.evidence_required is False),
        is_independent=independent and await is_another(connect, principal, record.claimants),
    )


async def _require_participants(uow: UnitOfWork, access: AccessScope, record: Action) -> None:
    keys = {UUID(participant["institution_id"]) for participant in record.participants}
    if keys and await NAMED_INSTITUTIONS.known(uow.connection, access.principal, keys) != keys:
        raise invalid_field("/participants", "unknown_reference", "Names an institution that is not known.")


def _search_key(record: Action | Milestone) -> str:
    return search_key(*record.titles.values())
