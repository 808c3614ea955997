"""Writing agreements: one function per verb, and the scheduled expiry."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.centres.access import OFFICE_SIGNS, REPRESENTATIVE_SIGNS
from services.centres.designation.agreements import domain, queries
from services.centres.designation.agreements.domain import SigningContext
from services.centres.designation.agreements.record import Agreement, Party
from services.centres.designation.agreements.tables import agreement
from services.centres.designation.centres.domain import PUBLISHED
from services.centres.designation.centres.queries import centre_of
from services.centres.designation.centres.stages import hand_over
from services.centres.references import require_institutions
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, FieldError, Forbidden, invalid_field
from shared.kernel.lifecycle import Fields, Lifecycle, given
from shared.kernel.principal import Principal, RoleTable
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.documents import with_digest, with_digests
from shared.records.record import Document
from shared.records.references import CENTRES, require_known
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

AGREEMENTS: ResourceType[Agreement, SigningContext] = ResourceType.of(Agreement, agreement, domain.LIFECYCLE)
_LAST: ResourceType[Agreement, SigningContext] = ResourceType.of(Agreement, agreement, domain.LAST_SIGNATURE)


def lifecycle_of(record: Agreement) -> Lifecycle[SigningContext]:
    """The lifecycle of an agreement in its present state: the last signature leads to another state than the others."""
    return _kind_of(record).lifecycle


async def create(uow: UnitOfWork, access: AccessScope, new: Agreement) -> Agreement:
    """Inserts an agreement: in force if every party has signed, else drafting. Its first day may be in the future. An
    office enters signatures of a document that was signed elsewhere; the sides are notified of an agreement in force.

    Raises Invalid for a centre, institution or agreement that the caller may not know of or that cannot be amended, and
    for signatures without the document; Forbidden outside the caller's grant, and for signatures that no office enters.
    """
    named = await centre_of(uow.connection, new.centre_id)
    centre = require_known(access.principal, named, CENTRES, PUBLISHED, "/centre_id")
    require(access, "create", centre.country, centre.id)
    placed = replace(
        new,
        country=centre.country,
        visibility="restricted",
        status=domain.first_status(new.parties),
        search_key=_search_key(new),
        parties=_with_sides(new.parties),
        signers=[*access.principal.labels] if domain.signatures(new.parties) else [],
        signed_copies=[],
    )
    if placed.signers:
        _require_entered(access.principal, placed)
    await require_institutions(uow, _institutions(placed))
    await _require_amendable(uow, placed)
    placed = await with_digest(uow, "document", placed)
    _require_order(placed)
    entered = await AGREEMENTS.insert(uow, placed)
    if entered.status == "in_force":
        AGREEMENTS.record_change(uow, "sign", entered, entered, entered.status)
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
        wanted = replace(wanted, parties=_with_sides(wanted.parties))
        if domain.signatures(wanted.parties) != domain.signatures(before.parties):
            raise invalid_field("/parties", "invalid_value", "Use the transition `sign` for a signature.")
        await require_institutions(uow, _institutions(wanted))
    if wanted.amends_id != before.amends_id:
        await _require_amendable(uow, wanted)
    _require_order(wanted)
    wanted = await with_digest(uow, "document", wanted, before)
    return await AGREEMENTS.update(uow, before, replace(wanted, search_key=_search_key(wanted)))


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Agreement, requested: TransitionRequest
) -> Agreement:
    """Applies one transition. Raises what `Lifecycle.advance` raises, Invalid for a party that the caller cannot sign
    for, a day to come, and a signature for another side without its document."""
    fields = requested.fields
    signing = await load_guard_context(uow.connect, access.principal, before, fields)
    copies = await _signed_copies(uow, fields)

    def effects(_target: str) -> Agreement:
        if requested.action != "sign":
            return before
        party = _party(signing, fields)
        day = given(fields, "signed_at", date) or today()
        if day > today():
            raise invalid_field("/fields/signed_at", "invalid_date", "A signature is not of a day to come.")
        _require_copy(copies, is_needed=not signing.represents(party))
        return replace(
            before,
            parties=domain.signed(before.parties, party, given(fields, "signatory", str), day),
            signers=[*before.signers, *access.principal.labels],
            signed_copies=[*before.signed_copies, *copies],
        )

    after = await _kind_of(before).apply_transition(uow, before, requested, signing, permitted(access, before), effects)
    await _prolong(uow, after)
    await hand_over(uow, after.centre_id)
    return after


async def load_guard_context(
    connect: Connect, principal: Principal, record: Agreement, fields: Fields
) -> SigningContext:
    """Loads what the guard of a signature asks about this caller. With the name of a party in the fields, it is about
    the signature of that one."""
    if record.status not in domain.SIGNING:
        return SigningContext()
    institutions: set[str] = set()
    if _signs_as(principal, REPRESENTATIVE_SIGNS, record):
        async with connect() as connection:
            institutions = {str(host)} if (host := await queries.host_of(connection, record.centre_id)) else set()
    waiting, name = domain.unsigned(record.parties), fields.get("party")
    return SigningContext(
        is_person=principal.account_id is not None,
        has_signed=not set(record.signers).isdisjoint(principal.labels),
        is_office=_signs_as(principal, OFFICE_SIGNS, record),
        institutions=institutions,
        waiting=[party for party in waiting if party["name"] == name] or waiting,
    )


def _signs_as(principal: Principal, roles: RoleTable, record: Agreement) -> bool:
    scope = principal.permission_scope(roles, AGREEMENTS.resource.name, "sign")
    return scope.covers(record.country, record.centre_id)


def _party(signing: SigningContext, fields: Fields) -> Party:
    """The party that the caller signs for: the named one, else that of their own side, else the only one. Raises
    Invalid if there is none, or another choice."""
    name = given(fields, "party", str)
    found = [party for party in signing.own if name in (None, party["name"])]
    if name is None and (represented := [party for party in found if signing.represents(party)]):
        found = represented
    if not found or (name is None and len(found) > 1):
        raise invalid_field("/fields/party", "not_one_of", "The name of a party that has not signed.")
    return found[0]


async def _signed_copies(uow: UnitOfWork, fields: Fields) -> list[Document]:
    document = given(fields, "document", dict)
    found = await with_digests(uow, {"/fields/document": document}, is_final=True) if document else []
    return [each for each in found if each is not None]


def _require_copy(copies: list[Document], *, is_needed: bool) -> None:
    if is_needed and not copies:
        raise invalid_field(
            "/fields/document", "required", "An office signs for another side with what that one signed."
        )
    if copies and not is_needed:
        raise invalid_field(
            "/fields/document", "invalid_value", "Whoever signs for their own side attaches no document."
        )


def _require_entered(principal: Principal, new: Agreement) -> None:
    """Raises Forbidden if no office enters the signatures, Invalid if the document is missing."""
    if not _signs_as(principal, OFFICE_SIGNS, new):
        detail = "Each side signs for itself, with the transition `sign`."
        first = next(n for n, party in enumerate(new.parties) if party["signed_at"] is not None)
        errors = [FieldError("forbidden", detail, pointer=f"/parties/{first}/signed_at")]
        raise Forbidden(detail, errors=errors, members={"reason": "other_side_signs"})
    if new.document is None:
        raise invalid_field("/document", "required", "Signatures are entered with the signed document.")


def _with_sides(given_parties: Sequence[Party]) -> list[Party]:
    """The parties, each with its side. Raises Invalid for an institution that is another side, an institution that is
    not named, and for the secretariat alone."""
    parties = domain.with_sides(given_parties)
    for n, party in enumerate(parties):
        if (party["side"] == domain.INSTITUTION) != (party["institution_id"] is not None):
            detail = "A party is an `institution` if it has an `institution_id`, and only then."
            raise invalid_field(f"/parties/{n}/side", "invalid_value", detail)
    if all(party["side"] == domain.SECRETARIAT for party in parties):
        raise invalid_field("/parties/0/side", "invalid_value", "The secretariat agrees with another side.")
    return parties


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


def _kind_of(record: Agreement) -> ResourceType[Agreement, SigningContext]:
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
