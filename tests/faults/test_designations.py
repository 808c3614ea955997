"""A designation is whole: the centre, its term and each report that it owes, or nothing."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from shared.kernel.countries import COUNTRIES, FICTIONAL_CODES
from tests.faults.clients import Client
from tests.faults.cluster import Cluster
from tests.faults.processes import Process
from tests.support.callers import Caller
from tests.support.centres import Members, agreed, endorsed, recommended
from tests.support.waiting import eventually

_CENTRES = 8
_PAUSE = 0.02
"""Seconds, at most, between the first designation of a round and the kill."""
_YEARS = 4
_KILLED = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.ConnectError)
_OWED = """
SELECT c.status, t.terms, r.reports, r.years, o.facts
FROM centre_centre c,
    LATERAL (SELECT count(*) AS terms FROM centre_term WHERE centre_id = c.id) t,
    LATERAL (SELECT count(*) AS reports, count(DISTINCT year) AS years FROM centre_annual_report
        WHERE centre_id = c.id) r,
    LATERAL (SELECT count(*) AS facts
        FROM (SELECT subject, type FROM core_outbox UNION ALL SELECT subject, type FROM core_fact) f
        WHERE subject = c.id AND type = 'escm.centres.centre.designated.v1') o
WHERE c.id = ANY($1::uuid[])
"""
_NOTHING, _ALL = ("awaiting_agreement", 0, 0, 0, 0), ("active", 1, _YEARS, _YEARS, 1)


class _Secretariat(Caller):
    """The secretariat's client, over connections to the process of each service."""

    def __init__(self, clients: Mapping[str, Client]) -> None:
        self._clients = clients

    async def request(self, method: str, path: str, *, etag: str | None = None, **more: Any) -> httpx.Response:
        headers = {"Idempotency-Key": uuid4().hex, **({"If-Match": etag} if etag else {})}
        return await self._clients[path.split("/")[1]].http.request(method, path, headers=headers, **more)


class _Office:
    """An API of centres, which a test kills, with centres that can be designated."""

    def __init__(self, api: Process, by: Caller) -> None:
        self.api, self._by = api, by
        self.centres: list[dict[str, Any]] = []

    async def enter(self, superuser: asyncpg.Connection) -> None:
        members = Members(self._by)
        for country in sorted(COUNTRIES.keys() - FICTIONAL_CODES)[:_CENTRES]:
            centre = await recommended(self._by, members, country)
            await agreed(self._by, centre)
            await endorsed(superuser, country, level=2)
            self.centres.append(centre)

    async def designate(self) -> None:
        """Requests the designation of every centre at once; those that are designated already stay so."""

        async def one(centre: dict[str, Any]) -> None:
            with suppress(*_KILLED):
                response = await self._by.step(centre["links"]["self"], "designate")
                assert response.status_code in (200, 409, 503), response.text

        await asyncio.gather(*map(one, self.centres))

    async def owed(self, superuser: asyncpg.Connection) -> list[tuple[Any, ...]]:
        """The state of each centre, with the numbers of its terms, reports, years of reports and facts."""
        keys = [UUID(centre["id"]) for centre in self.centres]
        return [tuple(row) for row in await superuser.fetch(_OWED, keys)]


@pytest.fixture
async def office(cluster: Cluster) -> AsyncIterator[_Office]:
    """It reaches Postgres through the proxy."""
    address = cluster.environment(cluster.proxy.port)["DATABASE_URL"]
    api, url = cluster.api("centres", "designating", DATABASE_URL=address)
    await api.start()
    token = cluster.tokens["secretariat"]
    clients = {"centres": Client(url, token, timeout=60), "membership": Client(cluster.second_url, token, timeout=60)}
    try:
        yield _Office(api, _Secretariat(clients))
    finally:
        for client in clients.values():
            await client.close()
        cluster.discard(api)


async def test_a_designation_that_is_killed_leaves_all_reports_or_none(
    office: _Office, cluster: Cluster, chance: random.Random
) -> None:
    async with cluster.superuser() as connection:
        await office.enter(connection)
        done = 0
        while done < _CENTRES:
            sent = asyncio.create_task(office.designate())
            await _until_more(office, connection, done)
            await asyncio.sleep(chance.uniform(0, _PAUSE))
            office.api.kill()
            await sent
            owed = await office.owed(connection)
            assert set(owed) <= {_NOTHING, _ALL}
            done = owed.count(_ALL)
            await office.api.start()
        assert await office.owed(connection) == [_ALL] * _CENTRES


async def _until_more(office: _Office, connection: asyncpg.Connection, done: int) -> None:
    """Waits until more centres than that are designated."""

    async def is_begun() -> bool:
        return (await office.owed(connection)).count(_NOTHING) < _CENTRES - done

    await eventually(is_begun, within=60, every=0.002)
