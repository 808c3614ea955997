"""Writing letters: one function per verb."""

from dataclasses import replace
from datetime import date

from services.actions.governments.correspondence import domain
from services.actions.governments.correspondence.queries import is_of_country
from services.actions.governments.correspondence.record import Letter
from services.actions.governments.correspondence.tables import correspondence
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Forbidden, invalid_field, unknown_reference
from shared.kernel.lifecycle import given
from shared.records.access_scope import AccessScope
from shared.records.documents import with_digest
from shared.records.requirements import permitted, require_creation, require_visibility_change
from shared.records.resource_type import ResourceType, TransitionRequest

LETTERS: ResourceType[Letter, None] = ResourceType.of(Letter, correspondence, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Letter) -> Letter:
    """Inserts a letter. The letter that it replies to becomes `answered`.

    Raises Invalid for an unknown letter, Forbidden if the caller may not mark that letter as answered.
    """
    require_creation(access, new)
    await _mark_answered(uow, access, new)
    new = await with_digest(uow, "document", new)
    status = domain.first_status(new.direction)
    return await LETTERS.insert(uow, replace(new, status=status))


async def update(uow: UnitOfWork, access: AccessScope, before: Letter, wanted: Letter) -> Letter:
    """Updates the letter. The letter that it now replies to becomes `answered`."""
    if wanted.reply_to != before.reply_to:
        if wanted.reply_to == before.id:
            raise invalid_field("/reply_to", "invalid_value", "A letter does not reply to itself.")
        await _mark_answered(uow, access, wanted)
    require_visibility_change(access, before, wanted)
    wanted = await with_digest(uow, "document", wanted, before)
    return await LETTERS.update(uow, before, wanted)


async def transition(uow: UnitOfWork, access: AccessScope, before: Letter, requested: TransitionRequest) -> Letter:
    """Applies one transition. `awaiting_reply` sets a due day in 30 days if no other day was agreed."""

    def effects(target: str) -> Letter:
        if target == "awaiting_reply":
            agreed = given(requested.fields, "reply_due", date) or before.reply_due
            return replace(before, reply_due=agreed or today() + domain.REPLY_CLOCK)
        return replace(before, replied_on=today()) if target == "answered" else before

    return await LETTERS.apply_transition(uow, before, requested, None, permitted(access, before), effects)


async def _mark_answered(uow: UnitOfWork, access: AccessScope, reply: Letter) -> None:
    """Marks the letter that this one replies to as answered, unless it is closed or already answered."""
    letter, country = reply.reply_to, reply.country
    if letter is None:
        return
    if not await is_of_country(uow.connection, access.context, letter, country):
        raise unknown_reference("/reply_to", "letter in the country")
    if not access.may("reply", country, letter):
        raise Forbidden("Your grants do not include answering this letter.", members={"reason": "not_permitted"})
    before = await LETTERS.lock(uow, letter)
    if before.status in domain.OPEN:
        await LETTERS.apply_scheduled(uow, before, "answer", replace(before, replied_on=reply.date))
