"""A database whose counts only these tests change, and the service's own role on it."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from tests.support.callers import serving


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    return database_named("counts")


@pytest.fixture(scope="session")
async def membership(database_url: str, redis_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(MembershipSettings(database_url=database_url, redis_url=redis_url))) as client:
        yield client
