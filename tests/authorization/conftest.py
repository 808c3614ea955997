"""All services over one database, countries with records of every kind, and principals by the name of their token."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import pytest

from tests.authorization.country_fixture import ADMIN, CountryFixture, Seeder
from tests.support.callers import Caller
from tests.support.databases import as_superuser
from tests.support.principals import enter_callers
from tests.support.services import Services, open_services


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write."""
    return database_named("authorization")


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="session")
async def services(database_url: str, redis_url: str, storage: Path) -> AsyncIterator[Services]:
    """A client of each service, in this process."""
    await enter_callers(database_url)
    async with open_services(database_url=database_url, redis_url=redis_url, storage_path=storage) as (found, _):
        yield found


@pytest.fixture(scope="session")
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    async with as_superuser(database_url) as connection:
        yield connection


@pytest.fixture(scope="session")
async def seeder(services: Services, superuser: asyncpg.Connection) -> Seeder:
    callers = {name: Caller(client, ADMIN) for name, client in services.items()}
    return Seeder(callers, Caller(services["access"], None), superuser)


@pytest.fixture(scope="session")
async def country_fixtures(seeder: Seeder) -> dict[tuple[str, bool], CountryFixture]:
    """The records of XA and XB, by country and whether they are published."""
    found = {
        (country, published): await seeder.seed(country, f"{word}{country.lower()}", published=published)
        for country in ("XA", "XB")
        for published, word in ((False, "hiddenword"), (True, "shownword"))
    }
    for fixture in found.values():
        fixture.activity = found["XA", True].records["actions"]["ref"]
        fixture.report = found["XA", True].records["reports"]["ref"]
        fixture.document = found["XA", True].id("evidence")
    return found
