"""Promise 50: half requests, and responses that nobody reads, hold no transaction, no connection and little memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.faults.clients import EXPERTS, Client
from tests.faults.cluster import Cluster
from tests.support.waiting import eventually

_OPEN = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'escm-membership' AND state <> 'idle'"
_MOST_MB = 400
"""Without a bound, what the crowd sends would be 480 in addition to what the process needs."""
_SLOW = 1_000


@pytest.fixture
async def address(cluster: Cluster) -> AsyncIterator[tuple[str, int]]:
    """An API process with timeouts of five seconds for heads and bodies, and its process id."""
    process, url = cluster.api("membership", "patient", ESCM_BODY_SECONDS="5", ESCM_HEAD_SECONDS="5")
    await process.start()
    yield url, process.pid
    cluster.discard(process)


@asynccontextmanager
async def half_requests(port: int, *sent: bytes) -> AsyncIterator[list[asyncio.StreamReader]]:
    """Connections on which these starts of requests were sent; the readers of their responses."""
    readers, writers = [], []
    try:
        for part in sent:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(part)
            readers.append(reader)
            writers.append(writer)
        yield readers
    finally:
        for writer in writers:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)


def half(method: str, path: str, token: str, body: bytes, kind: str = "application/json", **headers: str) -> bytes:
    """A request whose body lacks its last bytes."""
    fields = {
        "Authorization": f"Bearer {token}",
        "Content-Type": kind,
        "Content-Length": str(len(body) + 10),
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode() + body


def bodies(cluster: Cluster, record: str) -> dict[str, bytes]:
    """Half a body of each kind that a route reads."""
    token, key = cluster.tokens["secretariat"], {"Idempotency-Key": uuid4().hex}
    form = b'--b\r\nContent-Disposition: form-data; name="resource"\r\n\r\nexp'
    return {
        "create": half("POST", EXPERTS, token, b'{"names": [', **key),
        "change": half("PATCH", record, token, b'{"names": [', **{"If-Match": '"1.00000000"'}),
        "step": half("POST", f"{record}/transitions", token, b'{"action": ', **key, **{"If-Match": '"1.00000000"'}),
        "bulk": half("POST", f"{EXPERTS}/bulk_transitions", token, b'{"action": ', **key),
        "import": half("POST", "/membership/v1/imports", token, form, "multipart/form-data; boundary=b", **key),
        "export": half("POST", "/membership/v1/exports", token, b'{"resource": ', **key),
    }


async def test_half_bodies_take_no_connection_from_others(cluster: Cluster, address: tuple[str, int]):
    url, _ = address
    client = Client(url, cluster.tokens["secretariat"], timeout=20)
    record = (await client.create("Slow")).headers["location"]
    sent = bodies(cluster, record)
    async with half_requests(
        int(url.rpartition(":")[2]), *(part for part in sent.values() for _ in range(16))
    ) as waiting:
        responses = [await client.create(f"Another-{number}") for number in range(5)]
        responses += [await client.get(EXPERTS, limit=1) for _ in range(5)]
        assert {response.status_code for response in responses} == {200, 201}
        async with cluster.superuser() as watcher:
            assert await watcher.fetchval(_OPEN) == 0
        read = [await asyncio.wait_for(reader.read(), 60) for reader in waiting]
    for number, response in enumerate(read):
        name = list(sent)[number // 16]
        is_one_too_many = name == "import" and response.startswith(b"HTTP/1.1 429")
        assert is_one_too_many or response.startswith(b"HTTP/1.1 408"), (name, response[:300])
        assert is_one_too_many or b'"request_timeout"' in response, name
    await client.close()


async def test_a_crowd_of_slow_connections_holds_little_memory(cluster: Cluster, address: tuple[str, int]):
    url, pid = address
    token, port = cluster.tokens["secretariat"], int(url.rpartition(":")[2])
    head = f"GET {EXPERTS} HTTP/1.1\r\nHost: localhost\r\nX: ".encode() + b"x" * 60_000
    body = half("POST", EXPERTS, token, b'{"biography": {"en": "' + b"x" * 900_000, **{"Idempotency-Key": "k"})
    client, most = Client(url, token, timeout=30), 0
    async with half_requests(port, *[head] * (_SLOW // 2), *[body] * (_SLOW // 2)):
        for number in range(20):
            assert (await client.create(f"Crowd-{number}")).status_code in (201, 503)
            assert (await client.get(EXPERTS, limit=1)).status_code == 200
            most = max(most, resident_mb(pid))
    assert most < _MOST_MB, most

    async def all_are_gone() -> bool:
        return (await client.create("After")).status_code == 201

    await eventually(all_are_gone, within=30)
    await client.close()


def resident_mb(pid: int) -> int:
    """Megabytes of memory that the process holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (found,) = [line for line in lines if line.startswith("VmRSS:")]
    return int(found.split()[1]) // 1024


async def test_a_connection_waits_longer_for_its_next_request_than_clients_keep_it(address: tuple[str, int]):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(address[0].rpartition(":")[2]))
    for idle in (0, 6):
        await asyncio.sleep(idle)
        writer.write(b"GET /membership/v1/livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(int(length.partition(b":")[2]))
    writer.close()


async def test_a_form_with_endless_fields_or_headers_is_refused(cluster: Cluster, address: tuple[str, int]):
    url, pid = address
    client = Client(url, cluster.tokens["secretariat"], timeout=60)
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n'
    endless: dict[str, tuple[str, bytes]] = {
        "fields": ("multipart/form-data; boundary=b", (part + b"\r\nx\r\n") * 300_000),
        "a field": ("multipart/form-data; boundary=b", part + b"\r\n" + b"x" * 20_000_000),
        "a part's header": ("multipart/form-data; boundary=b", part + b"X: " + b"y" * 20_000_000),
        "a part's headers": ("multipart/form-data; boundary=b", part + b"X: y\r\n" * 3_000_000),
        "names": ("application/x-www-form-urlencoded", b"a=1&" * 200_000),
        "a value": ("application/x-www-form-urlencoded", b"a=" + b"x" * 20_000_000),
    }
    before = resident_mb(pid)
    for name, (kind, content) in endless.items():
        headers: dict[str, Any] = {"Content-Type": kind, "Idempotency-Key": uuid4().hex}
        try:
            response = await client.http.post("/membership/v1/imports", content=content, headers=headers)
        except client.broken:
            continue
        assert response.status_code in (400, 413, 415), (name, response.text)
    assert resident_mb(pid) - before < 64
    await client.close()
