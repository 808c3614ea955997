"""Promise 47: every way to a role or a credential answers each actor as the table of ways says."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from deploy.matrix.operations import operations
from deploy.matrix.ways import GAINING, WAYS, WITHOUT_GAIN, Way, actors, expected, expected_for_oneself
from services.access.app import create_app
from services.access.settings import AccessSettings
from shared.kernel.clock import today
from tests.support.callers import CALLERS, Caller, serving
from tests.support.principals import enter_callers, enter_principal

V1 = "/access/v1"
BY_HTTP = [way for way in WAYS if way.resource]
_SCOPE = {"scope_kind": "country", "scope_id": "XA"}


@pytest.fixture(scope="module")
async def access(settings: AccessSettings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    await enter_callers(database_url)
    async with serving(create_app(settings)) as client:
        yield client


@pytest.fixture(scope="module")
async def rows(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    yield connection
    await connection.close()


class Target:
    """An account and a client with a role in XA, by the administrator."""

    def __init__(self, access: httpx.AsyncClient, rows: asyncpg.Connection) -> None:
        self.admin, self.rows = Caller(access, "admin"), rows

    async def client(self) -> str:
        body = {"name": "Held", **_SCOPE, "resources": ["membership.*"], "verbs": ["read"]}
        made = await self.admin.post(f"{V1}/clients", body)
        assert made.status_code == 201, made.text
        await self.grant("client", made.json()["id"])
        return str(made.json()["id"])

    async def grant(self, kind: str, holder: str) -> str:
        body = {"principal": {"kind": kind, "id": holder}, "role": "national_author", **_SCOPE}
        made = await self.admin.post(f"{V1}/grants", body)
        assert made.status_code == 201, made.text
        return f"{V1}/grants/{made.json()['id']}"


async def _take(way: Way, caller: Caller, target: Target, holder: dict[str, str]) -> int:
    """The status of the call that takes this way. `holder` is who gains a grant."""
    if way.operation == "createGrant":
        body = {"principal": holder, "role": "national_author", **_SCOPE}
        return (await caller.post(f"{V1}/grants", body)).status_code
    if way.operation == "transitionGrant":
        source = str(CALLERS["applicant"].id)
        path = await target.grant("account", source)
        etag = (await target.admin.get(path)).headers["etag"]
        fields: dict[str, Any] = {}
        if way.how == "confirm":
            await target.rows.execute(
                "UPDATE access_grant SET status = 'proposed' WHERE id = $1", UUID(path.rsplit("/", 1)[1])
            )
            etag = (await target.admin.get(path)).headers["etag"]
        else:
            fields = {"principal": holder, "to": (today() + timedelta(days=1)).isoformat()}
        step = {"action": way.how, "fields": fields}
        return (await caller.post(f"{path}/transitions", step, etag=etag)).status_code
    if way.operation == "createClient":
        body = {"name": "New", **_SCOPE, "resources": ["membership.*"], "verbs": ["read"]}
        return (await caller.post(f"{V1}/clients", body)).status_code
    client = await target.client()
    path = f"{V1}/clients/{client}"
    if way.operation == "addClientSecret":
        return (await caller.post(f"{path}/secrets")).status_code
    if way.operation == "updateClient":
        etag = (await target.admin.get(path)).headers["etag"]
        return (await caller.patch(path, {"ip_allow": ["192.0.2.0/24"]}, etag=etag)).status_code
    body = {"name": "Key", "resources": ["membership.*"], "verbs": ["read"]}
    return (await caller.post(f"{V1}/api_keys", {**body, "owner": {"kind": "client", "id": client}})).status_code


@pytest.mark.parametrize("way", BY_HTTP, ids=lambda way: f"{way.operation} {way.how}")
async def test_each_actor_is_answered_as_the_table_says(
    access: httpx.AsyncClient, rows: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    target, wrong = Target(access, rows), []
    for known in actors():
        actor = replace(known, id=uuid4(), name=f"{known.name} {uuid4().hex}")
        if actor.kind == "account":
            await enter_principal(rows, replace(actor, grants=()))
        monkeypatch.setitem(CALLERS, actor.name, actor)
        status = await _take(way, Caller(access, actor.name), target, _holder())
        if (status in (200, 201)) is not expected(way, known) or status not in (200, 201, 403, 404, 409):
            wrong.append(f"{known.name}: {status}")
    assert not wrong, wrong


def _holder() -> dict[str, str]:
    return {"kind": "account", "id": str(CALLERS["author_xb"].id)}


@pytest.mark.parametrize("how", ["a grant", "hand_over"])
async def test_nobody_brings_about_what_they_gain_themselves(
    access: httpx.AsyncClient, rows: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    way = next(way for way in BY_HTTP if way.how == how)
    for known in actors():
        assert not expected_for_oneself(way, known)
        actor = replace(known, id=uuid4(), name=f"{known.name} {uuid4().hex}")
        if actor.kind != "account":
            continue
        await enter_principal(rows, replace(actor, grants=()))
        monkeypatch.setitem(CALLERS, actor.name, actor)
        holder = {"kind": "account", "id": str(actor.id)}
        status = await _take(way, Caller(access, actor.name), Target(access, rows), holder)
        assert status in (403, 404, 409), known.name


def test_each_operation_that_can_give_something_stands_in_the_table() -> None:
    described = {way.operation for way in WAYS} | WITHOUT_GAIN
    writing = {
        operation.id
        for operation in operations()
        if operation.method != "GET" and operation.resource in GAINING and not operation.note
    }
    assert writing - described == set(), "say in deploy/matrix/ways.py what these give to whom"
    assert described - writing == set()
