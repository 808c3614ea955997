"""Promise 39 under faults: every erasure ends with a complete report, though a process of each kind is killed."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.faults.clients import EXPERTS, Client
from tests.faults.cluster import LINKED, Cluster
from tests.faults.processes import Process
from tests.support.remains import columns_with, files_with, keys_with
from tests.support.waiting import eventually

_SERVICES = ("membership", "centres", "actions", "access")
_AT_ONCE = 3
"""People whose erasures are requested before each kill."""
_BOUND = 120.0
_COUNTRY = "XC"
_CONSUMERS = """
INSERT INTO core_consumer (service, bulk, position)
SELECT service, bulk, coalesce((SELECT position FROM core_lease WHERE name = 'relay'), 0)
FROM unnest(ARRAY[false, true]) bulk, unnest($1::text[]) service
ON CONFLICT (service, bulk) DO UPDATE SET position = excluded.position
"""
_ACCOUNT = """
INSERT INTO access_account (id, version, status, visibility, created_at, created_by, updated_at, updated_by, email,
    email_key, name, search_key, email_verified)
VALUES ($1, 1, 'active', 'restricted', now(), 'test', now(), 'test', $2, $2, $2, $2, true)
"""
_DUE = "UPDATE member_erasure SET due_at = now() WHERE status = 'requested'"
_CLOSE = """
DELETE FROM core_subscription; DELETE FROM core_consumer; DELETE FROM core_batch; DELETE FROM core_job;
DELETE FROM core_schedule
"""
_IS_QUIET = """
SELECT NOT EXISTS (SELECT FROM core_outbox) AND NOT EXISTS (SELECT FROM core_mail WHERE sealed IS NOT NULL)
    AND NOT EXISTS (SELECT FROM core_batch WHERE status IN ('queued', 'running'))
    AND NOT EXISTS (SELECT FROM core_job WHERE finished_at IS NULL AND job_type NOT LIKE 'schedule:%')
"""
"""Whether no mail to the new people is on its way."""
_REPORTS = {
    "access": {"accounts": 1},
    "actions": {"focal_points": 1},
    "centres": {"seats": 1},
    "membership": {"affiliations": 1, "consents": 1, "expert": 1, "messages": 1},
}
"""What each service reports of a person, besides notifications and the certificate of membership."""
_DOCUMENT = {"title": "Form", "date": "2026-10-01", "url": "https://example.org/form.pdf"}


class Office:
    """The services with their workers, and the secretariat's client, which calls the APIs of membership in turn."""

    def __init__(self, cluster: Cluster, connection: asyncpg.Connection) -> None:
        self.cluster, self.connection = cluster, connection
        self._clients = {"membership": [cluster.client("first"), cluster.client("second")]}
        self.workers = [cluster.worker(f"erasing-{name}", "tests.faults.erasing", name) for name in _SERVICES]
        self.apis: list[Process] = []
        for service in _SERVICES[1:]:
            api, url = cluster.api(service, f"erasing-{service}-api")
            self.apis.append(api)
            self._clients[service] = [Client(url, cluster.tokens["secretariat"])]
        self.word = f"canary{uuid4().hex[:12]}"
        self._committee = ""
        self._admin: dict[str, str] = {}

    @property
    def processes(self) -> list[Process]:
        return [*self.workers, *self.apis]

    def victims(self, chance: random.Random) -> list[Process]:
        """The workers, the relay and one of the APIs, in any order."""
        cluster = self.cluster
        victims = [*self.workers, cluster.relay, chance.choice([*self.apis, cluster.first, cluster.second])]
        return chance.sample(victims, len(victims))

    async def close(self) -> None:
        for clients in self._clients.values():
            for client in clients:
                await client.close()

    async def post(self, path: str, body: Any, **headers: str) -> dict[str, Any]:
        """The response to a request that is repeated with its key until an API has accepted it."""
        key = {"Idempotency-Key": uuid4().hex, **headers}

        async def sent() -> httpx.Response | None:
            for client in self._clients[path.split("/")[1]]:
                with suppress(httpx.TransportError):
                    response = await client.http.post(path, json=body, headers=key)
                    if response.status_code not in (409, 503):
                        return response
            return None

        response = await eventually(sent, within=_BOUND)
        assert response.is_success, response.text
        return dict(response.json())

    async def read(self, path: str) -> httpx.Response:
        """The response of an API that runs."""

        async def read() -> httpx.Response | None:
            for client in self._clients[path.split("/")[1]]:
                with suppress(httpx.TransportError):
                    if (response := await client.get(path)).status_code != 503:
                        return response
            return None

        return await eventually(read, within=_BOUND)

    async def step(self, path: str, action: str, **headers: str) -> dict[str, Any]:
        etag = (await self.read(path)).headers["etag"]
        return await self.post(f"{path}/transitions", {"action": action}, **{"If-Match": etag, **headers})

    async def person(self) -> str:
        """The address of a new person, in whose texts is `word`: an active expert with an account, a seat and an
        office."""
        account = uuid4()
        word = f"{self.word}{account.hex[:8]}"
        body = {
            "names": [{"given": f"Given{word}", "family": f"Family{word}"}],
            "country": _COUNTRY,
            "emails": [{"value": f"{word}@example.org"}],
            "keywords": [word],
            "invite": True,
        }
        record = await self.post(EXPERTS, body)
        path, who = record["links"]["self"], {"expert_id": record["id"]}
        for action in ("apply", "start_review", "approve"):
            await self.step(path, action)
        await self.connection.execute(_ACCOUNT, account, f"{word}@example.com")
        await self.connection.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", record["id"], account)
        await self.post(f"{path}/affiliations", {"raw": f"University of {word}"})
        await self.post(f"{path}/messages", {"text": f"About {word}."})
        proof = {"channel": "paper", "document": {**_DOCUMENT, "title": word}}
        consent = {"purpose": "contact", "notice_version": "2026", "language": "en", "proof": proof}
        await self.post("/membership/v1/consents", {**who, **consent})
        await self.post(
            "/centres/v1/seats", {"committee_id": await self.committee(), "person": who, "office": "member"}
        )
        point = await self.post("/actions/v1/focal_points", {"country": _COUNTRY, "person": who})
        await self.step(point["links"]["self"], "accept")
        return str(path)

    async def committee(self) -> str:
        if not self._committee:
            made = await self.post("/centres/v1/committees", {"country": _COUNTRY, "names": {"en": "Committee"}})
            self._committee = made["id"]
        return self._committee

    async def sign_in(self) -> None:
        """Signs the administrator in who confirms what the client requests."""
        account = self.cluster.accounts["admin2"]
        form = {"grant_type": "password", "username": account["username"], "password": account["password"]}
        async with self._clients["access"][0].anonymous() as http:
            response = await http.post("/access/v1/oauth/token", data=form)
        assert response.status_code == 200, response.text
        self._admin = {"Authorization": f"Bearer {response.json()['access_token']}"}

    async def request(self, path: str) -> str:
        """The address of the erasure of a person, which two have requested and which is due at once."""
        made = await self.post(f"{path}/erasure", {"reason": "By letter."})
        erasure = str(made["links"]["self"])
        assert (await self.step(erasure, "confirm", **self._admin))["status"] == "requested"
        async with self.cluster.superuser() as connection:
            await connection.execute(_DUE)
        return erasure

    async def strike(self, victim: Process, people: list[str], chance: random.Random) -> list[str]:
        """Requests the erasures of these people and kills a process meanwhile. Returns the addresses."""
        requests = [asyncio.create_task(self.request(path)) for path in people]
        await asyncio.sleep(chance.uniform(0, 2))
        victim.kill()
        await asyncio.sleep(chance.uniform(0, 1))
        await victim.start()
        return await asyncio.gather(*requests)

    async def done(self, erasure: str) -> dict[str, Any] | None:
        """The erasure once it is done."""
        found: dict[str, Any] = (await self.read(erasure)).json()
        return found if found["status"] == "done" else None


@pytest.fixture
async def office(cluster: Cluster) -> AsyncIterator[Office]:
    async with cluster.superuser() as connection:
        await connection.execute(_CONSUMERS, _SERVICES)
        office = Office(cluster, connection)
        try:
            await asyncio.gather(*(process.start() for process in office.processes))
            await office.sign_in()
            yield office
        finally:
            await office.close()
            for process in office.processes:
                cluster.discard(process)
            await cluster.relay.stop()
            await connection.execute(_CLOSE)


async def test_every_erasure_is_complete_though_a_process_of_each_kind_is_killed(
    cluster: Cluster, office: Office, chance: random.Random, tmp_path: Path
) -> None:
    victims = office.victims(chance)
    people = [await office.person() for _ in range(_AT_ONCE * len(victims))]
    await eventually(lambda: office.connection.fetchval(_IS_QUIET), within=_BOUND)
    assert files_with(cluster.root, office.word)
    erasures: list[str] = []
    for place, victim in enumerate(victims):
        erasures += await office.strike(victim, people[place * _AT_ONCE :][:_AT_ONCE], chance)
    for erasure in erasures:
        done = await eventually(lambda: office.done(erasure), within=_BOUND)  # noqa: B023 - awaited at once
        done["reports"]["access"].pop("notifications", None)
        done["reports"]["membership"].pop("certificates", None)
        assert done["reports"] == _REPORTS
    for path in people:
        assert (await office.read(path)).status_code == 410
    assert await columns_with(office.connection, office.word) == []
    assert await keys_with(cluster.redis_url, office.word) == []
    assert files_with(cluster.root, office.word) == {}
    await eventually(lambda: office.connection.fetchval(LINKED), within=_BOUND)
    await cluster.verify_audit_trail(tmp_path)
