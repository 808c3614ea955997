"""Connections of a real server: heads that are too long or too late, responses that nobody reads, too many of them."""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
import pytest
import uvicorn

from shared.configuration.settings import Settings
from shared.web.edge import protocol
from shared.web.edge.connections import ConnectionLimits, Connections
from shared.web.edge.protocol import Protocol
from tests.faults.problems import assert_problem
from tests.shared.web.edge_app import edge_app
from tests.support.waiting import eventually

GET = b"GET /test/v1/things HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /test/v1/things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


class Serving:
    """A server on loopback, and the state of its connections."""

    def __init__(self, port: int, connections: Connections, go_on: asyncio.Event) -> None:
        self.port = port
        self.go_on = go_on
        self.connections = connections
        self._writers: list[asyncio.StreamWriter] = []

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writers.append(writer)
        return reader, writer

    async def close(self) -> None:
        """Closes what was opened."""
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)
        self._writers.clear()

    async def response_to(self, *sent: bytes) -> httpx.Response:
        """The response until the server ends the connection."""
        reader, writer = await self.open()
        for part in sent:
            writer.write(part)
        return response(await asyncio.wait_for(reader.read(), 30))

    async def is_well(self) -> bool:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            return (await http.get(f"http://127.0.0.1:{self.port}/test/v1/things")).status_code == 200


def response(read: bytes) -> httpx.Response:
    head, _, body = read.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return httpx.Response(int(status.split()[1]), headers=[line.split(": ", 1) for line in lines], content=body)


@asynccontextmanager
async def serving(limits: ConnectionLimits, memory: int = 1 << 24, **settings: Any) -> AsyncIterator[Serving]:
    connections = Connections(limits, memory)
    app = edge_app(Settings(environment="test", **settings))
    app.state.began, app.state.go_on = asyncio.Event(), asyncio.Event()
    http = partial(Protocol, connections=connections)
    config = uvicorn.Config(app, port=0, http=http, log_config=None, access_log=False, lifespan="off", loop="uvloop")
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1024)
        running = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110 - a server announces to nobody when it has started
            await asyncio.sleep(0.01)
        serving_now = Serving(listening.getsockname()[1], connections, app.state.go_on)
        yield serving_now
        await serving_now.close()
        server.should_exit = server.force_exit = True
        await running


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Serving]:
    """Timeouts of a second, and a shorter one after a refusal."""
    monkeypatch.setattr(protocol, "_LINGER", 0.1)
    limits = ConnectionLimits(head_seconds=1, unread_seconds=1, rest_seconds=1, pace=1 << 30, check_every=0.05)
    async with serving(limits, body_seconds=1) as server:
        yield server


@pytest.fixture
async def small() -> AsyncIterator[Serving]:
    """Ten connections may be open, for a long time."""
    async with serving(ConnectionLimits(connections=10, check_every=0.05)) as server:
        yield server


async def nothing_is_open(server: Serving) -> None:
    async def none() -> bool:
        return len(server.connections) == 0 and server.connections.memory.total == 0

    await eventually(none)


@pytest.mark.parametrize("part", [b"X: " + b"x" * 70_000, b"X-%d: y\r\n" * 200, b"y" * 500_000])
async def test_a_head_over_a_bound_is_refused_before_it_ends(server: Serving, part: bytes):
    assert_problem(await server.response_to(GET, part), (400, "malformed_request"))


async def test_a_head_without_end_is_refused_and_holds_nothing(server: Serving):
    reader, writer = await server.open()
    writer.write(GET + b"X: ")

    async def go_on() -> None:
        while True:
            writer.write(b"x" * 8192)
            await writer.drain()

    sending = asyncio.create_task(go_on())
    assert_problem(response(await asyncio.wait_for(reader.read(), 30)), (400, "malformed_request"))
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    writer.close()
    await nothing_is_open(server)


async def test_whoever_sends_on_after_a_refusal_is_not_read(server: Serving):
    """What is sent after the refusal ends in the buffers of the two hosts."""
    reader, writer = await server.open()
    writer.write(GET + b"X: " + b"x" * 70_000)
    assert_problem(response(await asyncio.wait_for(reader.read(), 30)), (400, "malformed_request"))
    sent = 0
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(b"x" * 262_144)
            await writer.drain()
            sent += 262_144
            assert sent < 64 << 20
    await nothing_is_open(server)


async def test_a_head_at_the_bounds_passes(server: Serving):
    fields = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 640) for n in range(97))
    assert (await server.response_to(GET, fields, b"Connection: close\r\n\r\n")).status_code == 200


@pytest.mark.long("waits for a time limit")
@pytest.mark.parametrize("half", [b"G", GET, GET + b"Accept: text/", b"\r\n\r\n"])
async def test_half_a_head_is_408_and_its_connection_ends(server: Serving, half: bytes):
    assert_problem(await server.response_to(half), (408, "request_timeout"))
    await nothing_is_open(server)


@pytest.mark.long("waits for a time limit")
async def test_a_connection_that_says_nothing_is_closed_in_silence(server: Serving):
    reader, _ = await server.open()
    assert await asyncio.wait_for(reader.read(), 30) == b""


@pytest.mark.long("waits for a time limit")
async def test_the_next_head_on_a_connection_has_its_time_too(server: Serving):
    reader, writer = await server.open()
    writer.write(GET + b"\r\n")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
    writer.write(GET)
    assert b"HTTP/1.1 408" in await asyncio.wait_for(reader.read(), 30)


@pytest.mark.long("waits for a time limit")
async def test_half_a_body_is_408_and_its_connection_ends(server: Serving):
    response = await server.response_to(POST, b'Content-Length: 20\r\n\r\n{"names"')
    assert_problem(response, (408, "request_timeout"))
    await nothing_is_open(server)


@pytest.mark.long("waits for a time limit")
async def test_what_is_left_of_a_refused_body_has_its_time(server: Serving):
    sent = b"POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n"
    reader, writer = await server.open()
    writer.write(sent)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 404")

    async def trickle() -> None:
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.05)

    sending = asyncio.create_task(trickle())
    await nothing_is_open(server)
    sending.cancel()


async def test_more_pipelined_requests_than_the_bound_are_refused(server: Serving):
    reader, writer = await server.open()
    writer.write((b"GET /test/v1/slow HTTP/1.1\r\nHost: localhost\r\n\r\n") * 2_000)
    assert (await asyncio.wait_for(reader.read(), 30)).count(b"HTTP/1.1") <= 17
    await nothing_is_open(server)


async def test_a_response_that_nobody_reads_is_cut(server: Serving):
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        slow.connect(("127.0.0.1", server.port))
        slow.setblocking(False)
        request = b"GET /test/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
        await asyncio.get_running_loop().sock_sendall(slow, request * 16)
        await nothing_is_open(server)


async def test_the_oldest_half_head_gives_way_when_memory_is_spent():
    async with serving(ConnectionLimits(), memory=100_000) as server:
        opened = [await server.open() for _ in range(4)]

        async def held(count: int) -> bool:
            return server.connections.memory.total >= count * 40_000 or count > 2

        for count, (_, writer) in enumerate(opened, 1):
            writer.write(GET + b"X: " + b"x" * 40_000)
            await eventually(partial(held, count))
        assert await asyncio.wait_for(opened[0][0].read(), 30) == b""
        assert server.connections.memory.total <= 100_000
        assert await server.is_well()


async def test_a_newcomer_takes_the_place_of_who_waits_longest(small: Serving):
    opened = [await small.open() for _ in range(10)]

    async def all_are_in() -> bool:
        return len(small.connections) == 10

    await eventually(all_are_in)
    assert await small.is_well()
    assert await asyncio.wait_for(opened[0][0].read(), 30) == b""


async def test_where_all_are_being_served_a_newcomer_is_refused(small: Serving):
    opened = [await small.open() for _ in range(10)]
    for _, writer in opened:
        writer.write(b"GET /test/v1/slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

    async def all_work() -> bool:
        return all(connection.is_responding() for connection in small.connections._open)

    await eventually(all_work)
    assert_problem(await small.response_to(), (503, "unavailable"))
    small.go_on.set()
    responses = [await asyncio.wait_for(reader.read(), 30) for reader, _ in opened]
    assert {response[:12] for response in responses} == {b"HTTP/1.1 200"}


class Overdue:
    """A connection that ends when it is checked, and records the iteration of the event loop."""

    def __init__(self, connections: Connections, iterations: list[int], ended: list[int]) -> None:
        self._connections, self._iterations, self._ended = connections, iterations, ended

    def check(self, now: float) -> None:
        self._ended.append(self._iterations[0])
        self._connections.discard(self)

    def is_responding(self) -> bool:
        return False

    def give_way(self) -> bool:
        return True


async def test_many_connections_that_end_together_leave_time_for_others() -> None:
    connections, iterations, ended = Connections(ConnectionLimits(check_every=0.01)), [0], list[int]()
    for _ in range(200):
        assert connections.add(Overdue(connections, iterations, ended))
    while len(connections):
        iterations[0] += 1
        await asyncio.sleep(0)
    assert len(ended) == 200
    assert max(Counter(ended).values()) <= 32
