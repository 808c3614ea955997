"""Promise 17: SIGTERM cuts no request; a process first reports that it is stopping, and stops in time."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import asyncpg
import httpx
import pytest

from deploy.backup.catalogue import tables
from tests.faults.clients import EXPERTS, Client
from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.load import writing
from tests.faults.processes import Process
from tests.support.waiting import eventually

_MOST = 30
"""Seconds within which a process ends after SIGTERM."""
_READY, _ALIVE = "/membership/v1/readyz", "/membership/v1/livez"


class Balanced(Client):
    """A load balancer: uses the first address while that is ready, checked ten times a second, else the second."""

    def __init__(self, first: str, second: str, token: str) -> None:
        super().__init__(first, token, timeout=20)
        self._second = Client(second, token, timeout=20)
        self._asks = asyncio.create_task(self._ask())
        self.is_first_ready = True

    async def create(self, mark: str, key: str | None = None, **more: object) -> httpx.Response:
        if self.is_first_ready:
            return await super().create(mark, key, **more)
        return await self._second.create(mark, key, **more)

    async def close(self) -> None:
        self._asks.cancel()
        await self._second.close()
        await super().close()

    async def _ask(self) -> None:
        async with self.anonymous() as http:
            while True:
                self.is_first_ready = await _status(http, _READY) == 200
                await asyncio.sleep(0.1)


async def _status(http: httpx.AsyncClient, path: str) -> int:
    """The status of a response; 0 without one."""
    with suppress(httpx.TransportError):
        return (await http.get(path)).status_code
    return 0


@pytest.fixture
async def leaving(cluster: Cluster) -> AsyncIterator[Callable[..., tuple[Process, str]]]:
    """Makes membership APIs to be stopped; kills those that do not stop."""
    made: list[Process] = []

    def make(*options: str) -> tuple[Process, str]:
        process, url = cluster.server("leaving", "deploy.cli", "serve", "membership", *options)
        made.append(process)
        return process, url

    yield make
    for process in made:
        cluster.discard(process)


async def _is_gone(process: Process) -> bool:
    return not process.is_running


async def test_sigterm_under_load_cuts_no_request(
    cluster: Cluster, history: History, leaving: Callable[..., tuple[Process, str]]
) -> None:
    process, url = leaving("--drain", "2", "--grace", "20")
    await process.start()
    client = Balanced(url, cluster.second_url, cluster.tokens["secretariat"])
    fresh = httpx.AsyncClient(base_url=url, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
    async with cluster.superuser() as connection, writing(history, [client], count=6), fresh:
        await eventually(lambda: _has(history, 100), within=30)
        async with connection.transaction():
            await connection.execute("LOCK TABLE member_expert IN SHARE MODE")
            await eventually(lambda: _waiting(connection, 6), within=10)
            os.kill(process.pid, signal.SIGTERM)
            await eventually(lambda: _is(fresh, _READY, 503), within=2, every=0.01)
            assert await _status(fresh, _ALIVE) == 200
            await eventually(lambda: _is(fresh, _ALIVE, 0), within=10)
            assert process.is_running
        before = len(history.operations)
        await eventually(lambda: _has(history, before + 100), within=30)
        await eventually(lambda: _is_gone(process), within=_MOST)
    await client.close()
    assert process._child.ending in ("ended with status 0", "killed by SIGTERM")
    assert set(history.statuses()) == {"201"}
    async with cluster.superuser() as connection:
        assert await history.faults(connection) == []


async def _has(history: History, count: int) -> bool:
    return len(history.operations) >= count


async def _is(http: httpx.AsyncClient, path: str, status: int) -> bool:
    return await _status(http, path) == status


async def _waiting(connection: asyncpg.Connection, count: int) -> bool:
    """Whether so many statements wait for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name ~ 'membership'"
    return await connection.fetchval(waiting) >= count


async def test_clients_that_never_end_do_not_hold_a_process(
    cluster: Cluster, history: History, leaving: Callable[..., tuple[Process, str]]
) -> None:
    process, url = leaving("--drain", "0", "--grace", "5")
    await process.start()
    first = await _opened(url, f"GET {EXPERTS}?format=ndjson", cluster.tokens["secretariat"])
    half = await _opened(url, f"POST {EXPERTS}", cluster.tokens["secretariat"], "Content-Length: 1000")
    async with cluster.superuser() as connection:
        await _fill(connection, history)
        stalled = await _opened(url, f"GET {EXPERTS}?format=ndjson", cluster.tokens["secretariat"])
        await first[0].read(1)
        await stalled[0].readexactly(15)
        os.kill(process.pid, signal.SIGTERM)
        await eventually(lambda: _is_gone(process), within=_MOST)
        assert process._child.ending in ("ended with status 0", "killed by SIGTERM")
        await connection.execute("DELETE FROM member_expert WHERE search_key = $1", history.prefix)
    for _, writer in (first, half, stalled):
        writer.close()


async def _opened(
    url: str, request: str, token: str, *headers: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection with a started request, which reads no more of the response than requested."""
    address = httpx.URL(url)
    reader, writer = await asyncio.open_connection(address.host, address.port, limit=1024)
    lines = (f"{request} HTTP/1.1", f"Host: {address.host}", f"Authorization: Bearer {token}", *headers)
    writer.write("\r\n".join((*lines, "", "")).encode())
    await writer.drain()
    return reader, writer


async def _fill(connection: asyncpg.Connection, history: History) -> None:
    """Experts enough for a list that fills every buffer on its way to a client that does not read."""
    (table,) = (table for table in await tables(connection) if table.name == "member_expert")
    own = {"id": "uuidv7()", "ref": "'EXP-S' || n", "search_key": f"'{history.prefix}'"}
    values = ", ".join(own.get(column, column) for column in table.columns)
    names = ", ".join(table.columns)
    await connection.execute(
        f"INSERT INTO member_expert ({names}) SELECT {values}"
        " FROM (SELECT * FROM member_expert LIMIT 1) e, generate_series(1, 20000) n"
    )
