"""The services whose facts lead to notifications, and people with accounts."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from services.access.settings import AccessSettings
from services.actions.app import create_app as create_actions
from services.actions.settings import ActionsSettings
from services.centres.app import create_app as create_centres
from services.centres.settings import CentresSettings
from services.membership.app import create_app as create_membership
from services.membership.settings import MembershipSettings
from shared.database.pool import Database
from tests.access.caller import Caller as AccessCaller
from tests.access.notifications.people import People
from tests.support.callers import Caller, serving
from tests.support.principals import enter_callers


@pytest.fixture(scope="module", autouse=True)
async def known(database_url: str) -> None:
    """The acting principals have rows, so that their permissions can be read."""
    await enter_callers(database_url)


@pytest.fixture(scope="module")
async def members(database_url: str, redis_url: str) -> AsyncIterator[Caller]:
    async with serving(create_membership(MembershipSettings(database_url=database_url, redis_url=redis_url))) as client:
        yield Caller(client, "admin")


@pytest.fixture(scope="module")
async def centres(database_url: str, redis_url: str) -> AsyncIterator[Caller]:
    async with serving(create_centres(CentresSettings(database_url=database_url, redis_url=redis_url))) as client:
        yield Caller(client, "admin")


@pytest.fixture(scope="module")
async def actions(database_url: str, redis_url: str) -> AsyncIterator[Caller]:
    async with serving(create_actions(ActionsSettings(database_url=database_url, redis_url=redis_url))) as client:
        yield Caller(client, "admin")


@pytest.fixture(scope="module")
async def database(settings: AccessSettings) -> AsyncIterator[Database]:
    """The service's own database role, as in its worker."""
    opened = await Database.open(settings.database_dsn(), size=2)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
def people(caller: AccessCaller, database: Database, superuser: asyncpg.Connection) -> People:
    return People(caller, database, superuser)
