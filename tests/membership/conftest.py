"""The membership app over HTTP, and callers of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from services.membership.worker import create_worker
from shared.database.pool import Database
from tests.support.callers import CALLERS, Caller, grant, person, serving
from tests.support.databases import as_superuser
from tests.support.mailbox import Mailbox
from tests.support.membership import activated
from tests.support.workers import at_work, drop_jobs, without_relay


@pytest.fixture(scope="session")
async def membership(database_url: str, redis_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(MembershipSettings(database_url=database_url, redis_url=redis_url))) as client:
        yield client


@pytest.fixture
def caller(membership: httpx.AsyncClient) -> Callable[[str | None], Caller]:
    """A caller by name; None is anonymous."""
    return lambda name: Caller(membership, name)


@pytest.fixture
def newcomer(membership: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A person without a grant that no other test uses."""
    principal = person(f"newcomer {uuid4().hex}")
    monkeypatch.setitem(CALLERS, principal.name, principal)  # type: ignore[arg-type]
    return Caller(membership, principal.name)


@pytest.fixture
def admin(membership: httpx.AsyncClient) -> Caller:
    return Caller(membership, "admin")


@pytest.fixture
def anonymous(membership: httpx.AsyncClient) -> Caller:
    return Caller(membership, None)


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write."""
    return database_named("membership")


@pytest.fixture
async def database(database_url: str, redis_url: str) -> AsyncIterator[Database]:
    """The service's own database role, as in its worker."""
    settings = MembershipSettings(database_url=database_url, redis_url=redis_url)
    opened = await Database.open(settings.database_dsn(), size=3)
    yield opened
    await opened.close()


@pytest.fixture
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    async with as_superuser(database_url) as connection:
        yield connection


@asynccontextmanager
async def working(database_url: str, redis_url: str, smtp_url: str) -> AsyncIterator[None]:
    """A worker that sends to this mail server."""
    settings = MembershipSettings(
        database_url=database_url, redis_url=redis_url, smtp_url=smtp_url, issuer="https://escm.test"
    )
    await drop_jobs(database_url)
    async with at_work(without_relay(create_worker(settings))):
        yield


@pytest.fixture
async def posted(mailbox: Mailbox, database_url: str, redis_url: str) -> AsyncIterator[Mailbox]:
    """The mailbox while a worker sends to it."""
    async with working(database_url, redis_url, mailbox.url):
        yield mailbox


@pytest.fixture
def member(
    caller: Callable[[str | None], Caller],
    admin: Caller,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]]:
    """Makes an active expert with the given fields who signs in. Returns the caller and the record."""

    async def make(**fields: Any) -> tuple[Caller, dict[str, Any]]:
        record = await activated(caller("admin"), **fields)
        name = f"member {record['ref']}"
        principal = person(name, grant("expert", "self", record["id"]))
        monkeypatch.setitem(CALLERS, name, principal)  # type: ignore[arg-type]
        await superuser.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", record["id"], principal.id)
        return caller(name), record

    return make
