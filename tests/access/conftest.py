"""The app of access over a real database, with the demo accounts and clients."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from deploy.demo import load
from services.access.app import create_app
from services.access.settings import AccessSettings
from services.access.worker import create_worker
from tests.access.caller import Caller
from tests.support.inside import Inside
from tests.support.mailbox import Mailbox

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
        failed_authentications=100_000,
        failed_accounts=100_000,
        mail_requests=100_000,
        pool_size=4,
    )


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
    working = asyncio.create_task(worker.work())
    yield mailbox
    worker.stop()
    await working
