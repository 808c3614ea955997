"""The services whose facts lead to notifications, and people with accounts."""

import asyncpg
import pytest

from shared.database.pool import Database
from tests.access.caller import Caller as AccessCaller
from tests.access.notifying.notifications.people import People
from tests.support.principals import enter_callers


@pytest.fixture(scope="module", autouse=True)
async def known(database_url: str) -> None:
    """The acting principals have rows, so that their permissions can be read."""
    await enter_callers(database_url)


@pytest.fixture(scope="module")
def people(caller: AccessCaller, database: Database, superuser: asyncpg.Connection) -> People:
    return People(caller, database, superuser)
