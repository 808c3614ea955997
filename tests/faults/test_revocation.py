"""Promise 30: a revocation takes effect in every process when its cache expires."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.kernel.clock import today
from tests.faults.clients import EXPERTS
from tests.faults.cluster import Cluster
from tests.support.passwords import choose_password
from tests.support.waiting import eventually

_BELIEVED = "1"
"""Seconds; 30 by default, and never more."""
_PASSWORD = "a password of some length"


@dataclass
class AccessSystem:
    """An access API and two membership APIs, with a restricted expert of XA."""

    access: httpx.AsyncClient
    others: list[httpx.AsyncClient]
    admin: dict[str, str]
    expert: str
    database_url: str

    async def make(self, path: str, **body: Any) -> dict[str, Any]:
        headers = {**self.admin, "Idempotency-Key": uuid4().hex}
        response = await self.access.post(f"/access/v1/{path}", json=body, headers=headers)
        assert response.status_code == 201, response.text
        return dict(response.json())

    async def step(self, record: dict[str, Any], action: str) -> None:
        link = record["links"]["self"]
        tag = (await self.access.get(link, headers=self.admin)).headers["etag"]
        headers = {**self.admin, "Idempotency-Key": uuid4().hex, "If-Match": tag}
        body = {"action": action, "reason": "a test"}
        response = await self.access.post(f"{link}/transitions", json=body, headers=headers)
        assert response.status_code == 200, response.text

    async def token(self, form: dict[str, str]) -> str:
        response = await self.access.post("/access/v1/oauth/token", data=form)
        assert response.status_code == 200, response.text
        return str(response.json()["access_token"])

    async def statuses(self, token: str) -> set[int]:
        """The response of every process to the holder of the token."""
        headers = {"Authorization": f"Bearer {token}"}
        return {(await http.get(f"{EXPERTS}/{self.expert}", headers=headers)).status_code for http in self.others}


@pytest.fixture
async def system(cluster: Cluster) -> AsyncIterator[AccessSystem]:
    started = [
        cluster.api(service, f"{service}-{n}", ESCM_GRANTS_BELIEVED=_BELIEVED)
        for n, service in enumerate(("access", "membership", "membership"))
    ]
    for process, _ in started:
        await process.start()
    access, *others = [httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) for _, url in started]
    client = cluster.client("second")
    made = await client.create("Hidden", visibility="restricted")
    await client.close()
    yield AccessSystem(
        access,
        others,
        {"Authorization": f"Bearer {cluster.tokens['secretariat']}"},
        made.json()["id"],
        cluster.database_url,
    )
    for http in (access, *others):
        await http.aclose()
    for process, _ in started:
        cluster.discard(process)


async def _stops(system: AccessSystem, token: str, end: Callable[[], Awaitable[Any]], status: int) -> None:
    """The token sees the record in every process, and later in none."""
    assert await system.statuses(token) == {200}
    await end()

    async def is_over() -> bool:
        return await system.statuses(token) == {status}

    await eventually(is_over, within=15)


async def _person(system: AccessSystem) -> tuple[dict[str, Any], dict[str, Any], str]:
    """An account, its grant over XA and its token."""
    email = f"{uuid4().hex}@example.org"
    account = await system.make("accounts", email=email, name="Somebody")
    await choose_password(system.database_url, email, _PASSWORD)
    holder = {"kind": "account", "id": account["id"]}
    grant = await system.make("grants", principal=holder, role="national_author", scope_kind="country", scope_id="XA")
    return account, grant, await system.token({"grant_type": "password", "username": email, "password": _PASSWORD})


async def _program(system: AccessSystem) -> tuple[dict[str, Any], dict[str, str]]:
    """A client that reads XA, and its credentials."""
    client = await system.make(
        "clients", name="A program", scope_kind="country", scope_id="XA",
        resources=["membership.experts"], verbs=["read"], secret=True,
    )  # fmt: skip
    return client, {"client_id": client["client_id"], "client_secret": client["secret"]}


async def test_a_revoked_grant_stops_everywhere(system: AccessSystem):
    _, grant, token = await _person(system)
    await _stops(system, token, lambda: system.step(grant, "revoke"), 404)


async def test_a_suspended_account_stops_everywhere(system: AccessSystem):
    account, _, token = await _person(system)
    await _stops(system, token, lambda: system.step(account, "suspend"), 401)


async def test_a_revoked_key_stops_everywhere(system: AccessSystem):
    client, _ = await _program(system)
    owner = {"kind": "client", "id": client["id"]}
    key = await system.make("api_keys", name="A key", owner=owner, resources=["membership.experts"], verbs=["read"])
    await _stops(system, key["secret"], lambda: system.step(key, "revoke"), 401)


async def test_an_ended_session_stops_everywhere_and_another_of_its_account_goes_on(system: AccessSystem):
    account, _, token = await _person(system)
    other = await system.token({"grant_type": "password", "username": account["email"], "password": _PASSWORD})

    async def sign_out() -> None:
        response = await system.access.delete("/access/v1/sessions", headers={"Authorization": f"Bearer {other}"})
        assert response.json() == {"ended": 1}, response.text

    await _stops(system, token, sign_out, 401)
    assert await system.statuses(other) == {200}


async def test_a_revoked_client_stops_everywhere(system: AccessSystem):
    client, shown = await _program(system)
    token = await system.token({"grant_type": "client_credentials", **shown})
    await _stops(system, token, lambda: system.step(client, "revoke"), 401)


async def test_a_revoked_token_stops_everywhere_and_another_of_its_holder_goes_on(system: AccessSystem):
    _, shown = await _program(system)
    token, other = [await system.token({"grant_type": "client_credentials", **shown}) for _ in range(2)]

    async def revoke() -> None:
        response = await system.access.post("/access/v1/oauth/revoke", data={"token": token, **shown})
        assert response.status_code == 200, response.text

    await _stops(system, token, revoke, 401)
    assert await system.statuses(other) == {200}


@pytest.fixture
async def readers(cluster: Cluster) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Two actions APIs."""
    started = [cluster.api("actions", f"actions-reader-{n}", ESCM_GRANTS_BELIEVED=_BELIEVED) for n in range(2)]
    for process, _ in started:
        await process.start()
    clients = [httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) for _, url in started]
    yield clients
    for http, (process, _) in zip(clients, started, strict=True):
        await http.aclose()
        cluster.discard(process)


async def test_addresses_and_calendars_stop_everywhere_with_the_grant_of_their_owner(
    system: AccessSystem, readers: list[httpx.AsyncClient]
):
    """Promise 8 of results: a signed address of a file, and the feed of a calendar, which are read without a token."""
    _, grant, token = await _person(system)

    async def entered(by: dict[str, str], path: str, **sent: Any) -> dict[str, Any]:
        headers = {**by, "Idempotency-Key": uuid4().hex}
        response = await readers[0].post(f"/actions/v1/{path}", headers=headers, **sent)
        assert response.status_code == 201, response.text
        return dict(response.json())

    own = {"Authorization": f"Bearer {token}"}
    about = {"title": "Minutes", "country": "XA"}
    file = await entered(own, "evidence", data=about, files={"file": ("minutes.txt", b"Agreed.", "text/plain")})
    response = await readers[0].get(f"{file['links']['self']}/download_url", headers=own)
    address = response.json()["url"]
    task = await entered(system.admin, "tasks", json={"titles": {"en": "Read"}, "country": "XA", "due": str(today())})
    calendar = await entered(own, "calendars", json={"kinds": ["tasks"], "country": "XA"})

    async def shown() -> set[tuple[int, bool]]:
        """The status of the address, and whether the feed has the task, in every process."""
        found = set()
        for http in readers:
            feed = await http.get(calendar["url"])
            found.add(((await http.get(address)).status_code, task["id"] in feed.text))
        return found

    assert await shown() == {(200, True)}
    await system.step(grant, "revoke")

    async def is_over() -> bool:
        return await shown() == {(404, False)}

    await eventually(is_over, within=60)
