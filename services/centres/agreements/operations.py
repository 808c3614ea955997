"""Writing agreements: one function per verb, and the scheduled expiry."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.centres.agreements import domain, queries
from services.centres.agreements.record import Agreement
from services.centres.agreements.tables import agreement
from services.centres.centres.domain import PUBLISHED
from services.centres.centres.queries import centre_of
from services.centres.centres.stages import hand_over
from services.centres.references import require_institutions
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.lifecycle import Lifecycle, given
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.documents import with_digest
from shared.records.references import CENTRES, require_known
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

AGREEMENTS: ResourceType[Agreement, None] = ResourceType.of(Agreement, agreement, domain.LIFECYCLE)
_LAST: ResourceType[Agreement, None] = ResourceType.of(Agreement, agreement, domain.LAST_SIGNATURE)


def lifecycle_of(record: Agreement) -> Lifecycle[None]:
    """The lifecycle of an agreement in its present state: the last signature leads to another state than the others."""
    return _kind_of(record).lifecycle


async def create(uow: UnitOfWork, access: AccessScope, new: Agreement) -> Agreement:
    """Inserts an agreement: in force if every party has signed, else drafting. Its first day may be in the future.

    Raises Invalid for a centre, institution or agreement that the caller may not know of or that cannot be amended,
    Forbidden outside the caller's grant.
    """
    named = await centre_of(uow.connection, new.centre_id)
    centre = require_known(access.principal, named, CENTRES, PUBLISHED, "/centre_id")
    require(access, "create", centre.country, centre.id)
    await require_institutions(uow, _institutions(new))
    await _require_amendable(uow, new)
    new = await with_digest(uow, "document", new)
    _require_order(new)
    status = domain.first_status(new.parties)
    placed = replace(new, country=centre.country, visibility="restricted", status=status, search_key=_search_key(new))
    entered = await AGREEMENTS.insert(uow, placed)
    await _prolong(uow, entered)
    await hand_over(uow, centre.id)
    return entered


async def update(uow: UnitOfWork, _access: AccessScope, before: Agreement, wanted: Agreement) -> Agreement:
    """Updates the agreement. Raises Conflict if a party has signed or the agreement has ended."""
    if wanted.centre_id != before.centre_id:
        raise invalid_field("/centre_id", "invalid_value", "The centre of an agreement cannot change.")
    if wanted != before and before.status not in domain.OPEN_TO_CHANGE:
        raise Conflict("A signed agreement cannot be changed.")
    if wanted.parties != before.parties:
        if not domain.unsigned(wanted.parties):
            raise invalid_field("/parties", "invalid_value", "Use the transition `sign` for the last signature.")
        await require_institutions(uow, _institutions(wanted))
    if wanted.amends_id != before.amends_id:
        await _require_amendable(uow, wanted)
    _require_order(wanted)
    wanted = await with_digest(uow, "document", wanted, before)
    return await AGREEMENTS.update(uow, before, replace(wanted, search_key=_search_key(wanted)))


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Agreement, requested: TransitionRequest
) -> Agreement:
    """Applies one transition. Raises what `Lifecycle.advance` raises, Invalid for a party that cannot sign."""

    def effects(_target: str) -> Agreement:
        if requested.action != "sign":
            return before
        unsigned = domain.unsigned(before.parties)
        name = given(requested.fields, "party", str) or (unsigned[0] if len(unsigned) == 1 else None)
        if name is None or name not in unsigned:
            raise invalid_field("/fields/party", "not_one_of", "The name of a party that has not signed.")
        day = given(requested.fields, "signed_at", date) or today()
        signatory = given(requested.fields, "signatory", str)
        return replace(before, parties=domain.signed(before.parties, name, signatory, day))

    after = await _kind_of(before).apply_transition(uow, before, requested, None, permitted(access, before), effects)
    await _prolong(uow, after)
    await hand_over(uow, after.centre_id)
    return after


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Expires agreements whose last day has passed."""
    for before in await queries.lock_over(uow.connection, today()):
        await AGREEMENTS.apply_scheduled(uow, before, "expire")
        await hand_over(uow, before.centre_id)


async def remind(uow: UnitOfWork) -> None:
    """Announces that agreements end soon, once for each agreement and day of a reminder; at most 2,500."""
    for one in await queries.take_reminded(uow.connection, today()):
        AGREEMENTS.record_change(uow, "remind", one, one, "expiring")


async def _prolong(uow: UnitOfWork, amendment: Agreement) -> None:
    """Gives the last day of an amendment in force to the agreement that it amends, and to what that one amends, as
    long as these are in force. An amendment without a last day leaves it."""
    if amendment.status != "in_force" or amendment.amends_id is None or amendment.expires is None:
        return
    amended = await AGREEMENTS.lock(uow, amendment.amends_id)
    if amended.status == "in_force":
        await _prolong(uow, await AGREEMENTS.update(uow, amended, replace(amended, expires=amendment.expires)))


async def _require_amendable(uow: UnitOfWork, new: Agreement) -> None:
    """Raises Invalid for what is no agreement of the same centre in force, and for one that amends this one."""
    key = new.amends_id
    while key is not None:
        found = await queries.agreement_of(uow.connection, key)
        if found is None or found.centre_id != new.centre_id:
            raise invalid_field("/amends_id", "unknown_reference", "The centre has no such agreement.")
        if found.id == new.id:
            raise invalid_field("/amends_id", "invalid_value", "An agreement does not amend itself.")
        if key == new.amends_id and found.status != "in_force":
            raise invalid_field("/amends_id", "invalid_value", "Only an agreement in force is amended.")
        key = found.amends_id


def _kind_of(record: Agreement) -> ResourceType[Agreement, None]:
    return _LAST if domain.is_last_signature(record.parties) else AGREEMENTS


def _institutions(record: Agreement) -> dict[str, UUID | None]:
    return {
        f"/parties/{n}/institution_id": UUID(party["institution_id"])
        for n, party in enumerate(record.parties)
        if party["institution_id"] is not None
    }


def _search_key(record: Agreement) -> str:
    return search_key(*(party["name"] for party in record.parties))


def _require_order(record: Agreement) -> None:
    if record.effective is not None and record.expires is not None and record.expires < record.effective:
        raise invalid_field("/expires", "invalid_date", "An agreement expires after it takes effect.")
