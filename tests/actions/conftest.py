"""The actions app over HTTP, callers of it, and rows of other services' tables."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import httpx
import pytest

from services.actions.app import create_app
from services.actions.settings import ActionsSettings
from shared.database.pool import Database
from tests.support.callers import Caller, serving
from tests.support.clock import room_in
from tests.support.databases import as_superuser


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> ActionsSettings:
    """Files of evidence may have 1 MiB."""
    storage = tmp_path_factory.mktemp("files")
    return ActionsSettings(database_url=database_url, redis_url=redis_url, storage_path=storage, evidence_mebibytes=1)


@pytest.fixture(scope="session")
async def actions(settings: ActionsSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(settings)) as client:
        yield client


@pytest.fixture(scope="session")
async def database(settings: ActionsSettings) -> AsyncIterator[Database]:
    """The service's own database role, as in its worker."""
    opened = await Database.open(settings.database_dsn(), size=2)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Reads and writes every table, as other services do."""
    async with as_superuser(database_url) as connection:
        yield connection


@pytest.fixture
def caller(actions: httpx.AsyncClient) -> Callable[[str | None], Caller]:
    """A caller by name; None is anonymous."""
    return lambda name: Caller(actions, name)


@pytest.fixture
async def one_day() -> None:
    """The test ends on the day on which it begins."""
    await room_in(86_400, 120)


@pytest.fixture
def admin(caller: Callable[[str | None], Caller]) -> Caller:
    return caller("admin")


@pytest.fixture
def admin2(caller: Callable[[str | None], Caller]) -> Caller:
    """Another account of the secretariat, which verifies the claims of `admin` or a client."""
    return caller("admin2")


@pytest.fixture
def secretariat(caller: Callable[[str | None], Caller]) -> Caller:
    return caller("secretariat")


@pytest.fixture
def anonymous(caller: Callable[[str | None], Caller]) -> Caller:
    return caller(None)


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write."""
    return database_named("actions")
