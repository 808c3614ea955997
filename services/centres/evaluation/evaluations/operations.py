"""Writing evaluations: one function per verb, what a renewal opens, and conflicts of interest."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.centres.evaluation.evaluations import conditions, domain, queries
from services.centres.evaluation.evaluations.record import Evaluation
from services.centres.evaluation.evaluations.tables import evaluation
from services.centres.references import require_experts
from shared.database.context import SYSTEM_CONTEXT
from shared.database.statements import Connection
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import CommittedConflict, Conflict, FieldError, Invalid, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available, with_digest, with_digests
from shared.records.panels import check_criteria, check_panel, conflict_of
from shared.records.record import Document
from shared.records.references import NAMED_CENTRES
from shared.records.requirements import require
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import differing

EVALUATIONS: ResourceType[Evaluation, domain.EvaluationGuardContext] = ResourceType.of(
    Evaluation, evaluation, domain.LIFECYCLE
)
_OF_EVERY_ROW = f"{SYSTEM_CONTEXT.set_local};SET LOCAL escm.records=''"


async def create(uow: UnitOfWork, access: AccessScope, new: Evaluation) -> Evaluation:
    """Inserts a planned evaluation. Raises Forbidden outside the caller's grant, Conflict for a centre that has closed.

    Raises Invalid for a centre or an expert that the caller may not know of, for an expert of the host institution, on
    the committee of the country or who directs the centre, and for a name or key that is used twice.
    """
    await NAMED_CENTRES.require(uow, {"/centre_id": new.centre_id})
    centre = await queries.centre_named(uow.connection, new.centre_id)
    if centre is None:
        raise unknown_reference("/centre_id", "centre")
    require(access, "create", centre["country"])
    if centre["status"] == "closed":
        raise Conflict("The centre has closed.")
    placed = replace(new, country=centre["country"], visibility="restricted", status="planned", conflicts=[])
    checked = await with_digest(uow, "report", await _checked(uow, placed, None))
    await _see_own_conflict(uow, checked)
    return await EVALUATIONS.insert(uow, checked)


async def open_renewal(uow: UnitOfWork, centre: UUID, country: str) -> None:
    """Inserts a planned evaluation for the renewal of a centre, unless it has one that has not ended."""
    if await queries.has_open_renewal(uow.connection, centre):
        return
    new = EVALUATIONS.new({"panel": [], "criteria": domain.CRITERIA, "conditions": [], "conflicts": []})
    placed = replace(
        new, centre_id=centre, kind=domain.RENEWAL, country=country, visibility="restricted", status="planned"
    )
    await EVALUATIONS.insert(uow, placed)


async def cancel_planned(uow: UnitOfWork, centre: UUID) -> None:
    """Cancels the planned evaluations of a centre that closes, also those that a conflict of interest hides from the
    caller. One that is in progress goes on."""
    for before in await queries.lock_planned(uow.connection, centre):
        await EVALUATIONS.apply_scheduled(uow, before, "cancel_by_closure")


async def update(uow: UnitOfWork, _access: AccessScope, before: Evaluation, wanted: Evaluation) -> Evaluation:
    """Updates an evaluation; its centre stays. Once it is in progress, kind and criteria stay; once it is completed,
    all but the days on which conditions were met. Raises Conflict for anything else, and Invalid as `create` does."""
    if wanted.centre_id != before.centre_id:
        raise invalid_field("/centre_id", "invalid_value", "An evaluation stays with its centre.")
    changed = differing(before, wanted).keys()
    if before.status not in domain.OPEN:
        are_met = before.status == "completed" and changed == {"conditions"}
        if changed and not (are_met and conditions.have_same_texts(before.conditions, wanted.conditions)):
            raise Conflict("An evaluation does not change once it has ended.")
        return await EVALUATIONS.update(uow, before, wanted)
    checked = await _checked(uow, wanted, before)
    if before.status != "planned" and differing(before, checked).keys() & domain.WHILE_SCORED:
        raise Conflict("What is scored does not change once the evaluation is in progress.")
    checked = await with_digest(uow, "report", checked, before)
    await _see_own_conflict(uow, checked)
    return await EVALUATIONS.update(uow, before, checked)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Evaluation, requested: TransitionRequest
) -> Evaluation:
    """Applies one transition. Raises what `Lifecycle.advance` raises, and Invalid for a condition that is not open."""
    may, fields = may_take(access, before), requested.fields
    offered = given(fields, "report", dict) if may(requested.action) else None
    (report,) = await with_digests(uow, {"/fields/report": offered}, is_final=True)
    concluded = _concluded(before, fields, report)
    if requested.action == "start" and may("start"):
        concluded = await _with_conflicts(uow, concluded)
    guard_context = await _guard_context(uow.connection, concluded)
    await _see_own_conflict(uow, concluded)

    def effects(_target: str) -> Evaluation:
        match requested.action:
            case "complete":
                return replace(concluded, completed_on=today())
            case "respond":
                return replace(before, response=requested.reason, responded_on=today())
            case conditions.MEET:
                number, day = given(fields, "number", int), given(fields, "met_on", date)
                return replace(before, conditions=conditions.with_met(before.conditions, number, day, today()))
        return concluded

    return await EVALUATIONS.apply_transition(uow, before, requested, guard_context, may, effects)


def may_take(access: AccessScope, record: Evaluation) -> Callable[[str], bool]:
    """Whether the caller may request a verb: by a grant over the country, the evaluation or its centre."""
    return lambda verb: access.may(verb, record.country, (record.id, record.centre_id))


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Evaluation, _fields: Fields
) -> domain.EvaluationGuardContext:
    """Loads the scores and the report of an evaluation, the same for every caller."""
    async with connect() as connection:
        return await _guard_context(connection, record)


async def _guard_context(connection: Connection, record: Evaluation) -> domain.EvaluationGuardContext:
    is_scored = record.status == "in_progress"
    return domain.EvaluationGuardContext(
        today=today(),
        members=len(domain.unconflicted(record)),
        scorers=len(await queries.scores_of(connection, record)) if is_scored else 0,
        has_report=record.report is not None,
        has_recommendation=record.recommendation is not None,
        is_report_available=not is_scored or await are_available(connection, (record.report,)),
        completed_on=record.completed_on,
        conditions=record.conditions,
    )


async def lock_for(uow: UnitOfWork, key: UUID, expert: UUID) -> Evaluation:
    """The evaluation, locked, with the conflicts of interest that are found now, of which its centre does not learn.
    The caller has made all its checks: from here on the unit of work reads and writes every row.

    Raises CommittedConflict `transition_not_allowed` if the expert has a conflict of interest.
    """
    await uow.connection.execute(_OF_EVERY_ROW)
    before = await EVALUATIONS.lock(uow, key)
    found = await _with_conflicts(uow, before)
    if found != before:
        before = await EVALUATIONS.write_aside(uow, "find_conflicts", before, found, fact="updated")
    if conflict_of(before.conflicts, expert) is not None:
        raise CommittedConflict(
            "You have a conflict of interest.", code="transition_not_allowed", members={"reason": "conflicted"}
        )
    return before


async def state_conflict(uow: UnitOfWork, before: Evaluation, expert: UUID) -> None:
    """Stores the conflict of interest that a member of the panel states."""
    stated = domain.with_conflicts(before.conflicts, {expert: (domain.STATED,)})
    await EVALUATIONS.write_aside(uow, "state_conflict", before, replace(before, conflicts=stated), fact="updated")


def _concluded(before: Evaluation, fields: Fields, report: Document | None) -> Evaluation:
    """The evaluation with the findings that a transition gives."""
    after = before if report is None else replace(before, report=report)
    if (recommendation := given(fields, "recommendation", str)) is not None:
        after = replace(after, recommendation=recommendation)
    if (wanted := given(fields, "conditions", list)) is not None:
        after = replace(after, conditions=wanted)
    return after


async def _checked(uow: UnitOfWork, wanted: Evaluation, before: Evaluation | None) -> Evaluation:
    """The evaluation as it is stored: with the default criteria if it names none, and with conflicts of interest."""
    wanted = replace(wanted, criteria=wanted.criteria or domain.CRITERIA)
    check_panel(wanted.panel)
    check_criteria(wanted.criteria)
    if wanted.starts is not None and wanted.ends is not None and wanted.ends < wanted.starts:
        raise invalid_field("/ends", "invalid_date", "An evaluation ends after it starts.")
    known = {member["expert_id"] for member in before.panel} if before else set()
    members = [(f"/panel/{place}/expert_id", UUID(one["expert_id"])) for place, one in enumerate(wanted.panel)]
    added = {pointer: key for pointer, key in members if str(key) not in known}
    await require_experts(uow, {**added})
    found = await queries.relations(uow.connection, wanted.centre_id, [key for _, key in members])
    errors = [
        FieldError(*domain.REFUSED[kind], pointer=pointer)
        for pointer, key in added.items()
        for kind in sorted(found.get(key, ()))
        if kind in domain.REFUSED
    ]
    if errors:
        raise Invalid(errors[0].detail or "", errors=errors)
    return replace(wanted, conflicts=domain.with_conflicts(wanted.conflicts, found))


async def _see_own_conflict(uow: UnitOfWork, wanted: Evaluation) -> None:
    """Lets the unit of work write an evaluation that a conflict of interest hides from the caller, an officer in the
    panel. The caller has made all its checks: from here on the unit of work reads and writes every row."""
    if wanted.conflicts:
        await uow.connection.execute(_OF_EVERY_ROW)


async def _with_conflicts(uow: UnitOfWork, record: Evaluation) -> Evaluation:
    members: Sequence[UUID] = [UUID(member["expert_id"]) for member in record.panel]
    found = await queries.relations(uow.connection, record.centre_id, members)
    return replace(record, conflicts=domain.with_conflicts(record.conflicts, found))
