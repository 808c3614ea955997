"""What is revoked is in the lists within a minute, and old credentials verify after a key turns, whatever is killed."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from openbadgeslib.ob3 import OB3VerificationError

from tests.faults.clients import Client
from tests.faults.cluster import Cluster
from tests.membership.issuing.credentials.test_documents import claims_of
from tests.membership.issuing.credentials.verifying import verify
from tests.support.membership import CONGRESSES, PARTICIPATIONS, congress
from tests.support.waiting import eventually

_CERTIFICATES = "/membership/v1/certificates"
_ISSUER, _DID = "https://escm.invalid", "did:web:escm.invalid"
_MINUTE = 60.0
_NEWEST = "SELECT kid FROM member_credential_key ORDER BY signs_from DESC LIMIT 1"
_ENDS_SOON = "UPDATE member_credential_key SET signs_until = now() + interval '1 hour' WHERE signs_until > now()"
_TURN = "UPDATE member_credential_key SET signs_from = now() WHERE kid = $1"
_END = "UPDATE member_credential_key SET signs_until = now() WHERE kid <> $1 AND signs_until > now()"
_ENDED = "SELECT count(*) FROM member_credential_key WHERE signs_until <= now() AND private IS NOT NULL"
_FORGET_TICKS = "DELETE FROM core_schedule WHERE name = 'membership.rotate_credential_keys'"


@dataclass
class Office:
    """The secretariat at both APIs."""

    cluster: Cluster
    clients: dict[str, Client]

    async def issue(self) -> tuple[str, str]:
        """A certificate: its path and its credential."""
        client = self.clients["second"]
        expert = (await client.create("certified")).json()["id"]
        held = await self._made(CONGRESSES, congress())
        part = await self._made(PARTICIPATIONS, {"congress_id": held["id"], "expert_id": expert})
        subject = {"resource": "membership.participations", "id": part["id"]}
        body = {"kind": "participation", "holder": {"expert_id": expert}, "subject": subject}
        path = str((await self._made(_CERTIFICATES, body))["links"]["self"])
        return path, await self.credential(path)

    async def _made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        made = await self.clients["second"].http.post(path, json=body, headers={"Idempotency-Key": uuid4().hex})
        assert made.status_code == 201, made.text
        return dict(made.json())

    async def credential(self, path: str) -> str:
        found = await self.clients["second"].get(f"{path}/credential")
        assert found.status_code == 200, found.text
        return found.text

    async def revoke(self, path: str) -> None:
        """Revokes a certificate through the first API, though it is killed and started again."""
        key = uuid4().hex

        async def is_revoked() -> bool:
            client = self.clients["first"]
            try:
                shown = await client.get(path)
                headers = {"Idempotency-Key": key, "If-Match": shown.headers["etag"]}
                body = {"action": "revoke", "reason": "Forged", "fields": {"category": "fraud"}}
                await client.http.post(f"{path}/transitions", json=body, headers=headers)
                return bool((await client.get(path)).json()["status"] == "revoked")
            except (httpx.TransportError, KeyError):
                return False

        await eventually(is_revoked, within=_MINUTE)

    async def verifies(self, token: str, which: str) -> bool:
        """Whether the independent verifier takes a credential, with what an API publishes. Raises HTTPError where that
        has been killed, or starts."""
        addresses = [entry["statusListCredential"] for entry in claims_of(token)["credentialStatus"]]
        web = {}
        async with self.clients[which].anonymous() as http:
            for address in (f"{_ISSUER}/.well-known/did.json", *addresses):
                web[address] = (await http.get(address.removeprefix(_ISSUER))).raise_for_status().content
        try:
            verify(token, _DID, web)
        except OB3VerificationError as refused:
            if "is set at index" not in str(refused):
                raise
            return False
        return True


@pytest.fixture
async def office(cluster: Cluster) -> AsyncIterator[Office]:
    office = Office(cluster, {name: cluster.client(name) for name in ("first", "second")})
    yield office
    for client in office.clients.values():
        await client.close()


async def test_what_is_revoked_is_in_the_list_within_a_minute(office: Office, chance: random.Random) -> None:
    certificates = [await office.issue() for _ in range(8)]
    revoked, left = certificates[:4], certificates[4:]
    await office.cluster.relay.stop()
    for _, token in certificates:
        assert await office.verifies(token, "first")
        assert await office.verifies(token, "second")

    async def answers() -> bool:
        try:
            return await office.verifies(left[0][1], "first")
        except httpx.HTTPError:
            return False

    async def strike() -> None:
        while True:
            await asyncio.sleep(chance.uniform(0.2, 1.0))
            office.cluster.first.kill()
            await office.cluster.first.start()
            await eventually(answers)

    async def is_seen(token: str, which: str) -> bool:
        try:
            return not await office.verifies(token, which)
        except httpx.HTTPError:
            return False

    async def end(path: str, token: str) -> None:
        await office.revoke(path)
        await asyncio.gather(
            *(eventually(lambda which=each: is_seen(token, which), _MINUTE) for each in office.clients)
        )

    striking = asyncio.create_task(strike())
    try:
        await asyncio.gather(*(end(path, token) for path, token in revoked))
    finally:
        striking.cancel()
        await asyncio.gather(striking, return_exceptions=True)
    for _, token in left:
        assert await office.verifies(token, "second")


async def test_after_a_key_turns_old_credentials_verify(office: Office, chance: random.Random) -> None:
    cluster = office.cluster
    path, old = await office.issue()
    worker = cluster.worker("rotating", "deploy.cli", "worker", "membership")
    async with cluster.superuser() as connection:

        async def strike_until(query: str, *wanted: Any) -> None:
            async def is_done() -> bool:
                return await connection.fetchval(query) not in wanted

            await connection.execute(_FORGET_TICKS)
            for _ in range(2):
                await worker.start()
                await asyncio.sleep(chance.uniform(0, 0.5))
                worker.kill()
            await worker.start()
            await eventually(is_done, within=_MINUTE)
            worker.kill()

        first = await connection.fetchval(_NEWEST)
        await connection.execute(_ENDS_SOON)
        await strike_until(_NEWEST, first)
        second = await connection.fetchval(_NEWEST)
        assert await office.verifies(old, "second")
        await connection.execute(_TURN, second)
        await connection.execute(_END, second)
        await strike_until(_ENDED, 1, 2, 3)
    cluster.discard(worker)
    cluster.second.kill()
    await cluster.second.start()
    new = await office.credential(path)
    assert claims_of(new) == claims_of(old)
    assert new != old
    for token in (old, new):
        assert await office.verifies(token, "second")
