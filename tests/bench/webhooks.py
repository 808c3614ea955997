"""Webhooks: events that a worker delivers in a second, and how long after its commit an event is first attempted."""

import asyncio
import time
from datetime import UTC, datetime
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

import asyncpg
import orjson

from services.access.notifying.webhooks.keys import Key, KeySeal
from services.access.settings import AccessSettings
from shared.database.ids import uuid7
from tests.bench.feed import store
from tests.bench.servers import API_CORE, WORKING, Addresses, alone, memory_mb, running, until

NAMES = {
    "webhook_deliveries",
    "webhook_latency_p99_ms",
    "webhook_latency_hanging",
    "webhook_behind_rows",
    "webhook_behind_mb",
}
ANSWERS_AFTER = 0.005
FAST, MANY = 20, 500
FEW, HANGING, ROUNDS = 100, 10, 3
SECONDS, RATE = 15, 200
BEHIND = 1_000_000
_EMPTY = """
TRUNCATE escm.core_outbox, escm.core_fact, escm.access_webhook_delivery, escm.access_webhook_state,
    escm.access_webhook_key, escm.access_webhook CASCADE
"""
_HOOK = """
INSERT INTO escm.access_webhook (id, version, status, visibility, created_at, created_by, updated_at, updated_by, name,
    url, types, records, signatures, bulk, rate, in_flight, owner_kind, owner_id)
SELECT $1, 1, 'active', 'restricted', now(), 'bench', now(), 'bench', 'Bench', $2, '{*}', $3, '{v1,v1a}', 'each', $4,
    20, 'client', id FROM escm.access_client WHERE name = 'Demo secretariat'
"""
_KEY = """
INSERT INTO escm.access_webhook_key (id, webhook_id, sealed, public, starts_at) VALUES ($1, $2, $3, $4, now())
"""
_STATE = "INSERT INTO escm.access_webhook_state (webhook_id, position) SELECT $1, head FROM escm.core_feed_ends"
_FACTS = """
INSERT INTO escm.core_outbox (fact, type, time, subject, ref, version, country, link, bulk)
SELECT uuidv7(), 'escm.membership.expert.updated.v1', clock_timestamp(), uuidv7(), 'EXP-' || n, 2, 'PK', '/x', false
FROM unnest($1::integer[]) n
"""


class _Receivers:
    """Answers after 5 ms; `/hang` never. Stores how old events are when they come."""

    def __init__(self) -> None:
        self.ages: list[float] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                body = await reader.readexactly(length)
                if b"/hang " in head[:40]:
                    await reader.read()  # until the sender gives up
                    return
                at = datetime.fromisoformat(orjson.loads(body)["time"])
                self.ages.append((datetime.now(UTC) - at).total_seconds())
                await asyncio.sleep(ANSWERS_AFTER)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """`webhook_deliveries`, `webhook_latency_p99_ms`, how the age at 99 of 100 webhooks changes when ten of them hang,
    measured alternately, and what grows for a webhook that is a million events behind."""
    receivers = _Receivers()
    server = await asyncio.start_server(receivers.serve, "0.0.0.0", 0)
    port: int = server.sockets[0].getsockname()[1]
    try:
        delivered = await _delivered(at, connection, receivers, port)
        latency = await _latency(at, connection, receivers, port, MANY)
        before, during = [], []
        for _ in range(ROUNDS):
            before.append(await _latency(at, connection, receivers, port, FEW))
            during.append(await _latency(at, connection, receivers, port, FEW, hanging=HANGING))
        rows, grown = await _behind(at, connection, port)
    finally:
        server.close()
    return {
        "webhook_deliveries": alone(delivered, "deliveries/s", "500"),
        "webhook_latency_p99_ms": alone(latency * 1000, "ms", "2000"),
        "webhook_latency_hanging": alone(median(during) / median(before), "times as long while 10 of 100 hang", "1.2"),
        "webhook_behind_rows": alone(rows, "deliveries stored of a million events", "40"),
        "webhook_behind_mb": alone(grown, "MB more in a worker with a million events to send"),
    }


async def _delivered(at: Addresses, connection: asyncpg.Connection, receivers: _Receivers, port: int) -> float:
    await connection.execute(_EMPTY)
    for number in range(FAST):
        await _hook(at, connection, _url(port, f"127.0.1.{number}"), None, 100)
    receivers.ages.clear()
    with running("relay", at, API_CORE), running("worker access", at, API_CORE):
        await until(connection, WORKING, "access")
        await connection.execute(_FACTS, list(range(2_000)))
        await asyncio.sleep(2)
        began, before = time.perf_counter(), len(receivers.ages)
        await asyncio.sleep(SECONDS)
        return (len(receivers.ages) - before) / (time.perf_counter() - began)


async def _latency(
    at: Addresses, connection: asyncpg.Connection, receivers: _Receivers, port: int, hooks: int, *, hanging: int = 0
) -> float:
    """The age of 99 of 100 events at their first attempt, of those that answer."""
    await connection.execute(_EMPTY)
    for number in range(hooks):
        url = _url(port, f"127.0.1.{number}", "hang") if number < hanging else _url(port)
        await _hook(at, connection, url, [f"EXP-{number}"], 10)
    receivers.ages.clear()
    with running("relay", at, API_CORE), running("worker access", at, API_CORE):
        await until(connection, WORKING, "access")
        await asyncio.sleep(3)
        for step in range(SECONDS * 10):
            began = time.perf_counter()
            first = step * RATE // 10
            await connection.execute(_FACTS, [n % hooks for n in range(first, first + RATE // 10)])
            await asyncio.sleep(max(0.0, 0.1 - (time.perf_counter() - began)))
        await asyncio.sleep(3)
    return quantiles(receivers.ages, n=100)[98]


def _url(port: int, host: str = "127.0.0.1", path: str = "in") -> str:
    """A receiver. One that hangs has a host of its own, since a host has at most 20 connections."""
    return f"http://{host}:{port}/{path}"


async def _behind(at: Addresses, connection: asyncpg.Connection, port: int) -> tuple[int, float]:
    """What a webhook that hangs makes grow with a million events before it: stored deliveries, and the worker."""
    await connection.execute(_EMPTY)
    await _hook(at, connection, _url(port, path="hang"), None, 100)
    head = await connection.fetchval("SELECT head FROM escm.core_feed_ends")
    with running("worker access", at, API_CORE) as worker:
        await until(connection, WORKING, "access")
        await asyncio.sleep(3)
        before = memory_mb(worker)
        await store(connection, head, head + BEHIND)
        await asyncio.sleep(2 * SECONDS)
        grown = memory_mb(worker) - before
    return await connection.fetchval("SELECT count(*) FROM escm.access_webhook_delivery"), grown


async def _hook(at: Addresses, connection: asyncpg.Connection, url: str, records: list[str] | None, rate: int) -> None:
    key, identity, hook = Key.new(), uuid7(), uuid4()
    secret = AccessSettings(database_url=at.postgres).secret_key.get_secret_value().encode()
    await connection.execute(_HOOK, hook, url, records, rate)
    await connection.execute(_KEY, identity, hook, KeySeal(secret).seal(key, identity), key.public)
    await connection.execute(_STATE, hook)
