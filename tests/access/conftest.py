"""The app of access over a real database, with the demo accounts and clients."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from deploy.demo import load
from services.access.app import create_app
from services.access.principals.accounts import passwords
from services.access.settings import AccessSettings
from services.access.worker import create_worker
from services.actions.app import create_app as create_actions
from services.actions.settings import ActionsSettings
from services.centres.app import create_app as create_centres
from services.centres.settings import CentresSettings
from services.membership.app import create_app as create_membership
from services.membership.settings import MembershipSettings
from shared.database.pool import Database
from shared.kernel import clock
from tests.access.caller import Caller
from tests.access.times import Times
from tests.support import callers
from tests.support.callers import serving
from tests.support.databases import as_superuser
from tests.support.inside import Inside
from tests.support.mailbox import Mailbox
from tests.support.workers import at_work, drop_jobs, without_relay

ORIGIN = "http://access.test"


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write. The demo data come first: `enter_callers` has clients with the same
    names."""
    url = database_named("access")
    asyncio.run(load(url))
    return url


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str) -> AccessSettings:
    return AccessSettings(
        database_url=database_url,
        redis_url=redis_url,
        issuer=ORIGIN,
        failed_accounts=100_000,
        pool_size=4,
    )


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords are hashed at the least cost that argon2 has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest_asyncio.fixture(scope="session")
async def demo(database_url: str) -> dict[str, Any]:
    return await load(database_url)


@pytest_asyncio.fixture(scope="session")
async def app(settings: AccessSettings, demo: dict[str, Any]) -> AsyncIterator[Any]:
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest_asyncio.fixture(scope="session")
async def http(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=Inside(app), base_url=ORIGIN) as client:
        yield client


@pytest.fixture(scope="session")
def caller(http: httpx.AsyncClient, demo: dict[str, Any], database_url: str) -> Caller:
    return Caller(http, demo, database_url)


@pytest_asyncio.fixture
async def posted(mailbox: Mailbox, settings: AccessSettings) -> AsyncIterator[Mailbox]:
    """The mailbox while a worker sends to it."""
    given: Any = AccessSettings(smtp_url=mailbox.url)  # type: ignore[arg-type]
    worker = create_worker(settings.model_copy(update={"smtp_url": given.smtp_url}))
    await drop_jobs(settings.database_url)
    async with at_work(without_relay(worker)):
        yield mailbox


@pytest.fixture(scope="session")
async def database(settings: AccessSettings) -> AsyncIterator[Database]:
    """The service's own database role, as in its worker."""
    opened = await Database.open(settings.database_dsn(), size=2)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    async with as_superuser(database_url) as connection:
        yield connection


@pytest.fixture(scope="session")
async def membership(database_url: str, redis_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """The app of membership over the same database."""
    async with serving(create_membership(MembershipSettings(database_url=database_url, redis_url=redis_url))) as client:
        yield client


@pytest.fixture(scope="session")
def members(membership: httpx.AsyncClient) -> callers.Caller:
    return callers.Caller(membership, "admin")


@pytest.fixture(scope="session")
async def centres(database_url: str, redis_url: str) -> AsyncIterator[callers.Caller]:
    async with serving(create_centres(CentresSettings(database_url=database_url, redis_url=redis_url))) as client:
        yield callers.Caller(client, "admin")


@pytest.fixture(scope="session")
async def actions(database_url: str, redis_url: str) -> AsyncIterator[callers.Caller]:
    async with serving(create_actions(ActionsSettings(database_url=database_url, redis_url=redis_url))) as client:
        yield callers.Caller(client, "admin")


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Times:
    """The clock of the services for the rest of the test."""
    made = Times()
    monkeypatch.setattr(clock, "datetime", SimpleNamespace(now=made.now))
    return made
