"""Promise 22: the feed skips nothing, although transactions commit out of order."""

import asyncio
import random
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from tests.faults.clients import Client
from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.support.waiting import eventually

EVENTS = "/access/v1/events"
_FACT = """
INSERT INTO core_outbox (fact, type, time, subject, ref, version, country, link, bulk)
VALUES (uuidv7(), 'escm.membership.expert.updated.v1', now(), uuidv7(), 'EXP-1', 2, 'XA', '/x', false) RETURNING fact
"""
_NUMBER = "SELECT id FROM core_outbox WHERE fact = $1"
_ALL = "SELECT fact FROM core_fact WHERE position > $1 ORDER BY position"
_HEAD = "SELECT head FROM core_feed_ends"


class Reader:
    """Follows the feed from its present end, and stores what it reads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._after: str | None = None
        self.seen: list[UUID] = []

    async def read(self, limit: int = 1000) -> None:
        """Reads until nothing newer exists."""
        while True:
            place = {} if self._after is None else {"after": self._after}
            response = await self._client.get(EVENTS, limit=limit, **place)
            assert response.status_code == 200, response.text
            page = response.json()
            self.seen += [UUID(event["id"]) for event in page["items"]]
            if not page["items"] and page["next_after"] == self._after:
                return
            self._after = page["next_after"]

    async def has(self, fact: UUID) -> bool:
        await self.read()
        return fact in self.seen


@pytest.fixture
async def reader(cluster: Cluster) -> AsyncIterator[Reader]:
    process, url = cluster.api("access", "feed")
    await process.start()
    client = Client(url, cluster.tokens["secretariat"])
    found = Reader(client)
    await found.read()
    found.seen.clear()
    yield found
    await client.close()
    cluster.discard(process)


async def test_a_long_transaction_holds_an_early_id_while_later_ones_are_read(
    cluster: Cluster, history: History, reader: Reader
):
    client = cluster.client("second")
    async with cluster.superuser() as early, cluster.superuser() as watching:
        head = await watching.fetchval(_HEAD)
        held = early.transaction()
        await held.start()
        fact = await early.fetchval(_FACT)
        number = await early.fetchval(_NUMBER, fact)
        for n in range(5):
            mark = f"{history.prefix}{n}"
            assert await history.attempt(mark, client.create(mark)) == "ok"
        assert await watching.fetchval("SELECT coalesce(min(id), $1 + 1) FROM core_outbox", number) > number
        await eventually(lambda: _has_read(reader, 5), within=15)
        assert fact not in reader.seen
        await held.commit()
        await eventually(lambda: reader.has(fact), within=15)
        assert reader.seen == [row["fact"] for row in await watching.fetch(_ALL, head)]
    await client.close()
    assert len(set(reader.seen)) == len(reader.seen) == 6


async def test_a_reader_misses_and_repeats_nothing_while_writers_commit_in_any_order(
    cluster: Cluster, reader: Reader, chance: random.Random
):
    async with cluster.superuser() as watching:
        head = await watching.fetchval(_HEAD)
        writers = [asyncio.create_task(_write(cluster, chance.random() / 5)) for _ in range(8)]
        while not all(writer.done() for writer in writers):
            await reader.read(limit=chance.randrange(1, 20))
        written = {fact for writer in writers for fact in writer.result()}
        await eventually(lambda: _has_read(reader, len(written)), within=15)
        assert reader.seen == [row["fact"] for row in await watching.fetch(_ALL, head)]
    assert set(reader.seen) == written
    assert len(reader.seen) == len(written)


async def _write(cluster: Cluster, held: float) -> list[UUID]:
    """Facts of ten transactions, each held open for so many seconds."""
    facts = []
    async with cluster.superuser() as connection:
        for _ in range(10):
            async with connection.transaction():
                facts.append(await connection.fetchval(_FACT))
                await connection.execute("SELECT pg_sleep($1)", held)
    return facts


async def _has_read(reader: Reader, count: int) -> bool:
    await reader.read()
    return len(reader.seen) >= count
