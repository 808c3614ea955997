"""The responses to a request for a mail are alike for known and unknown addresses: status, bytes, headers and time."""

import random
from collections.abc import AsyncIterator, Callable
from time import perf_counter
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.access.app import create_app
from services.access.settings import AccessSettings
from shared.kernel.text import email_key
from tests.support.inside import Inside

PAIRS = 200
_ALIKE = 0.15
"""How far the chance that one side is slower may be from a half. By accident it is 0.03 from it (one standard
deviation), so that the test fails once in millions of runs."""
_OF_EACH_REQUEST = {"date", "x-request-id"}
_PERSON = """
INSERT INTO escm.access_account (id, version, status, visibility, created_at, created_by, updated_at, updated_by, email,
    email_key, email_verified, name, search_key)
SELECT uuidv7(), 1, 'active', 'restricted', now(), 'system', now(), 'system', address, address, true, 'Ana', 'ana'
FROM unnest($1::text[]) address
"""


@pytest.fixture(scope="module")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database of these tests alone: no worker sends their mails."""
    return database_named("timing")


@pytest.fixture(scope="module")
async def http(database_url: str, redis_url: str) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(AccessSettings(database_url=database_url, redis_url=redis_url))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=Inside(app), base_url="http://access.test") as client,
    ):
        yield client


@pytest.fixture
async def known(database_url: str) -> list[str]:
    """The addresses of accounts in use."""
    addresses = [_address() for _ in range(PAIRS)]
    connection = await asyncpg.connect(database_url)
    await connection.execute(_PERSON, [email_key(address) for address in addresses])
    await connection.close()
    return addresses


def _address() -> str:
    return f"{uuid4().hex}@example.org"


@pytest.mark.parametrize(
    ("path", "more"), [("registration", {"name": "Ana Example"}), ("password_reset", {}), ("verification", {})]
)
async def test_a_response_discloses_nothing_about_an_address(
    http: httpx.AsyncClient, known: list[str], path: str, more: dict[str, str]
) -> None:
    seen: list[tuple[Any, ...]] = []

    async def ask(address: str) -> float:
        began = perf_counter()
        response = await http.post(f"/access/v1/accounts/{path}", json={"email": address, **more})
        took = perf_counter() - began
        headers = {name: value for name, value in response.headers.items() if name not in _OF_EACH_REQUEST}
        seen.append((response.status_code, response.content, headers))
        return took

    for _ in range(20):
        await ask(_address())
    times: dict[bool, list[float]] = {True: [], False: []}
    for address in known:
        for is_known in random.sample((True, False), 2):
            times[is_known].append(await ask(address if is_known else _address()))
    assert seen[0][0] == 202
    assert all(one == seen[0] for one in seen)
    assert abs(_chance_of_slower(times[True], times[False]) - 0.5) < _ALIKE


def _chance_of_slower(some: list[float], others: list[float]) -> float:
    """The chance that a random one of some is greater than a random one of the others: Mann and Whitney's U, divided by
    the number of pairs. It depends on ranks alone, so that no outlier counts."""
    return sum((one > other) + (one == other) / 2 for one in some for other in others) / (len(some) * len(others))


def test_the_chance_is_a_half_for_equal_times_and_one_for_slower_ones() -> None:
    assert _chance_of_slower([1.0, 2.0], [1.0, 2.0]) == 0.5
    assert _chance_of_slower([3.0, 4.0], [1.0, 2.0]) == 1.0
