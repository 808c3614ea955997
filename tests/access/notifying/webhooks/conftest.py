"""Access with a relay and an engine of webhooks over a database of their own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from deploy.demo import load
from services.access.app import create_app
from services.access.notifying.sending.engine import WebhookEngine
from services.access.settings import AccessSettings
from shared.messaging.relay import Relay
from tests.access.caller import Caller
from tests.access.conftest import ORIGIN
from tests.access.notifying.webhooks.receiver import Receiver, receiving
from tests.access.notifying.webhooks.world import World
from tests.support.databases import as_superuser
from tests.support.inside import Inside
from tests.support.waiting import eventually
from tests.support.workers import at_work


@pytest.fixture(scope="session")
def own_url(database_named: Callable[[str], str]) -> str:
    url = database_named("webhooks")
    asyncio.run(load(url))
    return url


@pytest.fixture(scope="session")
def own_settings(own_url: str, redis_url: str) -> AccessSettings:
    return AccessSettings(
        database_url=own_url, redis_url=redis_url, issuer=ORIGIN, failed_accounts=100_000, pool_size=4,
        grants_believed=1.0,
    )  # fmt: skip


@pytest_asyncio.fixture(scope="session")
async def own_demo(own_url: str) -> dict[str, Any]:
    return await load(own_url)


@pytest_asyncio.fixture(scope="session")
async def webhook_app(own_settings: AccessSettings, own_demo: dict[str, Any]) -> AsyncIterator[Any]:
    application = create_app(own_settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest_asyncio.fixture(scope="session")
async def own_caller(webhook_app: Any, own_demo: dict[str, Any], own_url: str) -> AsyncIterator[Caller]:
    async with httpx.AsyncClient(transport=Inside(webhook_app), base_url=ORIGIN) as client:
        yield Caller(client, own_demo, own_url)


@pytest_asyncio.fixture(scope="session")
async def owner(own_url: str) -> AsyncIterator[asyncpg.Connection]:
    async with as_superuser(own_url) as connection:
        yield connection


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest.fixture
async def world(own_caller: Caller, own_settings: AccessSettings, owner: asyncpg.Connection) -> AsyncIterator[World]:
    """The relay is at work, and has announced what earlier tests did; a test starts engines. All webhooks end with the
    test."""

    async def nothing_waits() -> bool:
        return not await owner.fetchval("SELECT count(*) FROM core_outbox")

    async with at_work(Relay(own_settings)):
        await eventually(nothing_waits)
        found = World(own_caller, own_settings, owner)
        yield found
        await found.close()


@pytest.fixture
async def engine(world: World) -> WebhookEngine:
    """An engine at work."""
    return world.start()
