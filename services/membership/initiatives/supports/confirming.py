"""Confirming and withdrawing a signature with the token of a mail."""

from dataclasses import replace

from services.membership.initiatives.supports import domain, queries
from services.membership.initiatives.supports.operations import SUPPORTS, apply, supporter_of
from services.membership.initiatives.supports.record import Support
from shared.database.locks import lock_names
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import NotFound
from shared.mail import tokens
from shared.records.resource_type import TransitionRequest


async def confirm(uow: UnitOfWork, token: str) -> Support:
    """The support of a token after its signer has shown that the address is theirs: accepted, or pending on hold. If
    the person supports the initiative already, that support, and the signature is deleted. May be repeated.

    Raises Invalid `token_not_valid`.
    """
    before = await _of_token(uow, domain.SUPPORT, token)
    if before.status != "pending" or before.email_verified or before.signer is None:
        return before
    hold = before.hold or await _hold_of_namesake(uow, before)
    if hold is not None:
        wanted = replace(before, email_verified=True, hold=hold)
        return await SUPPORTS.write(uow, "confirm", before, wanted, fact="updated")
    expert = await supporter_of(uow, before.signer, email_verified=True)
    earlier = await queries.other_living(uow.connection, replace(before, expert_id=expert))
    if earlier is not None:
        await tokens.move(uow.connection, tokens.MEMBERSHIP, before.id, earlier.id)
        await queries.remove(uow.connection, before.id)
        SUPPORTS.record_change(uow, "delete", before, replace(before, version=before.version + 1), "deleted")
        return earlier
    return await _apply(uow, before, "verify")


async def _hold_of_namesake(uow: UnitOfWork, before: Support) -> domain.Hold | None:
    """The hold of a signature whose name and country another address has confirmed, listed or not. Those of one name
    are confirmed one after another."""
    if before.name_key is None:
        return None
    await lock_names(uow.connection, f"supports {before.initiative_id} {before.country} {before.name_key}")
    has_namesake = await queries.has_namesake(
        uow.connection, before.initiative_id, before.name_key, before.country, before.email_digest or b""
    )
    return domain.DUPLICATE if has_namesake else None


async def withdraw(uow: UnitOfWork, token: str) -> Support:
    """The support of a token after its supporter has withdrawn it. May be repeated. Raises Invalid `token_not_valid`,
    also for a support that was rejected or annulled."""
    before = await _of_token(uow, domain.WITHDRAWAL, token)
    if before.status == "withdrawn":
        return before
    if before.status not in domain.LIVING:
        raise tokens.token_not_valid()
    return await _apply(uow, before, "withdraw")


async def _apply(uow: UnitOfWork, before: Support, action: str) -> Support:
    guard_context = domain.SupportGuardContext(
        email_verified=True,
        has_evidence=False,
        is_evidence_available=True,
        hold=before.hold,
        is_office=False,
        is_own_active=False,
    )
    return await apply(uow, before, TransitionRequest(action, None, {}), guard_context, lambda _verb: True)


async def _of_token(uow: UnitOfWork, purpose: str, token: str) -> Support:
    """The support of a token, locked."""
    found = await tokens.lock(uow.connection, service=tokens.MEMBERSHIP, purpose=purpose, token=token, at=now())
    if found is None:
        raise tokens.token_not_valid()
    supporter = await queries.supporter_of(uow.connection, found.subject_id)
    await uow.allow_record(found.subject_id, *([supporter] if supporter else []))
    try:
        return await SUPPORTS.lock(uow, found.subject_id)
    except NotFound:
        raise tokens.token_not_valid() from None
