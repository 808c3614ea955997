"""Writing centres: one function per verb. Each writes its rows, audit entries and facts."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.centres.centres import domain, queries
from services.centres.centres.designation import close_term, end_term, follow_centre, follow_state, open_term
from services.centres.centres.record import Centre
from services.centres.centres.tables import centre
from services.centres.committees.domain import PUBLISHED as PUBLISHED_COMMITTEES
from services.centres.committees.queries import committee_of
from services.centres.messages.operations import CONVERSATION
from services.centres.references import country_of, require_experts, require_institutions
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import Conflict, FieldError, Forbidden, invalid_field
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available, with_digest, with_digests
from shared.records.record import Document
from shared.records.references import COMMITTEES, reading_access
from shared.records.resource_type import (
    ResourceType,
    TransitionRequest,
    permitted,
    require,
    require_publishing,
    require_visibility_change,
)

CENTRES: ResourceType[Centre, domain.CentreGuardContext] = ResourceType.of(Centre, centre, domain.LIFECYCLE)
_DOCUMENTS = "terms_of_reference work_plan host_letter"
_REPORTS = ("final_report", "evaluation")
_GATED = frozenset({"under_review", "awaiting_agreement"})


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
    new = await with_digest(uow, _DOCUMENTS, new)
    return await CENTRES.insert(uow, replace(new, status="draft", search_key=_search_key(new)))


async def update(uow: UnitOfWork, access: AccessScope, before: Centre, wanted: Centre) -> Centre:
    """Updates the centre.

    Raises Invalid if its country would change, Conflict if an assessed field would change under review.
    """
    if wanted.country != before.country:
        raise invalid_field("/country", "invalid_value", "The country of a centre cannot change.")
    changed = [name for name in domain.APPLICATION if getattr(wanted, name) != getattr(before, name)]
    if changed and before.status not in domain.OPEN_TO_CHANGE:
        detail = "The application changes only while it is with the applicant."
        raise Conflict(detail, errors=[FieldError("conflict", detail, pointer=f"/{name}") for name in changed])
    require_visibility_change(access, before, wanted)
    await _require_references(uow, wanted, before)
    if wanted.host_institution_id != before.host_institution_id:
        _require_host(uow, access, wanted.host_institution_id, before)
    wanted = await with_digest(uow, _DOCUMENTS, wanted, before)
    after = await CENTRES.update(uow, before, replace(wanted, search_key=_search_key(wanted)))
    if after.visibility != before.visibility:
        await follow_centre(uow, after)
    return after


async def transition(uow: UnitOfWork, access: AccessScope, before: Centre, requested: TransitionRequest) -> Centre:
    """Applies one transition. Raises what `Lifecycle.advance` raises, Invalid for a term that ends before it starts.

    Parallel designations in one country get different numbers.
    """
    may = permitted(access, before)
    reports = {f"/fields/{name}": given(requested.fields, name, dict) for name in _REPORTS}
    final_report, evaluation = (
        await with_digests(uow, reports, is_final=True) if may(requested.action) else (None, None)
    )
    designation_inputs = await _designation_inputs(uow.connect, before)
    guard_context = await _guard_context(uow.connect, before, requested.fields, designation_inputs)
    first = requested.action == "designate" and before.registration_number is None
    serial = await queries.next_serial(uow.connection, before.country) if first else None
    opened: tuple[date, date] | None = None

    def effects(target: str) -> Centre:
        nonlocal opened
        after = _with_clock(before, target)
        if serial is not None:
            number = domain.registration_number(before.country, serial)
            after = replace(after, registration_number=number, registration_serial=serial, designated_on=today())
            after = replace(after, search_key=_search_key(after))
        if requested.action in ("designate", "renew"):
            last_day = before.term_ends if requested.action == "renew" else None
            starts, ends = opened = domain.term_of(last_day, requested.fields, today())
            if ends <= starts:
                raise invalid_field("/fields/ends", "invalid_date", "The term ends after it starts.")
            after = replace(after, term_number=(before.term_number or 0) + 1, term_starts=starts, term_ends=ends)
        elif requested.action == "submit_renewal":
            after = replace(after, final_report=final_report, evaluation=evaluation)
        return after

    after = await CENTRES.apply_transition(uow, before, requested, guard_context, may, effects)
    await follow_state(uow, after)
    if opened is not None:
        waiver = _waiver(access.principal, requested)
        endorsement = designation_inputs.endorsement if designation_inputs and not waiver else None
        await open_term(uow, after, *opened, endorsement=endorsement, waiver=waiver)
    elif after.status == "closed":
        await close_term(uow, after)
    elif requested.action in domain.CONVERSING and requested.reason:
        await CONVERSATION.post(uow, after, requested.reason)
    return after


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Centre, fields: Fields
) -> domain.CentreGuardContext:
    """Loads the inputs of the guards for this caller and this centre."""
    return await _guard_context(connect, record, fields, await _designation_inputs(connect, record))


async def lock_under_review(uow: UnitOfWork, key: UUID) -> Centre:
    """The centre, locked. Raises Conflict if it is not under review."""
    locked = await CENTRES.lock(uow, key)
    if locked.status not in domain.REVIEWABLE:
        raise not_under_review(locked.status)
    return locked


def not_under_review(status: str) -> Conflict:
    """The error for a centre that is not reviewed in its present state."""
    return Conflict("The centre is not under review.", members={"current_state": status})


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Opens due renewals and expires centres whose term has ended."""
    for before in await queries.lock_due(uow.connection, today()):
        if before.term_ends is not None and before.term_ends < today():
            after = await CENTRES.apply_scheduled(uow, before, "expire", replace(before, previous_status=None))
            await end_term(uow, after, before.term_ends)
            await follow_state(uow, after)
        else:
            await CENTRES.apply_scheduled(uow, before, "open_renewal")


async def _designation_inputs(connect: Connect, record: Centre) -> queries.DesignationInputs | None:
    """Reads the inputs of a designation, only in the states whose transitions need them."""
    if record.status not in _GATED:
        return None
    async with connect() as connection:
        return await queries.designation_inputs(connection, record.id, record.country)


async def _guard_context(
    connect: Connect, record: Centre, fields: Fields, designation_inputs: queries.DesignationInputs | None
) -> domain.CentreGuardContext:
    missing = domain.first_missing(record)
    if missing is None and record.status in domain.OPEN_TO_CHANGE:
        documents = (record.terms_of_reference, record.work_plan, record.host_letter)
        async with connect() as connection:
            missing = None if await are_available(connection, documents) else "evidence_not_available"
    return domain.CentreGuardContext(
        today=today(),
        missing=missing,
        favourable=designation_inputs.favourable if designation_inputs else 0,
        agreed=designation_inputs is not None and designation_inputs.agreed,
        endorsed=designation_inputs is not None and designation_inputs.level >= domain.ENDORSEMENT_LEVEL,
        has_waiver="waiver" in fields,
        has_final_report="final_report" in fields,
        has_evaluation="evaluation" in fields,
        term_ends=record.term_ends,
    )


def _waiver(principal: Principal, requested: TransitionRequest) -> Document | None:
    """The waiver that replaces an endorsement, with the persons who proposed and confirmed it."""
    waiver = given(requested.fields, "waiver", dict)
    if not waiver:
        return None
    second = str(principal.id) if requested.proposed_by else waiver["second_person"]
    by = (requested.proposed_by or principal).label
    return {**waiver, "second_person": second, "by": by, "on": today().isoformat()}


def _search_key(record: Centre) -> str:
    return domain.names_search_key(record.names, record.registration_number)


def _with_clock(record: Centre, status: str) -> Centre:
    since = now() if status in domain.HOLDERS else None
    return replace(record, clock_since=since, clock_target=since + domain.SCREENING_TARGET if since else None)


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
        raise invalid_field("/committee_id", "unknown_reference", "There is no such committee in this country.")
