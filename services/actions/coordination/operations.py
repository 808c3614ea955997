"""Writing endorsements and letters: one function per verb, and the expiry that time brings."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.actions.access import speaks_for
from services.actions.coordination import domain, queries
from services.actions.coordination.record import Endorsement, Letter
from services.actions.coordination.tables import correspondence, endorsement
from services.actions.government.queries import require_body
from shared.auth.independence import is_another, with_author
from shared.database.statements import Row, Statement
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, Forbidden, invalid_field
from shared.kernel.principal import Principal
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require, require_publishing

ENDORSEMENTS: ResourceType[Endorsement, domain.EndorsementGuardContext] = ResourceType.of(
    Endorsement, endorsement, domain.ENDORSEMENT
)
LETTERS: ResourceType[Letter, None] = ResourceType.of(Letter, correspondence, domain.CORRESPONDENCE)
_EXPIRED = Statement(
    select(endorsement)
    .where(endorsement.c.status == "verified", endorsement.c.valid_to < func.current_date())
    .order_by(endorsement.c.id)
    .limit(200)
    .with_for_update()
)


async def claim(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """A new endorsement, claimed until the secretariat has verified it."""
    require(access, "create", values["country"])
    require_publishing(access, values["visibility"], values["country"])
    await require_body(uow.connection, access, "body_id", values["body_id"], values["country"])
    claimants = with_author((), uow.origin.actor)
    return await ENDORSEMENTS.insert(
        uow, {**values, "status": "claimed", "claimants": claimants, **_endorsement_key(values)}
    )


async def update_endorsement(uow: UnitOfWork, access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The endorsement with new values. Raises Conflict where what was verified would become another."""
    before = await ENDORSEMENTS.lock(uow, seen["id"], seen["version"])
    changed = {name for name, value in values.items() if before[name] != value}
    if before["status"] != "claimed" and changed - domain.FREE_WHEN_VERIFIED:
        raise Conflict("A verified endorsement cannot be changed. Claim another one and replace this one.")
    if "visibility" in changed:
        require_publishing(access, values["visibility"], before["country"], before["id"])
    if "body_id" in changed:
        await require_body(uow.connection, access, "body_id", values["body_id"], before["country"])
    claimants = with_author(before["claimants"], uow.origin.actor) if changed - domain.FREE_WHEN_VERIFIED else None
    who = {"claimants": claimants} if claimants else {}
    return await ENDORSEMENTS.update(uow, before, {**values, **who, **_endorsement_key(values)})


async def step_endorsement(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of an endorsement. Raises what `Lifecycle.advance` raises."""
    before = await ENDORSEMENTS.lock(uow, seen["id"], seen["version"])
    guard_context = await load_endorsement_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(target: str) -> dict[str, Any]:
        if target == "withdrawn":
            return {"withdrawn_on": today(), "withdrawal_reason": requested.reason}
        return {**requested.fields, "verified_on": today()} if target == "verified" else {}

    return await ENDORSEMENTS.apply_transition(
        uow, before, requested, guard_context, permitted(access, before), effects
    )


async def load_endorsement_guard_context(
    connect: Connect, principal: Principal, row: Mapping[str, Any], fields: Mapping[str, Any]
) -> domain.EndorsementGuardContext:
    """What the guards look at, for this caller."""
    is_open = row["status"] == "claimed"
    independent = is_open and not speaks_for(principal, row["country"])
    return domain.EndorsementGuardContext(
        has_document=bool(row["document"] or fields.get("document")),
        is_independent=independent and await is_another(connect, principal, row["claimants"]),
    )


async def expire_endorsements(uow: UnitOfWork) -> int:
    """Ends verified endorsements whose last day is over, at most 200 at a time; how many."""
    rows = await _EXPIRED.fetch(uow.connection)
    for before in rows:
        await ENDORSEMENTS.apply_scheduled(uow, before, "expire")
    return len(rows)


async def log(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """A letter that came in or went out. The letter that it replies to is answered.

    Raises Invalid for a letter that is not known, Forbidden where the caller may not answer it.
    """
    require(access, "create", values["country"])
    require_publishing(access, values["visibility"], values["country"])
    await _answer(uow, access, values["reply_to"], values["country"], values["date"])
    status = domain.first_status(values["direction"])
    return await LETTERS.insert(uow, {**values, "status": status, **_letter_key(values)})


async def update_letter(uow: UnitOfWork, access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The letter with new values. The letter that it now replies to is answered."""
    before = await LETTERS.lock(uow, seen["id"], seen["version"])
    if values["reply_to"] != before["reply_to"]:
        if values["reply_to"] == before["id"]:
            raise invalid_field("/reply_to", "invalid_value", "A letter does not reply to itself.")
        await _answer(uow, access, values["reply_to"], before["country"], values["date"])
    if values["visibility"] != before["visibility"]:
        require_publishing(access, values["visibility"], before["country"], before["id"])
    return await LETTERS.update(uow, before, {**values, **_letter_key(values)})


async def _answer(uow: UnitOfWork, access: AccessScope, letter: UUID | None, country: str, day: date) -> None:
    """Makes a letter answered by the reply of this day; one that is closed, or answered already, stays as it is."""
    if letter is None:
        return
    found = await queries.letter_of(uow.connection, access.context, letter, country)
    if found is None:
        raise invalid_field("/reply_to", "unknown_reference", "There is no such letter in the country.")
    if not access.may("reply", country, letter):
        raise Forbidden("Your grants do not include answering this letter.", members={"reason": "not_permitted"})
    answered = await LETTERS.lock(uow, letter)
    if answered["status"] in domain.OPEN_LETTERS:
        await LETTERS.apply_scheduled(uow, answered, "answer", {"replied_on": day})


async def step_letter(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of a letter. Awaiting a reply starts a clock of 30 days where no other day was agreed."""
    before = await LETTERS.lock(uow, seen["id"], seen["version"])

    def effects(target: str) -> dict[str, Any]:
        if target == "awaiting_reply":
            agreed = requested.fields.get("reply_due") or before["reply_due"]
            return {"reply_due": agreed or today() + domain.REPLY_CLOCK}
        return {"replied_on": today()} if target == "answered" else {}

    return await LETTERS.apply_transition(uow, before, requested, None, permitted(access, before), effects)


async def load_letter_guard_context(
    _connect: Connect, _principal: Principal, _row: Mapping[str, Any], _fields: Mapping[str, Any]
) -> None:
    """Letters have no guards."""


def _endorsement_key(values: Mapping[str, Any]) -> dict[str, str]:
    return {"search_key": search_key(domain.body_name(values["body"]))}


def _letter_key(values: Mapping[str, Any]) -> dict[str, str]:
    return {"search_key": search_key(values["subject"])}
