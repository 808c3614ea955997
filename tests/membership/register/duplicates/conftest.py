"""A separate register with a worker, so that no other test's people are found."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx
import pytest

from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from services.membership.worker import create_worker
from shared.messaging.relay import Relay
from tests.support.callers import Caller, serving
from tests.support.membership import EXPERTS, INSTITUTIONS
from tests.support.waiting import eventually
from tests.support.workers import at_work

DUPLICATES = "/membership/v1/duplicates"
At = Callable[[str | None], Caller]


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    return database_named("duplicates")


@pytest.fixture(scope="session")
def redis_url(new_queue: Callable[[], str]) -> str:
    return new_queue()


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str) -> MembershipSettings:
    return MembershipSettings(database_url=database_url, redis_url=redis_url)


@pytest.fixture(scope="session")
async def service(settings: MembershipSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(settings)) as client:
        yield client


@pytest.fixture
def at(service: httpx.AsyncClient) -> At:
    """A caller by name; None is anonymous."""
    return lambda name: Caller(service, name)


@pytest.fixture
def office(at: At) -> Caller:
    """The secretariat, over all countries."""
    return at("admin")


@pytest.fixture(scope="package")
async def worker(settings: MembershipSettings, database_url: str) -> AsyncIterator[None]:
    """A running worker. The nightly search counts as done, so that it finds nothing before a test does."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    await connection.execute(
        "INSERT INTO core_schedule VALUES ('membership.search_duplicates', now() + interval '1 day', uuidv7())"
    )
    await connection.close()
    async with at_work(create_worker(settings), Relay(settings, grace=0.5, lease=2.0, backoff=0.05)):
        yield


def called(given: str, family: str, **more: Any) -> dict[str, Any]:
    """A body for POST /experts."""
    return {"names": [{"given": given, "family": family}], "country": "XA", **more}


async def entered(caller: Caller, given: str, family: str, **more: Any) -> dict[str, Any]:
    """The response to an expert's creation."""
    response = await caller.post(EXPERTS, called(given, family, **more))
    assert response.status_code == 201, response.text
    return dict(response.json())


async def founded(caller: Caller, name: str, **more: Any) -> dict[str, Any]:
    """The response to an institution's creation."""
    names = [{"value": name, "language": "en", "types": ["ror_display"]}]
    response = await caller.post(INSTITUTIONS, {"names": names, "country": "XA", **more})
    assert response.status_code == 201, response.text
    return dict(response.json())


async def pairs_of(caller: Caller, record: str, **query: str) -> list[dict[str, Any]]:
    """The pairs of one record that the caller sees."""
    response = await caller.get(DUPLICATES, params={"record": record, **query})
    assert response.status_code == 200, response.text
    return list(response.json()["items"])


async def ended(caller: Caller, response: httpx.Response) -> dict[str, Any]:
    """The ordered job, after it has ended."""
    assert response.status_code == 202, response.text
    job = response.headers["location"]

    async def end() -> dict[str, Any] | None:
        found = (await caller.get(job)).json()
        return None if found["status"] in ("queued", "running") else found

    return dict(await eventually(end))


async def searched(caller: Caller, resource: str = "experts", *, whole: bool = True) -> dict[str, Any]:
    """The result of a search."""
    job = await ended(caller, await caller.post(f"{DUPLICATES}/searches", {"resource": resource, "whole": whole}))
    assert job["status"] == "succeeded", job
    return dict(job["result"])
