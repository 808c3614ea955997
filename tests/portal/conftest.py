"""The portal with all services, over a database in which one country has published records of every kind."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.authorization.country_fixture import ADMIN, CountryFixture, Seeder
from tests.support.callers import Caller
from tests.support.services import Services, ToServices, open_services

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@dataclass(frozen=True)
class Site:
    """The portal, its services, its requests to them, and the rows."""

    services: Services
    asking: ToServices
    superuser: asyncpg.Connection
    country_fixture: CountryFixture

    @property
    def client(self) -> httpx.AsyncClient:
        return self.services["portal"]

    def ref(self, plural: str) -> str:
        return str(self.country_fixture.records[plural]["ref"])

    async def page(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers={**HTML, **headers})

    async def change(self, table: str, plural: str, assignments: str, *values: object) -> None:
        """Changes the row without the API; the values begin at `$2`."""
        await self.superuser.execute(
            f"UPDATE {table} SET {assignments} WHERE id = $1", self.country_fixture.id(plural), *values
        )


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write."""
    return database_named("portal")


@pytest.fixture(scope="session")
async def site(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    storage: Path = tmp_path_factory.mktemp("files")
    superuser = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    async with open_services(database_url=database_url, redis_url=redis_url, storage_path=storage) as (found, asking):
        callers = {name: Caller(client, ADMIN) for name, client in found.items()}
        seeder = Seeder(callers, Caller(found["access"], None), superuser)
        yield Site(found, asking, superuser, await seeder.seed("XA", "Nileword", published=True))
    await superuser.close()


@pytest.fixture
def client(site: Site) -> httpx.AsyncClient:
    return site.client
