"""Writing milestones: one function per verb."""

from dataclasses import replace

from services.actions.classification.codes.operations import require_known_codes
from services.actions.independence import is_independent
from services.actions.plan.actions.domain import ENDED, PUBLISHED
from services.actions.plan.actions.queries import action_of
from services.actions.plan.actions.record import Action
from services.actions.plan.milestones import domain
from services.actions.plan.milestones.record import Milestone
from services.actions.plan.milestones.tables import milestone
from shared.auth.independence import with_author
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available, with_each_digest
from shared.records.references import require_known
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

MILESTONES: ResourceType[Milestone, domain.MilestoneGuardContext] = ResourceType.of(
    Milestone, milestone, domain.LIFECYCLE
)


async def create(uow: UnitOfWork, access: AccessScope, new: Milestone) -> Milestone:
    """Inserts a pending milestone of an action, in the action's country.

    Raises Invalid for an unknown action or code, Conflict if the action has ended.
    """
    named = await action_of(uow.connection, access.context, new.action_id)
    of = require_known(access.principal, named, Action.resource_type, PUBLISHED, "/action_id")
    require(access, "create", of.country)
    if of.status in ENDED:
        raise Conflict("The action has ended.")
    await require_known_codes(uow, "codes", new.codes)
    placed = replace(
        new,
        country=of.country,
        visibility=of.visibility,
        status="pending",
        first_due=new.due,
        claimants=[],
    )
    return await MILESTONES.insert(uow, placed)


async def update(uow: UnitOfWork, _access: AccessScope, before: Milestone, wanted: Milestone) -> Milestone:
    """Updates the milestone. Its first date cannot change.

    Raises Invalid `reason_required` for another date without a reason, `unknown_code` for another code.
    """
    if wanted.due_reason is None:
        if wanted.due != before.due:
            raise invalid_field("/due_reason", "reason_required", "Another date needs a reason.")
        wanted = replace(wanted, due_reason=before.due_reason)
    await require_known_codes(uow, "codes", wanted.codes, before.codes)
    return await MILESTONES.update(uow, before, wanted)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Milestone, requested: TransitionRequest
) -> Milestone:
    """Applies one transition. A rejected claim is removed; its evidence stays on file."""
    may = permitted(access, before)
    fields = requested.fields if may(requested.action) else {}
    documents = given(fields, "evidence", list) or ()
    evidence = await with_each_digest(uow, "/fields/evidence", documents) or before.evidence
    guard_context = await load_guard_context(uow.connect, access.principal, before, fields)

    def effects(target: str) -> Milestone:
        if target == "claimed":
            by = uow.origin.actor
            claimants = with_author((), by)
            return replace(before, evidence=evidence, claimed_by=by.label, claimed_on=today(), claimants=claimants)
        if requested.action == "refuse":
            return replace(before, claimed_by=None, claimed_on=None, claimants=[])
        return replace(before, verified_on=today()) if target == "done" else before

    return await MILESTONES.apply_transition(uow, before, requested, guard_context, may, effects)


async def load_guard_context(
    connect: Connect, principal: Principal, record: Milestone, fields: Fields
) -> domain.MilestoneGuardContext:
    """Loads the inputs of the guards for this caller and this milestone."""
    is_open, evidence = record.status == "claimed", given(fields, "evidence", list)
    async with connect() as connection:
        is_available = await are_available(connection, evidence or record.evidence or ())
    return domain.MilestoneGuardContext(
        has_evidence=bool(evidence or record.evidence or record.evidence_required is False),
        is_evidence_available=is_available,
        is_independent=is_open and await is_independent(connect, principal, record.country, record.claimants),
    )
