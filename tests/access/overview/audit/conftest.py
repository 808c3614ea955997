"""All four services at one address, over a separate database."""

from collections.abc import AsyncIterator, Callable
from importlib import import_module

import asyncpg
import httpx
import orjson
import pytest

from deploy.local.combined import Combined
from shared.configuration.settings import Settings
from tests.support.callers import Caller, KnownCallers
from tests.support.databases import as_superuser
from tests.support.inside import Inside

_SETTINGS = {
    "membership": "MembershipSettings",
    "centres": "CentresSettings",
    "actions": "ActionsSettings",
    "access": "AccessSettings",
}


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write."""
    return database_named("access_audit")


@pytest.fixture(scope="session")
async def services(database_url: str, redis_url: str) -> AsyncIterator[httpx.AsyncClient]:
    apps = {}
    for name, settings in _SETTINGS.items():
        made: type[Settings] = getattr(import_module(f"services.{name}.settings"), settings)
        given = made(database_url=database_url, redis_url=redis_url, pool_size=3)
        apps[name] = import_module(f"services.{name}.app").create_app(given)
    combined = Combined(apps)
    async with combined.entered():
        for app in apps.values():
            app.state.authenticator = KnownCallers()
        transport = Inside(combined)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


@pytest.fixture
def calling(services: httpx.AsyncClient) -> Callable[[str | None], Caller]:
    """A caller of any service by name; None is anonymous."""
    return lambda name: Caller(services, name)


@pytest.fixture
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Reads every row, with documents as the services see them."""
    async with as_superuser(database_url, timezone="UTC") as connection:
        await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=orjson.loads)
        yield connection
