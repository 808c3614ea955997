"""Opening, renewing and ending sessions. Opening and ending write one audit entry and one fact; renewing writes
neither."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.access.authority.grants.queries import is_active
from services.access.principals.sessions import domain, queries
from services.access.principals.sessions.record import Session
from services.access.principals.sessions.tables import session
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.step_up import Level
from shared.messaging.outbox import defer
from shared.records.resource_type import ResourceType, TransitionRequest

SESSIONS: ResourceType[Session, None] = ResourceType.of(Session, session, domain.LIFECYCLE)
_END = "end"
TELL_CLIENT = "tell_client_of_logout"
"""The job that tells a client that the session of a person ended."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """A renewed session: the next refresh token, which is shown only once, its expiry, and the highest level that the
    account can reach."""

    session: Session
    token: str
    until: datetime
    best: Level = Level.ONE_FACTOR


@dataclass(frozen=True, slots=True)
class Opening:
    """Of which account a session is, how it is shown to its owner, and for a client which one, its scope, when the
    person signed in, how surely, by which methods, and at which provider. `bound_to` is the thumbprint of the key that
    whoever renews it has to prove. `ends_at` is its end, if that is not in 30 days."""

    account: UUID
    label: str | None = None
    client: UUID | None = None
    scope: str | None = None
    signed_in_at: datetime | None = None
    acr: str | None = None
    amr: Sequence[str] | None = None
    provider: UUID | None = None
    provider_sid: str | None = None
    bound_to: str | None = None
    ends_at: datetime | None = None


async def open_session(uow: UnitOfWork, opening: Opening, best: Level = Level.ONE_FACTOR) -> Renewal:
    """Opens a session with its first refresh token."""
    return await _renewal(uow, await begin(uow, opening), domain.new_refresh_token(), best)


async def begin(uow: UnitOfWork, opening: Opening) -> Session:
    """Opens a session. If the account has 50, the oldest ends."""
    account = opening.account
    living = await queries.lock_living(uow.connection, account)
    surplus = len(living) - domain.MOST_LIVING + 1
    await _end(uow, living[: max(surplus, 0)], "superseded")
    new = replace(
        SESSIONS.new({}),
        status="active",
        visibility="restricted",
        account_id=account,
        label=domain.label_of(opening.label),
        ends_at=opening.ends_at or now() + domain.LONGEST,
        client=opening.client,
        scope=opening.scope,
        signed_in_at=opening.signed_in_at,
        acr=opening.acr,
        amr=None if opening.amr is None else list(opening.amr),
        provider=opening.provider,
        provider_sid=opening.provider_sid,
        bound_to=opening.bound_to,
    )
    return await SESSIONS.insert(uow, new)


@dataclass(frozen=True, slots=True)
class Renewing:
    """Who renews: `secret` derives successors, `client` is the one that the session must be of, `keeps_token` says
    that it proves itself in another way, so that its token need not change, and `bound_to` is the key it proved."""

    secret: bytes
    client: UUID | None = None
    keeps_token: bool = False
    bound_to: str | None = None

    def may_renew(self, session: Session) -> bool:
        """Whether the session lives, is of this client, and is bound to no other key."""
        is_own = session.client == self.client and session.bound_to in (None, self.bound_to)
        return is_own and session.status == "active"


async def renew(uow: UnitOfWork, token: str, by: Renewing) -> Renewal | None:
    """The session with the successor of the given token; None if that is not valid, or of another client.

    Two windows of a browser may renew at once: for `OVERLAP` after its use a token gets the same successor again, if
    the successor is unused. Any other second use means that the token was copied, and ends the session.
    """
    digest, at = domain.digest(token), now()
    found = await queries.take_token(uow.connection, digest)
    if found is None or not by.may_renew(found.session):
        return None
    session, successor = found.session, domain.successor_of(token, by.secret)
    if found.used_at is not None:
        until = await queries.repeatable(uow.connection, digest, domain.digest(successor))
        if until is None:
            await _end(uow, [session], "refresh token used twice")
            return None
        return Renewal(session, successor, until, found.best)
    if min(found.until, session.ends_at) <= at or not await is_active(uow.connection, "account", session.account_id):
        return None
    if by.keeps_token:
        until = domain.idle_until(at, session.ends_at)
        await queries.keep_token(uow.connection, digest, until)
        return Renewal(session, token, until, found.best)
    await queries.use_token(uow.connection, digest)
    return await _renewal(uow, session, successor, found.best)


async def end_by_token(uow: UnitOfWork, token: str, client: UUID | None) -> None:
    """Ends the session of a refresh token of this client, whether the token is used or not (RFC 7009)."""
    found = await queries.take_token(uow.connection, domain.digest(token))
    if found is not None and found.session.status == "active" and found.session.client == client:
        uow.origin = replace(uow.origin, actor=Principal(PrincipalKind.ACCOUNT, found.session.account_id))
        await _end(uow, [found.session], "refresh token revoked")


async def end(uow: UnitOfWork, account: UUID, chosen: UUID, *, reason: str | None = None) -> None:
    """Ends one session of an account; an ended one does not change."""
    living = await queries.lock_living(uow.connection, account)
    await _end(uow, [session for session in living if session.id == chosen], reason)


async def end_all(uow: UnitOfWork, account: UUID, *, besides: UUID | None = None, reason: str | None = None) -> int:
    """Ends every session of an account except one. Returns how many."""
    living = [session for session in await queries.lock_living(uow.connection, account) if session.id != besides]
    await _end(uow, living, reason)
    return len(living)


async def end_all_of_client(uow: UnitOfWork, client: UUID, *, account: UUID | None = None, reason: str) -> None:
    """Ends every session of a client, or those of one account."""
    await _end(uow, await queries.lock_of_client(uow.connection, client, account), reason)


async def end_all_of_provider(
    uow: UnitOfWork, provider: UUID, *, account: UUID | None = None, sid: str | None = None, reason: str
) -> int:
    """Ends every session that was opened at a provider, or those of one account or of one session there. Returns how
    many."""
    found = await queries.lock_of_provider(uow.connection, provider, account, sid)
    await _end(uow, found, reason)
    return len(found)


async def expire(uow: UnitOfWork, at: datetime) -> int:
    """Ends up to 200 sessions that were not renewed in time. Returns how many."""
    sessions = await queries.over(uow.connection, at)
    for before in sessions:
        await SESSIONS.apply_scheduled(uow, before, "expire")
    return len(sessions)


async def _end(uow: UnitOfWork, sessions: Sequence[Session], reason: str | None) -> None:
    for before in sessions:
        await SESSIONS.apply_transition(uow, before, TransitionRequest(_END, reason, {}), None, lambda _verb: True)
        if before.client is not None and await queries.to_tell(uow.connection, before.id) is not None:
            defer(uow, "access", TELL_CLIENT, {"session": str(before.id)}, created_by=uow.origin.actor.label)


async def _renewal(uow: UnitOfWork, session: Session, token: str, best: Level = Level.ONE_FACTOR) -> Renewal:
    until = domain.idle_until(now(), session.ends_at)
    await queries.add_token(uow.connection, domain.digest(token), session.id, until)
    return Renewal(session, token, until, best)
