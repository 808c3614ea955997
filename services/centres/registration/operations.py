"""Writing centres: one function per verb. Each writes its rows, audit entries and facts."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.centres.committees.domain import PUBLISHED as PUBLISHED_COMMITTEES
from services.centres.committees.queries import committee_of
from services.centres.references import country_of, require_experts, require_institutions
from services.centres.registration import domain, queries
from services.centres.registration.designation import end_term, follow_centre, open_term
from services.centres.registration.record import Centre
from services.centres.registration.tables import centre
from shared.database.ids import uuid7
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import Conflict, FieldError, Forbidden, invalid_field
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.references import COMMITTEES, reading_access
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require, require_publishing

CENTRES: ResourceType[domain.CentreGuardContext] = ResourceType.of(Centre, centre, domain.LIFECYCLE)
_OPENING = ("designate", "renew")
_GATED = frozenset({"under_review", "awaiting_agreement"})


async def create(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """A centre in draft. A grant over the host institution is enough to apply in its country.

    Raises Forbidden outside the caller's grant, Invalid for a reference that the caller does not know.
    """
    require_publishing(access, values["visibility"], values["country"])
    record, host = uuid7(), values["host_institution_id"]
    if access.may("create", None, host) and await country_of(uow.connection, host) == values["country"]:
        await uow.allow_record(record)
    else:
        require(access, "create", values["country"])
    await _require_references(uow, values, {})
    return await CENTRES.insert(uow, {"id": record, **values, "status": "draft", **_derived(values, None)})


async def update(uow: UnitOfWork, access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The centre with new values.

    Raises Invalid where it would move to another country, Conflict where what is judged would change under review.
    """
    before = await CENTRES.lock(uow, seen["id"], seen["version"])
    if values["country"] != before["country"]:
        raise invalid_field("/country", "invalid_value", "A centre stays in its country.")
    changed = [name for name in domain.APPLICATION if values[name] != before[name]]
    if changed and before["status"] not in domain.OPEN_TO_CHANGE:
        detail = "The application changes only while it is with the applicant."
        raise Conflict(detail, errors=[FieldError("conflict", detail, pointer=f"/{name}") for name in changed])
    if values["visibility"] != before["visibility"]:
        require_publishing(access, values["visibility"], before["country"], before["id"])
    await _require_references(uow, values, before)
    if values["host_institution_id"] != before["host_institution_id"]:
        _require_host(uow, access, values["host_institution_id"], before)
    after = await CENTRES.update(uow, before, {**values, **_derived(values, before["registration_number"])})
    if after["visibility"] != before["visibility"]:
        await follow_centre(uow, after)
    return after


async def transition(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of the lifecycle. Raises what `Lifecycle.advance` raises, Invalid for a term that ends before it starts.

    Of parallel designations in one country each gets a number of its own.
    """
    before = await CENTRES.lock(uow, seen["id"], seen["version"])
    standing = await _standing(uow.connect, before)
    guard_context = _guard_context(before, requested.fields, standing)
    first = requested.action == "designate" and before["registration_number"] is None
    serial = await queries.next_serial(uow.connection, before["country"]) if first else None

    def effects(target: str) -> dict[str, Any]:
        values = _clock(target)
        if serial is not None:
            number = domain.registration_number(before["country"], serial)
            values |= {"registration_number": number, "registration_serial": serial, "designated_on": today()}
            values |= _derived(before, number)
        if requested.action in _OPENING:
            starts, ends = domain.term_of(requested.action, before, requested.fields, today())
            if ends <= starts:
                raise invalid_field("/fields/ends", "invalid_date", "The term ends after it starts.")
            values |= {"term_number": (before["term_number"] or 0) + 1, "term_starts": starts, "term_ends": ends}
        elif requested.action == "submit_renewal":
            values |= requested.fields
        return values

    after = await CENTRES.apply_transition(uow, before, requested, guard_context, permitted(access, before), effects)
    if requested.action in _OPENING:
        await open_term(uow, after, _consent(access.principal, requested, standing))
    elif after["status"] == "closed":
        await end_term(uow, after, today())
    return after


async def load_guard_context(
    connect: Connect, _principal: Principal, row: Mapping[str, Any], fields: Mapping[str, Any]
) -> domain.CentreGuardContext:
    """What the guards look at, for this caller and this centre."""
    return _guard_context(row, fields, await _standing(connect, row))


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Opens the renewals that are due and expires the centres whose term is over."""
    for before in await queries.lock_due(uow.connection, today()):
        if before["term_ends"] < today():
            after = await CENTRES.apply_scheduled(uow, before, "expire", {"previous_status": None})
            await end_term(uow, after, after["term_ends"])
        else:
            await CENTRES.apply_scheduled(uow, before, "open_renewal")


async def _standing(connect: Connect, row: Mapping[str, Any]) -> queries.Standing | None:
    """Read only in the states whose steps look at it."""
    if row["status"] not in _GATED:
        return None
    async with connect() as connection:
        return await queries.standing(connection, row["id"], row["country"])


def _guard_context(
    row: Mapping[str, Any],
    fields: Mapping[str, Any],
    standing: queries.Standing | None,
) -> domain.CentreGuardContext:
    return domain.CentreGuardContext(
        today=today(),
        missing=domain.first_missing(row),
        favourable=standing.favourable if standing else 0,
        agreed=standing is not None and standing.agreed,
        endorsed=standing is not None and standing.level >= domain.ENDORSEMENT_LEVEL,
        has_waiver="waiver" in fields,
        has_final_report="final_report" in fields,
        has_evaluation="evaluation" in fields,
        term_ends=row["term_ends"],
    )


def _consent(principal: Principal, requested: TransitionRequest, standing: queries.Standing | None) -> dict[str, Any]:
    waiver, kept = requested.fields.get("waiver"), None
    if waiver:
        second = str(principal.id) if requested.proposed_by else waiver["second_person"]
        by = (requested.proposed_by or principal).label
        kept = {**waiver, "second_person": second, "by": by, "on": today().isoformat()}
    return {"endorsement_id": standing.endorsement if standing and not waiver else None, "waiver": kept}


def _derived(values: Mapping[str, Any], number: str | None) -> dict[str, Any]:
    return {"search_key": domain.names_search_key(values["names"], number)}


def _clock(status: str) -> dict[str, Any]:
    since = now() if status in domain.HOLDERS else None
    return {"clock_since": since, "clock_target": since + domain.SCREENING_TARGET if since else None}


def _require_host(uow: UnitOfWork, access: AccessScope, host: UUID, before: Row) -> None:
    """Raises Forbidden where who has no grant over the centre would apply for another institution than theirs."""
    granted = uow.origin.actor.permission_scope(access.roles, access.resource.name, "update")
    if not granted.covers(before["country"], before["id"]) and not access.may("create", None, host):
        raise Forbidden("Your grants do not cover this institution.", members={"reason": "not_permitted"})


async def _require_references(uow: UnitOfWork, values: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    def fresh(name: str) -> Any:
        return None if before and values[name] == before[name] else values[name]

    await require_institutions(uow, {"/host_institution_id": fresh("host_institution_id")})
    await require_experts(uow, {"/director_id": fresh("director_id")})
    committee = fresh("committee_id")
    if committee is None:
        return
    found = await committee_of(uow.connection, committee)
    known = found is not None and reading_access(uow.origin.actor, COMMITTEES).knows(found, PUBLISHED_COMMITTEES)
    if found is None or not known or found["country"] != values["country"]:
        raise invalid_field("/committee_id", "unknown_reference", "There is no such committee in this country.")
