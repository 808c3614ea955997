"""Writing centres: one function per verb. Each writes its rows, audit entries and facts."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from services.centres.access import ROLES, not_corrected
from services.centres.committees.committees.domain import PUBLISHED as PUBLISHED_COMMITTEES
from services.centres.committees.committees.queries import committee_of
from services.centres.designation.centres import domain, queries, stages
from services.centres.designation.centres.application import ANSWERS, for_submission, with_answers
from services.centres.designation.centres.clock import APPLICANT, Arrived, entered, holder_of
from services.centres.designation.centres.designation import (
    close_term,
    closing_day,
    follow_centre,
    follow_state,
    open_term,
    registered,
    renewal_of,
    require_named,
    term_of,
    waiver_of,
    with_step,
)
from services.centres.designation.centres.record import Centre
from services.centres.designation.centres.tables import centre
from services.centres.evaluation.evaluations.queries import RenewalInputs, renewal_inputs
from services.centres.questions.messages.operations import CONVERSATION
from services.centres.references import account_of, country_of, note_holder, require_experts, require_institutions
from shared.auth.offices import holds
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import Conflict, FieldError, Forbidden, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields, given, given_id
from shared.kernel.principal import Principal
from shared.questionnaires.answers import unanswered
from shared.records.access_scope import AccessScope
from shared.records.documents import with_digest, with_digests
from shared.records.references import COMMITTEES, reading_access
from shared.records.requirements import permitted, require, require_publishing, require_visibility_change
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import differing, with_columns

CENTRES: ResourceType[Centre, domain.CentreGuardContext] = ResourceType.of(Centre, centre, domain.LIFECYCLE)
_DOCUMENTS = "terms_of_reference work_plan host_letter"
_PAPERS = ("final_report", "evaluation", "decision")
_RENEWING = frozenset({"renewal_due"})
_GATED = domain.REVIEWABLE | {"awaiting_agreement"}


async def create(uow: UnitOfWork, access: AccessScope, new: Centre) -> Centre:
    """Inserts a centre as a draft. A grant over the host institution permits an application in its country.

    Raises Forbidden outside the caller's grant, Invalid for a reference that the caller may not know of.
    """
    require_publishing(access, new.visibility, new.country)
    host = new.host_institution_id
    if access.may("create", None, host) and await country_of(uow.connection, host) == new.country:
        await uow.allow_record(new.id)
    else:
        require(access, "create", new.country)
    await _require_references(uow, new, None)
    new = await with_answers(uow, await with_digest(uow, _DOCUMENTS, new), None)
    empty = {"clock_spent": {}, "clock_announced": False, "change_documents": []}
    new = with_columns(new, {"status": "draft", "search_key": _search_key(new), **empty})
    at = now()
    inserted = await CENTRES.insert(uow, entered(new, new.status, APPLICANT, None, at))
    await stages.append(uow, inserted, at)
    return inserted


async def update(uow: UnitOfWork, access: AccessScope, before: Centre, wanted: Centre) -> Centre:
    """Updates the centre.

    Raises Invalid if its country would change, Conflict if an assessed field would change under review, Forbidden for
    what the caller may not `change` of a designated centre: its names, unit, address or director.
    """
    if wanted.country != before.country:
        raise invalid_field("/country", "invalid_value", "The country of a centre cannot change.")
    changed = [name for name in domain.APPLICATION if getattr(wanted, name) != getattr(before, name)]
    if changed and before.status not in domain.OPEN_TO_CHANGE:
        detail = "The application changes only while it is with the applicant."
        raise Conflict(detail, errors=[FieldError("conflict", detail, pointer=f"/{name}") for name in changed])
    require_visibility_change(access, before, wanted)
    corrected = differing(before, wanted) if before.status in domain.DESIGNATED else ()
    if refused := not_corrected(access.principal, before.country, before.id, corrected):
        raise Forbidden(f"Your grants do not include {', '.join(refused)}.", members={"reason": "not_permitted"})
    await _require_references(uow, wanted, before)
    if wanted.host_institution_id != before.host_institution_id:
        _require_host(uow, access, wanted.host_institution_id, before)
    wanted = await with_digest(uow, _DOCUMENTS, wanted, before)
    if wanted.application_answers != before.application_answers:
        wanted = await with_answers(uow, wanted, before)
    if wanted.director_id != before.director_id:
        await note_holder(uow, before.director_id)
    after = await CENTRES.update(uow, before, replace(wanted, search_key=_search_key(wanted)))
    if after.visibility != before.visibility:
        await follow_centre(uow, after)
        await stages.follow_centre(uow, after)
    return after


async def transition(
    targets: Mapping[str, int], uow: UnitOfWork, access: AccessScope, before: Centre, requested: TransitionRequest
) -> Centre:
    """Applies one transition. `targets` are the days that states allow.

    Raises what `Lifecycle.advance` raises, Invalid for a term that ends before it starts and for an officer that is no
    id; `answers_missing` names each question. Parallel designations in one country get different numbers.
    """
    may, at = permitted(access, before), now()
    papers = {f"/fields/{name}": given(requested.fields, name, dict) for name in _PAPERS}
    final_report, evaluation, decision = (
        await with_digests(uow, papers, is_final=True) if may(requested.action) else (None, None, None)
    )
    await require_named(uow, access, before, requested, may)
    inputs = await _designation_inputs(uow.connect, before)
    guard_context = await _guard_context(uow.connect, before, requested.fields, inputs)
    first = requested.action == "designate" and before.registration_number is None
    serial = await queries.next_serial(uow.connection, before.country) if first else None
    opened: tuple[date, date] | None = None

    def effects(target: str) -> Centre:
        nonlocal opened
        if requested.action == domain.ASSIGN:
            return replace(before, assignee=_officer(requested.fields))
        after = _entered(before, target, inputs, targets.get(target), at)
        after = with_step(before, after, requested)
        after = after if serial is None else registered(after, serial)
        if requested.action in ("designate", "renew"):
            starts, ends = opened = term_of(before, requested)
            after = replace(after, term_number=(before.term_number or 0) + 1, term_starts=starts, term_ends=ends)
        elif requested.action == "submit_renewal":
            after = replace(after, final_report=final_report, evaluation=evaluation)
        return after

    try:
        after = await CENTRES.apply_transition(uow, before, requested, guard_context, may, effects)
    except Conflict as refusal:
        if refusal.members.get("reason") == domain.ANSWERS.reason:
            refusal.errors = tuple(unanswered(ANSWERS, key) for key in guard_context.submission.unanswered)
        raise
    if after.status != before.status:
        await stages.append(uow, after, at)
    await follow_state(uow, after)
    if opened is not None:
        waiver = waiver_of(access.principal, requested)
        endorsement = inputs.endorsement if inputs and not waiver else None
        renewal = renewal_of(requested.fields, decision)
        await open_term(uow, after, *opened, endorsement=endorsement, waiver=waiver, renewal=renewal)
    await _follow(uow, after, requested)
    return after


async def _follow(uow: UnitOfWork, after: Centre, requested: TransitionRequest) -> None:
    """What a transition leads to in other records, beside a term that it opens."""
    if after.status == "closed":
        await close_term(uow, after, closing_day(requested.fields))
    elif requested.action in domain.CONVERSING and requested.reason:
        await CONVERSATION.post(uow, after, requested.reason)


def _entered(
    before: Centre, target: str, inputs: queries.DesignationInputs | None, days: int | None, at: datetime
) -> Centre:
    """The centre with the clock of the state that it enters; nobody works on a file that waits for nobody."""
    holder = holder_of(target, inputs.arrived if inputs else Arrived())
    after = entered(before, target, holder, days, at)
    return after if holder is not None else replace(after, assignee=None)


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Centre, fields: Fields
) -> domain.CentreGuardContext:
    """Loads the inputs of the guards for this caller and this centre."""
    return await _guard_context(connect, record, fields, await _designation_inputs(connect, record))


async def load_checklist(connect: Connect, record: Centre) -> domain.CentreGuardContext:
    """Loads the conditions of the next transition, also if it is not possible in the present state."""
    inputs = await _designation_inputs(connect, record)
    return await _guard_context(connect, record, {}, inputs, renewing=domain.BEFORE_RENEWAL)


async def lock_under_review(uow: UnitOfWork, key: UUID) -> Centre:
    """The centre, locked. Raises Conflict if it is not under review."""
    locked = await CENTRES.lock(uow, key)
    if locked.status not in domain.REVIEWABLE:
        raise not_under_review(locked.status)
    return locked


def not_under_review(status: str) -> Conflict:
    """The error for a centre that is not reviewed in its present state."""
    return Conflict("The centre is not under review.", members={"current_state": status})


async def _designation_inputs(connect: Connect, record: Centre) -> queries.DesignationInputs | None:
    """Reads the inputs of a designation, only in the states whose transitions need them."""
    if record.status not in _GATED:
        return None
    async with connect() as connection:
        return await queries.designation_inputs(connection, record.id, record.country)


async def _guard_context(
    connect: Connect,
    record: Centre,
    fields: Fields,
    inputs: queries.DesignationInputs | None,
    *,
    renewing: Collection[str] = _RENEWING,
) -> domain.CentreGuardContext:
    submission, renewal = domain.ForSubmission(), domain.ForRenewal(term_ends=record.term_ends)
    decision = given_id(fields, "decision_id")
    if record.status in domain.APPLYING:
        async with connect() as connection:
            submission = await for_submission(connection, record)
    elif record.status in renewing:
        async with connect() as connection:
            renewal = _for_renewal(record, fields, await renewal_inputs(connection, record.id))
    elif decision is not None:
        async with connect() as connection:
            is_decided = await queries.state_of_decision(connection, decision, record.country) == "adopted"
        renewal = replace(renewal, is_decided=is_decided)
    return domain.CentreGuardContext(
        today=today(),
        submission=submission,
        designation=_for_designation(inputs, fields),
        renewal=renewal,
        officer=await _officer_fault(connect, record, fields),
        is_closing=record.pending_closure is not None,
    )


def _for_designation(inputs: queries.DesignationInputs | None, fields: Fields) -> domain.ForDesignation:
    has_waiver = fields.get("waiver") is not None
    if inputs is None:
        return domain.ForDesignation(has_waiver=has_waiver)
    return domain.ForDesignation(inputs.favourable, inputs.agreed, inputs.arrived.is_endorsed, has_waiver)


def _for_renewal(record: Centre, fields: Fields, found: RenewalInputs) -> domain.ForRenewal:
    return domain.ForRenewal(
        has_final_report=fields.get("final_report") is not None or found.has_final_report,
        has_evaluation=fields.get("evaluation") is not None or found.has_evaluation,
        are_reports_accepted=found.are_reports_accepted,
        term_ends=record.term_ends,
    )


async def _officer_fault(connect: Connect, record: Centre, fields: Fields) -> domain.OfficerFault | None:
    """Why the file cannot be assigned to the account or client of `officer`, if one is named, or None."""
    officer = given_id(fields, "officer")
    if officer is None:
        return None
    async with connect() as connection:
        if record.director_id is not None and await account_of(connection, record.director_id) == officer:
            return "is_the_applicant"
        held = await holds(connection, officer, ROLES, CENTRES.resource, domain.ASSIGN, record.country)
    return None if held else "officer_not_entitled"


def _officer(fields: Fields) -> UUID | None:
    """The account or client of `officer`; None for null. Raises Invalid if it is absent."""
    if "officer" not in fields:
        raise invalid_field("/fields/officer", "required", "The id of an account or client, or null.")
    return given_id(fields, "officer")


def _search_key(record: Centre) -> str:
    return domain.names_search_key(record.names, record.registration_number)


def _require_host(uow: UnitOfWork, access: AccessScope, host: UUID, before: Centre) -> None:
    """Raises Forbidden if a caller without a grant over the centre applies for another institution than their own."""
    granted = uow.origin.actor.permission_scope(access.roles, access.resource.name, "update")
    if not granted.covers(before.country, before.id) and not access.may("create", None, host):
        raise Forbidden("Your grants do not cover this institution.", members={"reason": "not_permitted"})


async def _require_references(uow: UnitOfWork, wanted: Centre, before: Centre | None) -> None:
    def changed(name: str) -> UUID | None:
        value: UUID | None = getattr(wanted, name)
        return None if before is not None and value == getattr(before, name) else value

    await require_institutions(uow, {"/host_institution_id": changed("host_institution_id")})
    await require_experts(uow, {"/director_id": changed("director_id")})
    committee = changed("committee_id")
    if committee is None:
        return
    found = await committee_of(uow.connection, committee)
    known = found is not None and reading_access(uow.origin.actor, COMMITTEES).knows(found, PUBLISHED_COMMITTEES)
    if found is None or not known or found.country != wanted.country:
        raise unknown_reference("/committee_id", "committee in the country")
