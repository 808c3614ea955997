"""Counters equal rows and each accepted support has one fact, though workers are killed while signatures are mailed,
and supporters are merged and merges undone."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from deploy.local.child import Stage
from services.membership.overview.statistics.queries import KINDS, LIVE
from shared.records.counts import drift
from tests.faults.cluster import Cluster
from tests.faults.processes import Process
from tests.membership.initiatives.supports.conftest import tokens_in
from tests.support.mailbox import Mailbox
from tests.support.waiting import eventually

_SIGNERS = 16
"""Fewer than the signatures of one network that are not held."""
_BOUND = 120.0
_INITIATIVES, _SUPPORTS, _MERGES = (f"/membership/v1/{name}" for name in ("initiatives", "supports", "merges"))
_ACCEPTED = """
SELECT s.id, (SELECT count(*) FROM (SELECT fact, subject, type FROM core_outbox
    UNION SELECT fact, subject, type FROM core_fact) f
    WHERE f.subject = s.id AND f.type = 'escm.membership.support.accepted.v1') AS facts
FROM member_support s WHERE s.initiative_id = $1 AND s.accepted_at IS NOT NULL
"""
_LIVING = "SELECT expert_id FROM member_support WHERE initiative_id = $1 AND status = 'accepted'"
_UNSENT = """
SELECT count(*) FROM core_job WHERE job_type IN ('send_support_decision', 'send_mail') AND status <> 'succeeded'
"""
_CLEAN = """
DELETE FROM member_support; DELETE FROM member_initiative; DELETE FROM core_mail; DELETE FROM core_mail_token;
DELETE FROM core_job; DELETE FROM core_schedule; DELETE FROM core_consumer; DELETE FROM core_subscription
"""


class Signing:
    """Two workers that mail signers, with a relay of short leases."""

    def __init__(self, cluster: Cluster, connection: asyncpg.Connection, mailbox: Mailbox) -> None:
        self.connection, self.mailbox = connection, mailbox
        given = {"ESCM_SMTP_URL": mailbox.url}
        self.workers = [
            cluster.worker(f"supporting{number}", "tests.faults.supporting", **given) for number in range(2)
        ]
        self.relay = cluster.worker("supporting-relay", "tests.faults.working", "relay", "patient", stage=Stage.RELAY)
        self.client = cluster.client()

    @property
    def processes(self) -> list[Process]:
        return [*self.workers, self.relay]

    async def kill(self, chance: random.Random) -> None:
        await asyncio.sleep(chance.uniform(0, 0.2))
        for worker in self.workers:
            worker.kill()
        await asyncio.gather(*(worker.start() for worker in self.workers))

    async def step(self, path: str, action: str, **body: Any) -> None:
        etag = (await self.client.get(path)).headers["etag"]
        headers = {"If-Match": etag, "Idempotency-Key": uuid4().hex}
        done = await self.client.http.post(f"{path}/transitions", json={"action": action, **body}, headers=headers)
        assert done.status_code == 200, done.text

    async def create(self, path: str, **body: Any) -> dict[str, Any]:
        made = await self.client.http.post(path, json=body, headers={"Idempotency-Key": uuid4().hex})
        assert made.status_code == 201, made.text
        return dict(made.json())


@pytest.fixture
async def signing(cluster: Cluster, mailbox: Mailbox) -> AsyncIterator[Signing]:
    await cluster.relay.stop()
    mailbox.mails.clear()
    async with cluster.superuser() as connection:
        await connection.execute(_CLEAN)
        signing = Signing(cluster, connection, mailbox)
        try:
            yield signing
        finally:
            await signing.client.close()
            for process in signing.processes:
                cluster.discard(process)
            await connection.execute(_CLEAN)


async def test_counters_equal_rows_and_each_accepted_support_has_one_fact(
    signing: Signing, chance: random.Random
) -> None:
    await asyncio.gather(*(process.start() for process in signing.processes))
    made = await signing.create(_INITIATIVES, code=f"F-{uuid4().hex[:12].upper()}", titles={"en": "Soils for all"})
    await signing.step(made["links"]["self"], "open")
    async with signing.client.anonymous() as anybody:
        addresses = [f"{uuid4().hex}@example.org" for _ in range(_SIGNERS)]
        await asyncio.gather(_sign_all(anybody, made["id"], addresses), signing.kill(chance))
        for least in (_SIGNERS // 4, _SIGNERS // 2, _SIGNERS):
            await eventually(lambda least=least: _has(signing, least), within=_BOUND)
            await signing.kill(chance)
        found = {mail["To"]: tokens_in(mail)["support"] for mail in signing.mailbox.mails}
        assert set(found) == set(addresses)
        refs = [ref for token in found.values() for ref in await _confirm_twice(anybody, token)]
    assert set(Counter(refs).values()) == {2}, "each signature has one support, however often it is confirmed"
    experts = [row["expert_id"] for row in await signing.connection.fetch(_LIVING, made["id"])]
    assert len(experts) == _SIGNERS
    merges = [await _merge(signing, experts[2 * n], experts[2 * n + 1]) for n in range(4)]
    await signing.kill(chance)
    await eventually(lambda: _counts(signing, made, _SIGNERS - 4), within=_BOUND)
    for merge in merges[:2]:
        await signing.step(f"{_MERGES}/{merge}", "undo")
    await signing.kill(chance)
    await eventually(lambda: _counts(signing, made, _SIGNERS - 2), within=_BOUND)
    assert {row["facts"] for row in await signing.connection.fetch(_ACCEPTED, made["id"])} == {1}
    assert await drift(signing.connection, KINDS, LIVE) == []


async def test_each_decision_is_one_message_whoever_is_killed(signing: Signing, chance: random.Random) -> None:
    await asyncio.gather(*(process.start() for process in signing.processes))
    code = f"F-{uuid4().hex[:12].upper()}"
    made = await signing.create(_INITIATIVES, code=code, titles={"en": "Soils for all"}, certificate=False)
    await signing.step(made["links"]["self"], "open")
    addresses = [f"{uuid4().hex}@mailinator.com" for _ in range(_SIGNERS)]
    async with signing.client.anonymous() as anybody:
        await _sign_all(anybody, made["id"], addresses)
        await eventually(lambda: _has(signing, _SIGNERS), within=_BOUND)
        found = {mail["To"]: tokens_in(mail)["support"] for mail in signing.mailbox.mails}
        for token in found.values():
            await _confirm(anybody, token, "pending")
    held = (await signing.client.get(f"{_SUPPORTS}?initiative_id={made['id']}&limit=200")).json()["items"]
    assert len(held) == _SIGNERS
    for number, one in enumerate(held):
        rejection = {"action": "reject", "reason": "Robots.", "fields": {"category": "not_verified"}}
        await signing.step(one["links"]["self"], **(rejection if number % 2 else {"action": "verify"}))
        if number % 4 == 0:
            await signing.kill(chance)
    await eventually(lambda: _is_idle(signing), within=_BOUND)
    decisions = {(mail["To"], mail["Message-ID"]) for mail in signing.mailbox.mails if "support" not in tokens_in(mail)}
    assert sorted(address for address, _ in decisions) == sorted(addresses)


async def _is_idle(signing: Signing) -> bool:
    """Whether every mail is sent."""
    return not await signing.connection.fetchval(_UNSENT)


async def _sign_all(anybody: httpx.AsyncClient, initiative: str, addresses: list[str]) -> None:
    for address in addresses:
        await _sign(anybody, initiative, address)


async def _confirm_twice(anybody: httpx.AsyncClient, token: str) -> list[str]:
    return await asyncio.gather(_confirm(anybody, token), _confirm(anybody, token))


async def _sign(anybody: httpx.AsyncClient, initiative: str, address: str) -> None:
    body = {"name": f"Ana {address[:8]}", "email": address, "country": "XA", "capacity": "personal"}
    done = await anybody.post(f"{_INITIATIVES}/{initiative}/sign", json=body)
    assert done.status_code == 202, done.text


async def _confirm(anybody: httpx.AsyncClient, token: str, status: str = "accepted") -> str:
    done = await anybody.post(f"{_SUPPORTS}/verification", json={"token": token})
    assert (done.status_code, done.json()["status"]) == (200, status), done.text
    return str(done.json()["ref"])


async def _merge(signing: Signing, winner: Any, loser: Any) -> str:
    made = await signing.create(_MERGES, resource="experts", winner_id=str(winner), loser_id=str(loser))
    return str(made["id"])


async def _has(signing: Signing, least: int) -> bool:
    return len({mail["To"] for mail in signing.mailbox.mails}) >= least


async def _counts(signing: Signing, initiative: dict[str, Any], wanted: int) -> bool:
    return bool((await signing.client.get(f"{_INITIATIVES}/{initiative['id']}/count")).json()["supporters"] == wanted)
