"""Signing in and out in a browser."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.access.factors.factors.due import is_due
from services.access.principals.sessions import operations as sessions
from services.access.principals.sessions.domain import IDLE, digest
from services.access.principals.sessions.operations import Opening
from services.access.principals.sessions.record import Session
from services.access.signing_in.browsers import domain, queries
from services.access.signing_in.browsers.queries import SignedIn
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import Origin, UnitOfWork, unit_of_work
from shared.kernel.clock import now
from shared.kernel.principal import SYSTEM, Principal, PrincipalKind
from shared.kernel.step_up import Level
from shared.observability.traces import request_id


@asynccontextmanager
async def acting(database: Database, account: UUID | None) -> AsyncIterator[UnitOfWork]:
    """A unit of work of a person who showed a cookie or a password, or of one who has yet to say who they are."""
    actor = Principal(PrincipalKind.ACCOUNT, account) if account else SYSTEM
    origin = Origin(actor, request_id.get() or "")
    async with unit_of_work(database, SYSTEM_CONTEXT, origin) as uow:
        yield uow


async def lacks_factor(database: Database, signed_in: SignedIn) -> bool:
    """Whether the person signed in with one factor, here or at a provider, and has a role that needs two by now."""
    if signed_in.level is not Level.ONE_FACTOR:
        return False
    async with database.acquire() as connection:
        return await is_due(connection, signed_in.account, now())


@dataclass(frozen=True, slots=True)
class How:
    """How surely a person signed in, and by which methods; at which provider, in which session there, and when. The
    session ends at `ends_at` at the latest."""

    level: Level = Level.ONE_FACTOR
    methods: Sequence[str] = ("pwd",)
    provider: UUID | None = None
    provider_sid: str | None = None
    at: datetime | None = None
    ends_at: datetime | None = None


_BY_PASSWORD = How()


async def sign_in(uow: UnitOfWork, account: UUID, before: SignedIn | None, how: How = _BY_PASSWORD) -> str:
    """Opens the session of a browser, and ends the one that it had. Returns its new cookie."""
    cookie, _ = await open_in_browser(uow, account, before, how)
    return cookie


async def open_in_browser(
    uow: UnitOfWork, account: UUID, before: SignedIn | None, how: How = _BY_PASSWORD
) -> tuple[str, Session]:
    """Like `sign_in`; returns the session, too."""
    if before is not None:
        await sessions.end(uow, before.account, before.session, reason="signed in again")
        await queries.remove(uow.connection, before.session)
    at, cookie = now(), domain.new_cookie()
    opening = Opening(
        account,
        signed_in_at=how.at or at,
        acr=str(how.level),
        amr=how.methods,
        provider=how.provider,
        provider_sid=how.provider_sid,
        ends_at=how.ends_at,
    )
    session = await sessions.begin(uow, opening)
    await queries.add(uow.connection, digest(cookie), session.id, at + IDLE)
    return cookie, session


async def sign_out(uow: UnitOfWork, signed_in: SignedIn, *others: UUID) -> None:
    """Ends the session of a browser, and further sessions of the person."""
    for session in (signed_in.session, *others):
        await sessions.end(uow, signed_in.account, session, reason="signed out")
    await queries.remove(uow.connection, signed_in.session)
