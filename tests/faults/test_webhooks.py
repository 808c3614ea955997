"""Every event reaches its receiver with the same id, whatever is killed: the distinct ids received are the feed."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.access.notifying.webhooks.receiver import Received, Receiver, receiving
from tests.faults.clients import Client
from tests.faults.cluster import Cluster
from tests.faults.processes import Process
from tests.support.waiting import eventually

HOOKS = "/access/v1/webhooks"
_ANNOUNCE = """
INSERT INTO core_outbox (fact, type, time, subject, ref, version, country, link, bulk)
SELECT uuidv7(), 'escm.membership.expert.updated.v1', now(), uuidv7(), 'EXP-' || $2 || n, 2, $2, '/x/' || $2 || n, false
FROM generate_series(1, $1) n
"""
_FEED = """
SELECT fact::text FROM core_fact WHERE position > $1 AND country = 'XA' AND type LIKE 'escm.membership.expert.%'
ORDER BY position
"""
_OF_ANOTHER = """
SELECT fact::text, subject::text, ref, link FROM core_fact WHERE position > $1 AND country = 'XB'
UNION ALL SELECT fact::text, subject::text, ref, link FROM core_outbox WHERE country = 'XB'
"""
_HEAD = "SELECT head FROM core_feed_ends"


@dataclass
class Sending:
    """An active webhook of a government, the worker that drives it, a second one, and its receiver."""

    cluster: Cluster
    client: Client
    api: Process
    workers: list[Process]
    receiver: Receiver
    hook: dict[str, Any]
    since: int

    async def announce(self, count: int, country: str = "XA") -> None:
        """Facts that are committed, over a connection of their own."""
        async with self.cluster.superuser() as connection:
            await connection.execute(_ANNOUNCE, count, country)

    async def is_complete(self) -> bool:
        """Whether nothing waits, and the distinct ids received are the feed."""
        async with self.cluster.superuser() as connection:
            waiting = await connection.fetchval("SELECT count(*) FROM core_outbox")
            wanted = [row["fact"] for row in await connection.fetch(_FEED, self.since)]
        return not waiting and set(wanted) == set(self.receiver.ids)


async def _activated(client: Client, url: str, **more: Any) -> dict[str, Any]:
    body = {"name": "Faults", "url": url, "types": ["escm.membership.expert.*"], "rate": 100, "in_flight": 20, **more}
    made = await client.http.post(HOOKS, json=body, headers={"Idempotency-Key": uuid4().hex})
    assert made.status_code == 201, made.text
    path = made.json()["links"]["self"]

    async def verified() -> bool:
        found = await client.get(path)
        headers = {"If-Match": found.headers["etag"], "Idempotency-Key": uuid4().hex}
        verb = {"action": "verify"}
        return bool((await client.http.post(f"{path}/transitions", json=verb, headers=headers)).is_success)

    await eventually(verified)
    return dict(made.json())


@pytest.fixture
async def sending(cluster: Cluster) -> AsyncIterator[Sending]:
    api, url = cluster.api("access", "webhooks-api")
    workers = [cluster.worker(f"webhooks{number}", "deploy.cli", "worker", "access") for number in range(2)]
    client = Client(url, cluster.tokens["government_xa"])
    async with receiving() as receiver:
        await asyncio.gather(api.start(), *(worker.start() for worker in workers))
        hook = await _activated(client, receiver.url)
        async with cluster.superuser() as connection:
            since = await connection.fetchval(_HEAD)
        yield Sending(cluster, client, api, workers, receiver, hook, since)
    await client.close()
    for process in (api, *workers):
        cluster.discard(process)


@pytest.mark.long("kills a worker, Valkey and PostgreSQL in turn, with leases that run out")
@pytest.mark.parametrize("victim", ["worker", "valkey", "postgres"])
async def test_distinct_ids_received_are_the_feed(sending: Sending, chance: random.Random, victim: str) -> None:
    cluster = sending.cluster
    for _ in range(3):
        await sending.announce(150)
        await asyncio.sleep(chance.uniform(0.1, 1.0))
        struck = {"worker": sending.workers, "valkey": [cluster.valkey], "postgres": [cluster.postgres]}[victim]
        for process in struck:
            process.kill()
        await asyncio.gather(*(process.start() for process in struck))
    await sending.announce(10)
    await eventually(sending.is_complete)


async def test_another_worker_takes_over_at_once(sending: Sending) -> None:
    """When a worker stops, the other one goes on; nothing is lost and nothing waits for a lease."""
    await sending.announce(50)
    await sending.workers[0].stop()
    await sending.announce(50)
    await eventually(sending.is_complete)


def _fails_once(received: Received, count: int) -> tuple[int, dict[str, str], str]:
    """Refuses the first attempt of every fifth event."""
    return (503 if count == 1 and int(received.event["id"][-1], 16) % 5 == 0 else 204), {}, ""


async def _shown(sending: Sending) -> dict[str, str]:
    """All that leaves about the webhook of a government, and what operators read, by where it is."""
    path, texts = sending.hook["links"]["self"], {}
    for part in ("", "/history", "/deliveries?limit=200", "/statistics?step=hour"):
        texts[part] = (await sending.client.get(path + part)).text
    texts["requests"] = "\n".join(f"{one.headers} {one.body.decode()}" for one in sending.receiver.received)
    async with httpx.AsyncClient(trust_env=False) as http:
        for process in (sending.api, *sending.workers):
            texts[f"log of {process.name}"] = process.log()
            texts[f"metrics of {process.name}"] = (await http.get(process.metrics)).text
    return texts


@pytest.mark.long("waits until an attempt that failed is made again")
async def test_another_countrys_events_are_in_no_delivery_log_or_figure(sending: Sending) -> None:
    """Though the same workers send them to the secretariat, whose receiver fails too."""
    cluster = sending.cluster
    office = Client(str(sending.client.http.base_url), cluster.tokens["secretariat"])
    async with receiving() as theirs, receiving() as foreign:
        await _activated(office, theirs.url)
        await _activated(sending.client, foreign.url, countries=["XB"])
        theirs.answers = sending.receiver.answers = _fails_once
        await asyncio.gather(*(sending.announce(30, country) for country in ("XA", "XB")))
        async with cluster.superuser() as connection:
            rows = await connection.fetch(_OF_ANOTHER, sending.since)
        assert len(rows) >= 30
        await eventually(sending.is_complete)
        await eventually(lambda: _has_received(theirs, 60))
        await eventually(lambda: _has_delivered(sending, 31))
        shown = await _shown(sending)
        assert foreign.received == []
    await office.close()
    assert {name for name, text in shown.items() for row in rows for part in row if part in text} == set()
    assert all(one in shown["/deliveries?limit=200"] for one in sending.receiver.ids)
    assert "escm_webhook_attempts_total" in "".join(shown.values())


async def _has_received(receiver: Receiver, events: int) -> bool:
    return len(receiver.ids) == events


async def _has_delivered(sending: Sending, events: int) -> bool:
    """Whether the figures count so many, no more; one of them is the ping."""
    found = await sending.client.get(f"{sending.hook['links']['self']}/statistics?step=hour")
    delivered = sum(one["delivered"] for one in found.json()["items"])
    assert delivered <= events
    return bool(delivered == events)
