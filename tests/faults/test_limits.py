"""Promise 32: limits are exact within one per cent over two processes; without Valkey each counts alone."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from tests.faults.clients import EXPERTS, Client
from tests.faults.cluster import Cluster
from tests.faults.problems import assert_problem

_LIMIT = 1200
_WINDOW = 60.0
"""Seconds, from the first request on."""
_TRIES = 1300
_AT_ONCE = 8
_NOTHING = f"{EXPERTS}/EXP-999999"


@pytest.fixture
async def urls(cluster: Cluster) -> AsyncIterator[list[str]]:
    """Two processes with small limits, which count together."""
    settings = {"ESCM_CLIENT_REQUESTS": str(_LIMIT), "ESCM_ADDRESS_REQUESTS": str(_LIMIT)}
    pair = [cluster.server(f"limited-{n}", "deploy.cli", "serve", "membership", **settings) for n in (1, 2)]
    await asyncio.gather(*(process.start() for process, _ in pair))
    yield [url for _, url in pair]
    for process, _ in pair:
        cluster.discard(process)


async def _asked(urls: list[str], token: str | None, tries: int) -> tuple[Counter[int], int]:
    """How often each status was returned for `tries` requests of one caller, sent to the processes in turn, and in how
    many windows at most: a slow machine takes more than one."""
    began = time.monotonic()
    clients = [Client(url, token, timeout=30) for url in urls]
    statuses: Counter[int] = Counter()
    numbers = iter(range(tries))

    async def ask() -> None:
        for number in numbers:
            response = await clients[number % len(clients)].get(_NOTHING)
            statuses[response.status_code] += 1
            if response.status_code == 429:
                assert_problem(response, (429, "rate_limited"))
                assert 1 <= int(response.headers["retry-after"]) <= 60

    await asyncio.gather(*(ask() for _ in range(_AT_ONCE)))
    for client in clients:
        await client.close()
    return statuses, 1 + int((time.monotonic() - began) // _WINDOW)


def _allowed(windows: int) -> range:
    """The number of requests that are allowed in so many windows."""
    return range(_LIMIT * 99 // 100, _LIMIT * windows + 1)


async def test_each_of_several_callers_under_load_has_its_limit_within_one_per_cent(cluster: Cluster, urls: list[str]):
    callers = [cluster.tokens["government_xa"], cluster.tokens["government_xb"], None]
    for statuses, windows in await asyncio.gather(*(_asked(urls, token, _TRIES) for token in callers)):
        assert statuses[404] in _allowed(windows), statuses
        assert statuses[404] + statuses[429] == _TRIES, statuses


async def test_a_caller_that_keeps_to_one_process_has_no_less(cluster: Cluster, urls: list[str]):
    token = cluster.tokens["auditor"]
    first, _ = await _asked(urls[1:], token, 10)
    second, windows = await _asked(urls[:1], token, _TRIES)
    assert first[404] == 10
    assert second[404] + 10 in _allowed(windows)


async def test_without_valkey_each_process_goes_on_with_a_limit_of_its_own(cluster: Cluster, urls: list[str]):
    token = cluster.tokens["secretariat"]
    cluster.valkey.kill()
    statuses, windows = await _asked(urls, token, 2 * _TRIES)
    assert statuses[404] in range(2 * _LIMIT, 2 * _LIMIT * windows + 1), statuses
    assert statuses[429] == 2 * _TRIES - statuses[404], statuses


async def _by_address(cluster: Cluster, believed: str) -> list[list[int]]:
    """The statuses of four requests for each of two addresses that a proxy names."""
    settings = {"ESCM_ADDRESS_REQUESTS": "3", "ESCM_TRUSTED_PROXIES": believed}
    process, url = cluster.server(f"behind-{believed}", "deploy.cli", "serve", "membership", **settings)
    await process.start()
    client = Client(url)
    found = []
    for address in ("198.51.100.1", "2001:db8::1"):
        responses = [await client.http.get(EXPERTS, headers={"X-Forwarded-For": address}) for _ in range(4)]
        found.append([response.status_code for response in responses])
    await client.close()
    cluster.discard(process)
    return found


async def test_addresses_are_those_that_a_trusted_proxy_names_and_no_others(cluster: Cluster):
    assert await _by_address(cluster, "127.0.0.1") == [[200, 200, 200, 429]] * 2
    assert await _by_address(cluster, "192.0.2.1") == [[200, 200, 200, 429], [429] * 4]
