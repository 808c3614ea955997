"""Writing consents: one function per verb."""

from dataclasses import replace
from uuid import UUID

from services.membership.initiatives.supports import operations as supports
from services.membership.mailing.consents import domain, queries
from services.membership.mailing.consents.record import Consent, Proof
from services.membership.mailing.consents.tables import consent
from services.membership.register.experts.operations import EXPERTS, unlist
from services.membership.register.experts.owners import require_owner
from services.membership.register.notices.domain import LISTING
from services.membership.register.notices.queries import languages_of
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, FieldError, invalid_field, unknown_reference
from shared.records.access_scope import AccessScope
from shared.records.documents import with_digests
from shared.records.requirements import permitted
from shared.records.resource_type import ResourceType, TransitionRequest

CONSENTS: ResourceType[Consent, None] = ResourceType.of(Consent, consent, domain.LIFECYCLE, is_personal=True)


async def create(uow: UnitOfWork, access: AccessScope, new: Consent) -> Consent:
    """Inserts a consent in force, which supersedes the earlier ones of its purpose.

    Raises Conflict `not_unique` if the expert has agreed to this version already, Invalid for an unknown expert or
    notice and for a missing proof, Forbidden outside the caller's grant.
    """
    owner = await require_owner(uow.connection, access, new.expert_id)
    languages = await languages_of(uow.connection, new.purpose, new.notice_version)
    if not languages:
        raise unknown_reference("/notice_version", "version of the notice")
    if new.language not in languages:
        raise invalid_field("/language", "not_one_of", "The notice has no text in this language.")
    is_own = access.principal.is_account(owner.account_id)
    if is_own != (new.proof["channel"] == domain.ONLINE):
        raise invalid_field("/proof/channel", "invalid_value", "`online` is the channel of the person's own account.")
    expert = await EXPERTS.lock(uow, new.expert_id)
    for earlier in await queries.lock_given(uow.connection, new.expert_id, new.purpose):
        if earlier.notice_version == new.notice_version:
            detail = "The expert has agreed to this version."
            raise Conflict(detail, errors=[FieldError("not_unique", detail, pointer="/notice_version")])
        await CONSENTS.apply_scheduled(uow, earlier, "supersede")
    if new.purpose == LISTING:
        await EXPERTS.update(uow, expert, replace(expert, listing_withdrawn_on=None))
    (document,) = await with_digests(uow, {"/proof/document": new.proof["document"]})
    proof: Proof = {**new.proof, "document": document}
    placed = replace(new, country=owner.country, visibility="restricted", status="given", proof=proof)
    return await CONSENTS.insert(uow, placed)


async def transition(uow: UnitOfWork, access: AccessScope, before: Consent, requested: TransitionRequest) -> Consent:
    """Applies one transition. The withdrawal of `listing` takes the expert off public lists in the same transaction.
    Raises what `Lifecycle.advance` raises."""
    after = await CONSENTS.apply_transition(uow, before, requested, None, permitted(access, before))
    if after.purpose == LISTING and after.status == "withdrawn":
        await unlist(uow, await EXPERTS.lock(uow, after.expert_id))
        await supports.unlist(uow, after.expert_id)
    return after


async def withdraw(uow: UnitOfWork, expert: UUID, purpose: str, reason: str) -> None:
    """Withdraws the consents in force of an expert for a purpose, which the person has asked for without an account."""
    for given in await queries.lock_given(uow.connection, expert, purpose):
        requested = TransitionRequest("withdraw", reason, {})
        await CONSENTS.apply_transition(uow, given, requested, None, lambda _verb: True)
