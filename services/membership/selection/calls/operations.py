"""Writing calls: one function per verb, and what the schedule does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.membership.selection.calls import domain, queries
from services.membership.selection.calls.record import Call
from services.membership.selection.calls.tables import call
from services.membership.selection.conflicts.operations import find_conflicts
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, FieldError, invalid_field
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.documents import with_digests
from shared.records.panels import PanelMember, check_criteria, check_panel
from shared.records.references import NAMED_EXPERTS
from shared.records.requirements import permitted, require_creation, require_visibility_change
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import differing

CALLS: ResourceType[Call, domain.CallGuardContext] = ResourceType.of(Call, call, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Call) -> Call:
    """Inserts a draft. Raises Forbidden outside the caller's grant, Conflict for a code that is taken, Invalid for
    deadlines out of order, an unknown expert in the panel or a key that is used twice."""
    require_creation(access, new)
    if await queries.is_known(uow.connection, new.code):
        detail = "There is a call of this code."
        raise Conflict(detail, errors=[FieldError("not_unique", detail, pointer="/code")])
    placed = replace(new, status="draft")
    await _check(uow, placed, ())
    return await CALLS.insert(uow, placed)


async def update(uow: UnitOfWork, access: AccessScope, before: Call, wanted: Call) -> Call:
    """Updates a call. Code and country stay; once it is open, only its texts, visibility, seats, targets and panel
    change. Raises Conflict for anything else, and once the results are decided."""
    require_visibility_change(access, before, wanted)
    for name in ("code", "country"):
        if getattr(wanted, name) != getattr(before, name):
            raise invalid_field(f"/{name}", "invalid_value", "This stays as the call was made.")
    if before.status != "draft" and differing(before, wanted).keys() - domain.changeable_in(before.status):
        raise Conflict("This does not change any more.", members={"current_state": before.status})
    await _check(uow, wanted, before.panel)
    after = await CALLS.update(uow, before, wanted)
    if after.panel != before.panel:
        await find_conflicts(uow, after.id)
    return after


async def transition(uow: UnitOfWork, access: AccessScope, before: Call, requested: TransitionRequest) -> Call:
    """Applies one transition. Raises what `Lifecycle.advance` raises, and Invalid for a deadline that is not later."""
    may = permitted(access, before)
    offered = given(requested.fields, "document", dict) if may(requested.action) else None
    (document,) = await with_digests(uow, {"/fields/document": offered}, is_final=True)
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(target: str) -> Call:
        if requested.action == "extend":
            return domain.extended(
                before,
                given(requested.fields, "nominee_deadline", datetime),
                given(requested.fields, "nominator_deadline", datetime),
            )
        if target == "decided":
            return replace(before, decision=document)
        return replace(before, published_at=now()) if target == "published" else before

    return await CALLS.apply_transition(uow, before, requested, guard_context, may, effects)


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Call, fields: Fields
) -> domain.CallGuardContext:
    """What the guards look at, for this call."""
    undecided = 0
    if record.status == "assessing":
        async with connect() as connection:
            undecided = await queries.undecided(connection, record.id)
    return domain.CallGuardContext(record.nominee_deadline, now(), undecided, bool(fields.get("document")))


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Ends the time for nominations of calls whose last deadline has passed."""
    for before in await queries.lock_over(uow.connection, now()):
        await CALLS.apply_scheduled(uow, before, "assess")
        await find_conflicts(uow, before.id)


async def _check(uow: UnitOfWork, wanted: Call, known: Sequence[PanelMember]) -> None:
    domain.check_deadlines(wanted)
    check_criteria(wanted.criteria)
    check_panel(wanted.panel)
    await _require_experts(uow, wanted.panel, known)


async def _require_experts(uow: UnitOfWork, panel: Sequence[PanelMember], known: Sequence[PanelMember]) -> None:
    before = {member["expert_id"] for member in known}
    named = {f"/panel/{place}/expert_id": UUID(member["expert_id"]) for place, member in enumerate(panel)}
    await NAMED_EXPERTS.require(uow, {pointer: key for pointer, key in named.items() if str(key) not in before})
