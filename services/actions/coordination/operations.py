"""Writing endorsements and letters: one function per verb, and the expiry that time brings."""

from dataclasses import replace
from datetime import date

from sqlalchemy import func, select

from services.actions.access import speaks_for
from services.actions.coordination import domain, queries
from services.actions.coordination.record import Endorsement, Letter
from services.actions.coordination.tables import correspondence, endorsement
from services.actions.government.queries import require_body
from shared.auth.independence import is_another, with_author
from shared.database.statements import Statement
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, Forbidden, invalid_field
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require, require_publishing
from shared.records.rows import records_of

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


async def create_endorsement(uow: UnitOfWork, access: AccessScope, new: Endorsement) -> Endorsement:
    """An endorsement, claimed until the secretariat has verified it."""
    require(access, "create", new.country)
    require_publishing(access, new.visibility, new.country)
    await require_body(uow.connection, access, "body_id", new.body_id, new.country)
    claimants = with_author((), uow.origin.actor)
    claimed = replace(new, status="claimed", claimants=claimants, search_key=_endorsement_key(new))
    return await ENDORSEMENTS.insert(uow, claimed)


async def update_endorsement(
    uow: UnitOfWork, access: AccessScope, before: Endorsement, wanted: Endorsement
) -> Endorsement:
    """The endorsement as it is wanted. Raises Conflict where what was verified would become another."""
    is_same = domain.is_same_claim(before, wanted)
    if before.status != "claimed" and not is_same:
        raise Conflict("A verified endorsement cannot be changed. Claim another one and replace this one.")
    if wanted.visibility != before.visibility:
        require_publishing(access, wanted.visibility, before.country, before.id)
    if wanted.body_id != before.body_id:
        await require_body(uow.connection, access, "body_id", wanted.body_id, before.country)
    if not is_same:
        wanted = replace(wanted, claimants=with_author(before.claimants, uow.origin.actor))
    return await ENDORSEMENTS.update(uow, before, replace(wanted, search_key=_endorsement_key(wanted)))


async def transition_endorsement(
    uow: UnitOfWork, access: AccessScope, before: Endorsement, requested: TransitionRequest
) -> Endorsement:
    """One transition of an endorsement. Raises what `Lifecycle.advance` raises."""
    guard_context = await load_endorsement_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(target: str) -> Endorsement:
        if target == "withdrawn":
            return replace(before, withdrawn_on=today(), withdrawal_reason=requested.reason)
        if target == "verified":
            document = given(requested.fields, "document", dict) or before.document
            return replace(before, document=document, verified_on=today())
        return before

    return await ENDORSEMENTS.apply_transition(
        uow, before, requested, guard_context, permitted(access, before), effects
    )


async def load_endorsement_guard_context(
    connect: Connect, principal: Principal, record: Endorsement, fields: Fields
) -> domain.EndorsementGuardContext:
    """What the guards look at, for this caller."""
    independent = record.status == "claimed" and not speaks_for(principal, record.country)
    return domain.EndorsementGuardContext(
        has_document=bool(record.document or fields.get("document")),
        is_independent=independent and await is_another(connect, principal, record.claimants),
    )


async def expire_endorsements(uow: UnitOfWork) -> int:
    """Ends verified endorsements whose last day is over, at most 200 at a time; how many."""
    expired = records_of(Endorsement, await _EXPIRED.fetch(uow.connection))
    for before in expired:
        await ENDORSEMENTS.apply_scheduled(uow, before, "expire")
    return len(expired)


async def create_letter(uow: UnitOfWork, access: AccessScope, new: Letter) -> Letter:
    """A letter that came in or went out. The letter that it replies to is answered.

    Raises Invalid for a letter that is not known, Forbidden where the caller may not answer it.
    """
    require(access, "create", new.country)
    require_publishing(access, new.visibility, new.country)
    await _answer(uow, access, new)
    status = domain.first_status(new.direction)
    return await LETTERS.insert(uow, replace(new, status=status, search_key=search_key(new.subject)))


async def update_letter(uow: UnitOfWork, access: AccessScope, before: Letter, wanted: Letter) -> Letter:
    """The letter as it is wanted. The letter that it now replies to is answered."""
    if wanted.reply_to != before.reply_to:
        if wanted.reply_to == before.id:
            raise invalid_field("/reply_to", "invalid_value", "A letter does not reply to itself.")
        await _answer(uow, access, wanted)
    if wanted.visibility != before.visibility:
        require_publishing(access, wanted.visibility, before.country, before.id)
    return await LETTERS.update(uow, before, replace(wanted, search_key=search_key(wanted.subject)))


async def _answer(uow: UnitOfWork, access: AccessScope, reply: Letter) -> None:
    """Makes the letter that this one replies to answered; one that is closed, or answered already, stays as it is."""
    letter, country = reply.reply_to, reply.country
    if letter is None:
        return
    if not await queries.is_of_country(uow.connection, access.context, letter, country):
        raise invalid_field("/reply_to", "unknown_reference", "There is no such letter in the country.")
    if not access.may("reply", country, letter):
        raise Forbidden("Your grants do not include answering this letter.", members={"reason": "not_permitted"})
    before = await LETTERS.lock(uow, letter)
    if before.status in domain.OPEN_LETTERS:
        await LETTERS.apply_scheduled(uow, before, "answer", replace(before, replied_on=reply.date))


async def transition_letter(
    uow: UnitOfWork, access: AccessScope, before: Letter, requested: TransitionRequest
) -> Letter:
    """One transition of a letter. Awaiting a reply starts a clock of 30 days where no other day was agreed."""

    def effects(target: str) -> Letter:
        if target == "awaiting_reply":
            agreed = given(requested.fields, "reply_due", date) or before.reply_due
            return replace(before, reply_due=agreed or today() + domain.REPLY_CLOCK)
        return replace(before, replied_on=today()) if target == "answered" else before

    return await LETTERS.apply_transition(uow, before, requested, None, permitted(access, before), effects)


def _endorsement_key(record: Endorsement) -> str:
    return search_key(record.body["name"] if record.body else "")
