"""Writing committees: one function per verb. Each writes its row, one audit entry and one fact."""

from dataclasses import replace
from uuid import UUID

from services.centres.committees.committees import domain, queries
from services.centres.committees.committees.record import Committee
from services.centres.committees.committees.tables import committee
from services.centres.references import require_institutions
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Fields, given_id
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available, with_digest
from shared.records.record import Document
from shared.records.requirements import permitted, require_creation, require_visibility_change
from shared.records.resource_type import ResourceType, TransitionRequest

COMMITTEES: ResourceType[Committee, domain.CommitteeGuardContext] = ResourceType.of(
    Committee, committee, domain.LIFECYCLE
)
_SEATS_FOLLOW = "UPDATE escm.centre_seat SET visibility = $2 WHERE committee_id = $1"
"""Seats have the visibility of their committee."""


async def create(uow: UnitOfWork, access: AccessScope, new: Committee) -> Committee:
    """Inserts a proposed committee. Raises Conflict if the country has one that has not ended.

    Raises Forbidden outside the caller's grant, Invalid for an institution that the caller may not know of.
    """
    require_creation(access, new)
    await _require_decision(uow, new)
    await require_institutions(uow, _institutions(new))
    new = await with_digest(uow, "decision bylaws", new)
    return await COMMITTEES.insert(uow, replace(new, status="proposed"))


async def update(uow: UnitOfWork, access: AccessScope, before: Committee, wanted: Committee) -> Committee:
    """Updates the committee. Raises Invalid if its country would change."""
    if wanted.country != before.country:
        raise invalid_field("/country", "invalid_value", "The country of a committee cannot change.")
    require_visibility_change(access, before, wanted)
    known = {before.host_institution_id, *before.partner_institution_ids}
    added = {pointer: key for pointer, key in _institutions(wanted).items() if key not in known}
    await require_institutions(uow, added)
    if wanted.decision_id != before.decision_id:
        await _require_decision(uow, wanted)
    wanted = await with_digest(uow, "decision bylaws", wanted, before)
    after = await COMMITTEES.update(uow, before, wanted)
    if after.visibility != before.visibility:
        await uow.connection.execute(_SEATS_FOLLOW, after.id, after.visibility)
    return after


async def transition(
    rules: domain.RecognitionRules,
    uow: UnitOfWork,
    access: AccessScope,
    before: Committee,
    requested: TransitionRequest,
) -> Committee:
    """Applies one transition, with its day. Raises what `Lifecycle.advance` raises."""
    guard_context = await load_guard_context(rules, uow.connect, access.principal, before, requested.fields)
    return await COMMITTEES.apply_transition(
        uow,
        before,
        requested,
        guard_context,
        permitted(access, before),
        lambda _target: domain.dated(
            requested.action, _with_decision(before, requested.fields), today(), guard_context.decided_on
        ),
    )


async def load_guard_context(
    rules: domain.RecognitionRules, connect: Connect, _principal: Principal, record: Committee, fields: Fields
) -> domain.CommitteeGuardContext:
    """Loads the seats, documents and decision of a committee, the same for every caller."""
    record = _with_decision(record, fields)
    async with connect() as connection:
        seats = await queries.seats_of(connection, record.id)
        is_available = await are_available(connection, _documents_of(record))
        named = record.decision_id
        decided_on = await queries.adopted_on(connection, named, record.id) if named else None
    return domain.CommitteeGuardContext(
        rules=rules,
        has_host=record.host_institution_id is not None,
        has_decision=record.decision is not None or decided_on is not None,
        decided_on=decided_on,
        has_bylaws=record.bylaws is not None,
        are_documents_available=is_available,
        partners=len(record.partner_institution_ids),
        presidents=seats.presidents,
        secretaries=seats.secretaries,
        seats=seats.all,
    )


def _documents_of(record: Committee) -> tuple[Document | None, ...]:
    """The documents that the next step of a committee needs."""
    return {
        "proposed": (record.decision,),
        "preparatory": (record.bylaws,),
        "recognition_review": (record.decision, record.bylaws),
    }.get(record.status, ())


def _institutions(record: Committee) -> dict[str, UUID | None]:
    partners = {f"/partner_institution_ids/{n}": key for n, key in enumerate(record.partner_institution_ids)}
    return {"/host_institution_id": record.host_institution_id, **partners}


def _with_decision(record: Committee, fields: Fields) -> Committee:
    """The committee with the decision that a transition names."""
    chosen = given_id(fields, "decision_id")
    return record if chosen is None else replace(record, decision_id=chosen)


async def _require_decision(uow: UnitOfWork, record: Committee) -> None:
    """Raises Invalid for a decision that is not one of the committee."""
    key = record.decision_id
    if key is not None and not await queries.is_decision_of(uow.connection, key, record.id):
        raise invalid_field("/decision_id", "unknown_reference", "The committee has no such decision.")
