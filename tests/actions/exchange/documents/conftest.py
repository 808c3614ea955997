"""The actions app on a database of its own, and its worker with the relay."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from services.actions.settings import ActionsSettings
from services.actions.worker import create_worker
from shared.messaging.relay import Relay
from tests.actions.conftest import actions, superuser
from tests.support.callers import Caller
from tests.support.principals import enter_callers
from tests.support.workers import at_work

__all__ = ["actions", "superuser"]


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A separate database, on which a worker and a relay run."""
    return database_named("documents")


@pytest.fixture(scope="session")
def redis_url(new_queue: Callable[[], str]) -> str:
    return new_queue()


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> ActionsSettings:
    """Those of this database: a fixture of the session has the values of the folder whose test asks first."""
    storage = tmp_path_factory.mktemp("files")
    return ActionsSettings(database_url=database_url, redis_url=redis_url, storage_path=storage)


@pytest.fixture(scope="package")
async def worker(settings: ActionsSettings, database_url: str) -> AsyncIterator[None]:
    await enter_callers(database_url)
    async with at_work(create_worker(settings), Relay(settings, grace=0.5, lease=1.0, backoff=0.05)):
        yield


@pytest.fixture
def secretariat(actions: httpx.AsyncClient) -> Caller:
    return Caller(actions, "secretariat")


@pytest.fixture
def admin(actions: httpx.AsyncClient) -> Caller:
    return Caller(actions, "admin")


@pytest.fixture
def anonymous(actions: httpx.AsyncClient) -> Caller:
    return Caller(actions, None)
