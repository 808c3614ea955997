"""Giving a code for a sign-in, and a session for a code."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.access.authority.grants.queries import is_active
from services.access.principals.codes import domain, queries
from services.access.principals.codes.queries import SignIn
from services.access.principals.sessions import operations as sessions
from services.access.principals.sessions.domain import digest
from services.access.principals.sessions.operations import Opening, Renewal
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import BREAK_GLASS, Principal, PrincipalKind
from shared.kernel.step_up import level_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks a code for, once all of it is known to be right."""

    client: UUID
    redirect_uri: str
    challenge: str
    scope: str
    nonce: str | None
    bound_to: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A code as a client shows it, with the key that it proved, and that which its refresh token is to be bound to."""

    code: str
    client: UUID
    redirect_uri: str
    verifier: str
    proved: str | None = None
    bound_to: str | None = None


async def give(uow: UnitOfWork, browser_session: UUID, asked: Asked) -> str:
    """A code that opens one session of the person who is signed in there, within a minute."""
    code = domain.new_code()
    await queries.add(
        uow.connection,
        digest=digest(code),
        browser_session=browser_session,
        client=asked.client,
        redirect_uri=asked.redirect_uri,
        challenge=asked.challenge,
        scope=asked.scope,
        nonce=asked.nonce,
        bound_to=asked.bound_to,
        until=now() + domain.LIFE,
    )
    return code


async def redeem(uow: UnitOfWork, shown: Shown) -> tuple[Renewal, str | None] | None:
    """The session for a code, and the nonce that it was asked with. None for a code that is not valid.

    Whatever way a known code is shown, it is used. A second use means that it was copied, and ends the session that the
    first one gave.
    """
    key = digest(shown.code)
    found = await queries.take(uow.connection, key)
    if found is None:
        return None
    uow.origin = replace(uow.origin, actor=Principal(PrincipalKind.ACCOUNT, found.sign_in.account_id))
    if found.used_at is not None:
        if found.given is not None:
            await sessions.end(uow, found.sign_in.account_id, found.given, reason="code used twice")
        return None
    is_right = (
        (found.client, found.redirect_uri) == (shown.client, shown.redirect_uri)
        and domain.proves(shown.verifier, found.challenge)
        and found.bound_to in (None, shown.proved)
        and found.until > now()
        and found.sign_in.is_signed_in
        and await is_active(uow.connection, "account", found.sign_in.account_id)
    )
    if not is_right:
        await queries.use(uow.connection, key, None)
        return None
    renewal = await open_for(uow, found.sign_in, found.client, found.scope, shown.bound_to)
    await queries.use(uow.connection, key, renewal.session.id)
    return renewal, found.nonce


async def open_for(uow: UnitOfWork, sign_in: SignIn, client: UUID, scope: str, bound_to: str | None) -> Renewal:
    """Opens the session of a client for a person who is signed in in a browser, as surely as they are there;
    for the break-glass account, until that session ends."""
    opening = Opening(
        sign_in.account_id,
        client=client,
        scope=scope,
        signed_in_at=sign_in.signed_in_at or now(),
        acr=sign_in.acr,
        amr=sign_in.amr,
        provider=sign_in.provider,
        provider_sid=sign_in.provider_sid,
        bound_to=bound_to,
        ends_at=sign_in.ends_at if sign_in.account_id == BREAK_GLASS else None,
    )
    return await sessions.open_session(uow, opening, level_of(sign_in.best))
