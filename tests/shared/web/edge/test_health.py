"""Load balancers can check whether a process lives and whether it accepts requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from shared.configuration.settings import Settings
from shared.database.migrated import is_current
from shared.database.pool import Database
from shared.kernel.errors import Unavailable
from shared.web.edge.health import Readiness
from tests.shared.web.edge_app import client_of, edge_app


class StandInDatabase:
    """Responds like a database at the given revisions, late, or not at all."""

    def __init__(self, revisions: set[str], delay: float = 0.0, failure: Exception | None = None) -> None:
        self.revisions, self.delay, self.failure = revisions, delay, failure

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Any]:
        await asyncio.sleep(self.delay)
        if self.failure:
            raise self.failure
        yield self

    async def fetch(self, _sql: str) -> list[dict[str, str]]:
        return [{"version_num": name} for name in self.revisions]

    async def fetchval(self, _sql: str) -> int:
        return 1


class StandInBell:
    def __init__(self, response: bool) -> None:
        self.response = response

    async def ping(self) -> bool:
        if not self.response:
            raise ConnectionRefusedError
        return True


AHEAD = {"9999_settle"}


async def test_a_process_lives_and_is_ready_when_its_parts_respond():
    app = edge_app()
    async with client_of(app) as client:
        assert (await client.get("/test/v1/livez")).json() == {"status": "alive"}
        app.state.readiness = Readiness(StandInDatabase(AHEAD), StandInBell(True))
        response = await client.get("/test/v1/readyz")
        assert response.json() == {"status": "ready", "checks": {"database": "ok", "migrations": "ok", "queue": "ok"}}


async def test_without_valkey_a_process_is_degraded_and_still_ready():
    checks = await Readiness(StandInDatabase(AHEAD), StandInBell(False)).checks()
    assert checks["queue"] == "degraded"


@pytest.mark.parametrize(
    ("database", "checks"),
    [
        (StandInDatabase(AHEAD, failure=Unavailable("gone")), {"database": "failed"}),
        (StandInDatabase(AHEAD, failure=asyncpg.InterfaceError("closed")), {"database": "failed"}),
        (StandInDatabase({"0001_core"}), {"database": "ok", "migrations": "behind"}),
        (StandInDatabase(set()), {"database": "ok", "migrations": "behind"}),
    ],
)
async def test_a_process_without_its_database_is_not_ready_and_says_why(database, checks):
    app = edge_app()
    async with client_of(app) as client:
        app.state.readiness = Readiness(database)
        response = await client.get("/test/v1/readyz")
        assert (response.status_code, response.json()["code"]) == (503, "unavailable")
        assert response.json()["checks"] == checks
        assert response.headers["retry-after"]
        assert (await client.get("/test/v1/livez")).status_code == 200


@pytest.mark.long("waits for a time limit")
async def test_a_database_that_is_slow_is_given_one_second():
    async with asyncio.timeout(2):
        with pytest.raises(Unavailable):
            await Readiness(StandInDatabase(AHEAD, delay=30)).checks()


async def test_a_process_that_is_to_stop_says_so_before_it_stops():
    app = edge_app()
    async with client_of(app) as client:
        app.state.readiness.drain()
        response = await client.get("/test/v1/readyz")
        assert (response.status_code, response.json()["checks"]) == (503, {"process": "draining"})
        assert (await client.get("/test/v1/livez")).status_code == 200


def test_a_database_beyond_this_code_is_current_and_one_behind_is_not():
    assert is_current({"something_newer"})
    assert not is_current({"0001_core"})
    assert not is_current(set())


async def test_a_service_reads_the_revision_of_a_migrated_database_with_its_own_role(database_url):
    settings = Settings(environment="test", database_url=database_url)
    database = await Database.open(settings.database_dsn("membership"), size=1)
    try:
        assert await Readiness(database).checks() == {"database": "ok", "migrations": "ok"}
    finally:
        await database.close()


async def test_a_wrong_password_is_named_in_the_response(database_url):
    settings = Settings(environment="test", database_url=database_url, role_password="another")
    database = await Database.open(settings.database_dsn("membership"), size=1)
    app = edge_app()
    try:
        async with client_of(app) as client:
            app.state.readiness = Readiness(database)
            response = await client.get("/test/v1/readyz")
        assert (response.status_code, response.json()["checks"]) == (503, {"database": "failed"})
        assert response.json()["detail"] == "The database refuses the role of this service, or its password."
    finally:
        await database.close()
