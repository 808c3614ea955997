"""The centres app with a worker on a database of its own, and files of reports."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import cache

import asyncpg
import httpx
import pytest

from services.centres.app import create_app
from services.centres.settings import CentresSettings
from services.centres.worker import create_worker
from services.membership.app import create_app as create_membership
from services.membership.settings import MembershipSettings
from shared.database.pool import Database
from shared.messaging.relay import Relay
from tests.support.callers import CALLERS, Caller, serving
from tests.support.centres import Members
from tests.support.imports import Importer, working
from tests.support.principals import enter_callers, enter_principal
from tests.support.reports import ReportingCentre
from tests.support.stack import copy_template


@pytest.fixture(scope="session")
def database_url(test_servers: dict[str, str], worker_number: int) -> str:
    """A separate database, on which a worker and a relay run."""
    name = f"escm_reports_{worker_number}"
    asyncio.run(copy_template(test_servers["postgres"], name))
    return test_servers["postgres"] + name


@pytest.fixture(scope="session")
def redis_url(test_servers: dict[str, str], worker_number: int) -> str:
    return f"{test_servers['valkey']}/{50 + worker_number}"


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> CentresSettings:
    storage = tmp_path_factory.mktemp("files")
    return CentresSettings(database_url=database_url, redis_url=redis_url, storage_path=storage)


@pytest.fixture(scope="session")
async def centres(settings: CentresSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(settings)) as client:
        yield client


@pytest.fixture(scope="session")
async def members(database_url: str, redis_url: str) -> AsyncIterator[Members]:
    """The membership service, in the same database."""
    app = create_membership(MembershipSettings(database_url=database_url, redis_url=redis_url))
    async with serving(app) as client:
        yield Members(Caller(client, "admin"))


@pytest.fixture(scope="session")
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Reads and writes every table of this database."""
    access = {"search_path": "escm", "escm.visibilities": "public,network,restricted"}
    connection = await asyncpg.connect(database_url, server_settings=access)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def database(settings: CentresSettings) -> AsyncIterator[Database]:
    """The service's own database role, as in its worker."""
    opened = await Database.open(settings.database_dsn(), size=2)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def caller(centres: httpx.AsyncClient) -> Callable[[str | None], Caller]:
    """A caller by name, always the same one, so that its idempotency keys never repeat."""
    return cache(lambda name: Caller(centres, name))


@pytest.fixture(scope="session")
async def worker(settings: CentresSettings, database_url: str) -> AsyncIterator[None]:
    await enter_callers(database_url)
    async with working(create_worker(settings), Relay(settings, grace=0.5, lease=1.0, backoff=0.05)):
        yield


@pytest.fixture
async def office(
    centre: ReportingCentre, centres: httpx.AsyncClient, worker: None, superuser: asyncpg.Connection
) -> Importer:
    """The officer of the centre's country, who imports."""
    await enter_principal(superuser, CALLERS[centre.officer.name])
    return Importer(centres, centre.officer.name, "centres")


@pytest.fixture
def head_office(centres: httpx.AsyncClient, worker: None) -> Importer:
    """The administrator, who imports."""
    return Importer(centres, "admin", "centres")
