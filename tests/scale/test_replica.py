"""Anonymous callers read from a standby while it is fresh; everybody else, and everything else, reads the primary."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.actions.app import create_app as create_actions
from services.actions.settings import ActionsSettings
from services.centres.app import create_app as create_centres
from services.centres.settings import CentresSettings
from services.membership.app import create_app as create_membership
from services.membership.settings import MembershipSettings
from shared.configuration.settings import Settings
from shared.database.replica import NotAStandby, Replica
from shared.web.contract.route_options import options_of
from shared.web.request.route import EscmRoute
from tests.support.callers import Caller, serving
from tests.support.centres import Members
from tests.support.doctor import doctor
from tests.support.register import public_host
from tests.support.standby import Standby, standby_of
from tests.support.waiting import eventually

INSTITUTIONS = "/membership/v1/institutions"


@pytest.fixture(scope="module")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write."""
    return database_named("replica")


@pytest.fixture
async def standby(database_url: str) -> AsyncIterator[Standby]:
    async with standby_of(database_url) as standby:
        yield standby


_APPS: dict[str, tuple[Callable[[Any], FastAPI], type[Settings]]] = {
    "membership": (create_membership, MembershipSettings),
    "centres": (create_centres, CentresSettings),
    "actions": (create_actions, ActionsSettings),
}


@asynccontextmanager
async def _served(
    database_url: str, redis_url: str, standby: Standby, service: str = "membership", seconds: float = 60
) -> AsyncIterator[tuple[httpx.AsyncClient, Replica]]:
    """An app that reads the standby, which is fresh."""
    create, settings = _APPS[service]
    replica_url = standby.url(database_url.rpartition("/")[2])
    given = {"database_url": database_url, "redis_url": redis_url, "database_replica_url": replica_url}
    app = create(settings(**given, replica_seconds=seconds))
    async with serving(app) as client:
        await _fresh(app.state.replica)
        yield client, app.state.replica


async def _fresh(replica: Replica) -> None:
    async def is_fresh() -> bool:
        return replica.is_fresh

    await eventually(is_fresh)


async def _is_stale(replica: Replica) -> bool:
    return not replica.is_fresh


async def _is_found(by: Caller, path: str) -> bool:
    response = await by.get(path)
    assert response.status_code in (200, 404), response.text
    return response.status_code == 200


async def _counted(by: Caller, path: str) -> int:
    response = await by.get(path)
    assert response.status_code == 200, response.text
    return len(response.text.splitlines()) if "ndjson" in path else len(response.json()["items"])


async def _entered(client: httpx.AsyncClient) -> str:
    """The path of a new public institution, which its author can read."""
    admin = Caller(client, "admin")
    path = f"{INSTITUTIONS}/{(await public_host(Members(admin), 'XA'))['id']}"
    assert (await admin.get(path)).status_code == 200
    return path


async def test_anonymous_callers_read_what_a_fresh_standby_has(
    database_url: str, redis_url: str, standby: Standby
) -> None:
    async with _served(database_url, redis_url, standby) as (client, replica):
        anonymous, admin = Caller(client, None), Caller(client, "admin")
        await standby.pause_replay()
        path = await _entered(client)
        assert (await anonymous.get(path)).status_code == 404
        for listed in (f"{INSTITUTIONS}?limit=200", f"{INSTITUTIONS}?format=ndjson"):
            assert await _counted(admin, listed) == await _counted(anonymous, listed) + 1
        assert replica.is_fresh
        await standby.resume_replay()
        await eventually(lambda: _is_found(anonymous, path))


async def test_a_standby_that_lags_is_not_read(database_url: str, redis_url: str, standby: Standby) -> None:
    async with _served(database_url, redis_url, standby, seconds=1) as (client, replica):
        await standby.pause_replay()
        path = await _entered(client)
        await eventually(lambda: _is_stale(replica))
        assert replica.lag > 1
        assert await _is_found(Caller(client, None), path)
        await standby.resume_replay()
        await _fresh(replica)


async def test_a_killed_standby_costs_no_request(database_url: str, redis_url: str, standby: Standby) -> None:
    async with _served(database_url, redis_url, standby) as (client, replica):
        path, anonymous = await _entered(client), Caller(client, None)
        await standby.catch_up()
        standby.process.kill()
        for response in await asyncio.gather(*(anonymous.get(path) for _ in range(20))):
            assert response.status_code == 200, response.text
        assert (await anonymous.get(f"{INSTITUTIONS}?format=ndjson")).status_code == 200
        await standby.process.start()
        await _fresh(replica)


async def test_another_server_is_not_read(database_url: str, redis_url: str) -> None:
    settings = MembershipSettings(
        database_url=database_url, redis_url=redis_url, database_replica_url=database_url, replica_seconds=60
    )
    app = create_membership(settings)
    async with serving(app) as client:
        with pytest.raises(NotAStandby, match="ESCM_DATABASE_REPLICA_URL"):
            await app.state.replica.check()
        assert await _is_found(Caller(client, None), await _entered(client))
        assert not app.state.replica.is_fresh


@pytest.mark.parametrize("service", ["membership", "centres", "actions"])
async def test_no_public_read_writes(service: str, database_url: str, redis_url: str, standby: Standby) -> None:
    """A read that writes would be refused by the standby, and then be made of the primary."""
    create, settings = _APPS[service]
    routes = create(settings()).routes
    public = [r for r in routes if isinstance(r, EscmRoute) and r.options.is_public and "GET" in (r.methods or ())]
    assert public
    async with _served(database_url, redis_url, standby, service) as (client, replica):
        for route in public:
            path = re.sub(r"{\w+(:\w+)?}", str(uuid4()), route.path)
            response = await client.get(path)
            assert response.status_code < 500, (path, response.text)
            assert replica.is_fresh, path


def test_counts_of_signatures_are_read_from_the_primary() -> None:
    """An anonymous person who signed sees it in the next count."""
    routes = {str(getattr(r, "path", "")): options_of(r) for r in create_membership(MembershipSettings()).routes}
    for part in ("count", "supporters"):
        assert routes[f"/membership/v1/initiatives/{{record}}/{part}"].reads_primary


async def test_the_doctor_finds_a_standby_that_is_not_read(database_url: str, standby: Standby, tmp_path: Path) -> None:
    url = standby.url(database_url.rpartition("/")[2])
    assert (await _finding(database_url, url, tmp_path))["right"] is True
    await standby.pause_replay()
    await _run_a_write(database_url)
    assert "lags more than 2 s" in (await _finding(database_url, url, tmp_path))["detail"]
    assert "no standby" in (await _finding(database_url, database_url, tmp_path))["detail"]
    standby.process.kill()
    assert "cannot be reached" in (await _finding(database_url, url, tmp_path))["detail"]


async def _run_a_write(database_url: str) -> None:
    connection = await asyncpg.connect(database_url, server_settings={"synchronous_commit": "local"})
    await connection.execute("SELECT pg_logical_emit_message(true, 'test', 'a write')")
    await connection.close()


async def _finding(database_url: str, replica_url: str, folder: Path) -> dict[str, Any]:
    _, found = await asyncio.to_thread(doctor, folder, database_url, ESCM_DATABASE_REPLICA_URL=replica_url)
    return found["replica"]
