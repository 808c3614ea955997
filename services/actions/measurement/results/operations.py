"""Writing results: one function per verb.

Who enters a result and the schedule that closes its period lock the period, so that none is entered after it is closed.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.actions.access import ROLES
from services.actions.independence import is_independent
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.periods import queries as periods
from services.actions.measurement.periods.domain import EntryRefusal, entry_refusal
from services.actions.measurement.periods.operations import PERIODS, give_time
from services.actions.measurement.periods.record import Period
from services.actions.measurement.results import domain, queries
from services.actions.measurement.results.comparisons import surroundings_of
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.revalidation import revalidate
from services.actions.measurement.results.tables import result
from services.actions.measurement.results.validation import violations
from services.actions.measurement.results.values import faults, has_value
from services.actions.measurement.subjects.operations import (
    active_indicator,
    period_of,
    require_known_parts,
    stored_indicator,
    with_country,
)
from services.actions.measurement.targets.operations import show_with_result
from shared.auth.independence import is_another, with_author
from shared.database.statements import Connection
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import Conflict, Invalid, invalid_field
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available, with_each_digest
from shared.records.record import written_fields
from shared.records.requirements import permitted, require, require_publishing, require_visibility_change
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import with_columns

RESULTS: ResourceType[Result, domain.ResultGuardContext] = ResourceType.of(Result, result, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Result) -> Result:
    """Inserts a draft.

    Raises Invalid for an unknown subject, indicator or period and for values that the indicator does not have,
    Conflict for a second living result of the same key, and `period_not_open`, `period_closed` or `period_locked`.
    """
    placed = await with_country(uow, access, new)
    require(access, "create", placed.country, placed.scope_key)
    require_publishing(access, placed.visibility, placed.country)
    return await _insert(uow, access, with_columns(placed, {"revision": 1}), None)


async def update(uow: UnitOfWork, access: AccessScope, before: Result, wanted: Result) -> Result:
    """Updates a draft, or only the visibility until the publication; indicator, subject and period stay. Raises as
    `create` does, and Conflict `result_not_draft`."""
    require_visibility_change(access, before, wanted)
    if before.status in domain.OPEN and wanted == replace(before, visibility=wanted.visibility):
        return await RESULTS.update(uow, before, wanted)
    if before.status != "draft":
        raise Conflict("Only drafts are changed. Return it, or revise it.", code="result_not_draft")
    indicator = await stored_indicator(uow, before)
    await _require_open(uow, access, before, indicator)
    _require_sound(wanted, indicator)
    await require_known_parts(uow, indicator, wanted.breakdown, before.breakdown)
    if wanted.evidence != before.evidence:
        wanted = replace(wanted, evidence=await with_each_digest(uow, "/evidence", wanted.evidence))
    claimants = with_author(before.claimants, uow.origin.actor)
    after = await RESULTS.update(uow, before, replace(wanted, claimants=claimants))
    await revalidate(uow, [after])
    return after


async def revise(uow: UnitOfWork, access: AccessScope, wanted: Result, reason: str) -> Result:
    """Inserts a draft that revises a published result; its publication replaces that one. `wanted` is the published
    result with the changes.

    Raises as `create` does, except for a closed period; Conflict `revision_open` while another revision is open.
    """
    require(access, "create", wanted.country, wanted.scope_key)
    before = await RESULTS.lock(uow, wanted.id)
    if before.status != "published":
        raise Conflict("Only published results are revised.", code="result_not_published")
    if await queries.has_open_revision(uow.connection, before.id):
        raise Conflict("Another revision is open.", code="revision_open")
    written = {name: getattr(wanted, name) for name in written_fields(Result)}
    kept = {name: getattr(before, name) for name in ("late", "submitted_at", "accepted_at")}
    new = RESULTS.new({**written, **kept, "revision_of": before.id, "revision": before.revision + 1})
    require_visibility_change(access, before, new)
    return await _insert(uow, access, new, reason, before)


async def _insert(
    uow: UnitOfWork, access: AccessScope, new: Result, reason: str | None, before: Result | None = None
) -> Result:
    indicator = await active_indicator(uow, access, new)
    await _require_open(uow, access, new, indicator)
    _require_sound(new, indicator)
    await require_known_parts(uow, indicator, new.breakdown, before.breakdown if before else ())
    claimants = with_author((), uow.origin.actor)
    evidence = await with_each_digest(uow, "/evidence", new.evidence)
    draft = replace(new, status="draft", evidence=evidence, acknowledged=[], claimants=claimants)
    made = await RESULTS.insert(uow, draft, reason=reason)
    await revalidate(uow, [made])
    return made


async def transition(uow: UnitOfWork, access: AccessScope, before: Result, requested: TransitionRequest) -> Result:
    """Applies one transition. A published revision supersedes the result that it revises, and keeps its audience unless
    the step says otherwise; the target of a published result is shown with it. The country of a returned result gets
    two weeks to enter it again."""
    if requested.action == "publish" and before.revision_of is not None:
        requested = replace(requested, fields={"visibility": before.visibility, **requested.fields})
    verb, may, at = requested.action, permitted(access, before), now()
    acknowledged = given(requested.fields, "acknowledge", list) or []
    if acknowledged and may(verb) and not (requested.reason or "").strip():
        raise invalid_field("/reason", "reason_required", "An acknowledged warning needs a reason.")
    if verb == "submit" and before.period_id is not None:
        await periods.lock_shared(uow.connection, before.period_id)
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    last_day = await _last_day(uow.connection, before) if verb == "submit" else None
    if verb == "publish" and before.revision_of is not None:
        RESULTS.lifecycle.advance(before.status, verb, guard_context, may, fields=requested.fields)
        await _supersede(uow, before.revision_of, before, at)
    after = await RESULTS.apply_transition(
        uow, before, requested, guard_context, may, lambda target: _entering(before, target, at, last_day, acknowledged)
    )
    if verb == "return":
        await _give_time(uow, before)
    if verb == "publish":
        await show_with_result(uow, after, after.period_id)
    if after.status in domain.VALUES_CHANGE:
        await revalidate(uow, [after])
    return after


def _entering(
    before: Result, target: str, at: datetime, last_day: date | None, acknowledged: Collection[str]
) -> Result:
    """The result with what changes when it enters a state at an instant."""
    kept = replace(before, accepted_at=_accepted_at(before, target, at))
    match target:
        case "submitted" if before.submitted_at is None:
            return replace(kept, submitted_at=at, late=None if last_day is None else at.date() > last_day)
        case "approved":
            return replace(kept, acknowledged=sorted(set(acknowledged)))
        case "published":
            return replace(kept, published_at=at)
        case "retracted":
            return replace(kept, ended_at=at)
        case "draft":
            return replace(kept, acknowledged=[])
    return kept


def _accepted_at(before: Result, target: str, at: datetime) -> datetime | None:
    """When the result was first accepted. A returned one was not yet; a revision has the instant of what it revises."""
    if target == "draft" and before.revision_of is None:
        return None
    return at if target == "accepted" and before.accepted_at is None else before.accepted_at


async def load_guard_context(
    connect: Connect, principal: Principal, record: Result, fields: Fields
) -> domain.ResultGuardContext:
    """Loads the inputs of the guards for this caller and this result."""
    async with connect() as connection:
        around = (await surroundings_of(connection, [record]))[record.id]
        refusal = await _refusal(connection, principal, record)
        is_available = await are_available(connection, record.evidence)
    found = violations(record, around)
    known: Collection[object] = given(fields, "acknowledge", list) or ()
    return domain.ResultGuardContext(
        has_value=has_value(record),
        lacks_parts=around.lacks_parts(record),
        has_errors=any(one.severity == "error" for one in found),
        has_open_warnings=any(one.severity == "warning" and one.rule not in known for one in found),
        period=refusal,
        is_evidence_available=is_available,
        is_another=record.status == "submitted" and await is_another(connect, principal, record.claimants),
        is_independent=record.status == "approved"
        and await is_independent(connect, principal, record.country, record.claimants),
    )


async def _require_open(uow: UnitOfWork, access: AccessScope, record: Result, indicator: Indicator) -> None:
    """Raises Conflict if no result of the period is entered now, Invalid for an unknown period."""
    if record.period_id is not None:
        await period_of(uow, record.period_id, indicator)
    refusal = await _refusal(uow.connection, access.principal, record)
    if refusal is not None:
        raise Conflict("No results of the period are entered now.", code=refusal)


async def _refusal(connection: Connection, principal: Principal, record: Result) -> EntryRefusal | None:
    """Why the caller may not enter the result now. A closed period admits revisions, and a locked one those of whoever
    reopens periods."""
    period, until = await _time_of(connection, record)
    if period is None:
        return None
    refusal = entry_refusal(period, until, today())
    if record.revision_of is None or refusal is None:
        return refusal
    may_reopen = principal.permission_scope(ROLES, PERIODS.resource.name, "reopen").everywhere
    return None if refusal == "period_closed" or may_reopen else refusal


async def _last_day(connection: Connection, record: Result) -> date | None:
    """The last day on which a result is in time."""
    period, until = await _time_of(connection, record)
    return None if period is None else max(period.due_on, until or period.due_on)


async def _give_time(uow: UnitOfWork, record: Result) -> None:
    """Two more weeks for the country of a returned result, if its period is closed."""
    period, before = await _time_of(uow.connection, record)
    until = today() + timedelta(days=domain.MORE_DAYS)
    if period is not None and period.status == "closed" and (before is None or before < until):
        await give_time(uow, period, record.country, until, "A result was returned.")


async def _time_of(connection: Connection, record: Result) -> tuple[Period | None, date | None]:
    """The period of a result, and until when its country may enter results though it is closed."""
    period = await periods.get(connection, record.period_id) if record.period_id else None
    return period, await periods.extended_until(connection, period.id, record.country) if period else None


async def _supersede(uow: UnitOfWork, key: UUID, by: Result, at: datetime) -> None:
    """Ends the result that a revision replaces, at the instant of the revision's publication."""
    before = await RESULTS.lock(uow, key)
    if before.status == "published":
        await RESULTS.apply_scheduled(uow, before, "supersede", replace(before, superseded_by=by.id, ended_at=at))


def _require_sound(record: Result, indicator: Indicator) -> None:
    if found := list(faults(record, indicator)):
        raise Invalid("Not a result of this indicator; see errors.", errors=found)
