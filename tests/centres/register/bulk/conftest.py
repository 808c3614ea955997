"""The centres app with a worker on a database of its own, and files of reports."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import httpx
import pytest

from services.centres.settings import CentresSettings
from services.centres.worker import create_worker
from shared.messaging.relay import Relay
from tests.centres.conftest import centres, database, members, superuser
from tests.support.callers import CALLERS, Caller
from tests.support.imports import Importer
from tests.support.principals import enter_callers, enter_principal
from tests.support.reports import ReportingCentre
from tests.support.workers import at_work

__all__ = ["centres", "database", "members", "superuser"]


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A separate database, on which a worker and a relay run."""
    return database_named("reports")


@pytest.fixture(scope="session")
def redis_url(new_queue: Callable[[], str]) -> str:
    return new_queue()


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> CentresSettings:
    storage = tmp_path_factory.mktemp("files")
    return CentresSettings(database_url=database_url, redis_url=redis_url, storage_path=storage)


@pytest.fixture(scope="package")
async def worker(settings: CentresSettings, database_url: str) -> AsyncIterator[None]:
    await enter_callers(database_url)
    async with at_work(create_worker(settings), Relay(settings, grace=0.5, lease=1.0, backoff=0.05)):
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


@pytest.fixture
def anonymous(centres: httpx.AsyncClient) -> Caller:
    return Caller(centres, None)
