"""Access over a database of its own, since revoking a key ends the tokens of everybody."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from deploy.demo import load
from services.access.app import create_app
from services.access.settings import AccessSettings
from tests.access.caller import Caller
from tests.support.inside import Inside

ORIGIN = "http://access.test"


@pytest.fixture(scope="session")
def own_url(database_named: Callable[[str], str]) -> str:
    url = database_named("access_keys")
    asyncio.run(load(url))
    return url


@pytest_asyncio.fixture
async def own_app(own_url: str, redis_url: str) -> AsyncIterator[Any]:
    settings = AccessSettings(database_url=own_url, redis_url=redis_url, issuer=ORIGIN, pool_size=4)
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest_asyncio.fixture
async def keeper(own_app: Any, own_url: str) -> AsyncIterator[Caller]:
    """Calls the app, which has no key yet, with tokens of its own."""
    connection = await asyncpg.connect(own_url)
    await connection.execute("DELETE FROM escm.access_signing_key")
    await connection.close()
    async with httpx.AsyncClient(transport=Inside(own_app), base_url=ORIGIN) as client:
        yield Caller(client, await load(own_url), own_url)
