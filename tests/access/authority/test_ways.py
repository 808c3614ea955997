"""Promise 47: every way to a role or a credential responds to each actor as in the table of ways."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from joserfc.jwk import ECKey

from deploy.matrix.operations import operations
from deploy.matrix.ways import (
    GAINING,
    HANDED_ON,
    OF_TWO,
    WAYS,
    WITHOUT_GAIN,
    Way,
    actors,
    expected,
    expected_for_oneself,
)
from services.access.access import MACHINE_ROLE
from services.access.app import create_app
from services.access.reactions import REACTIONS
from services.access.settings import AccessSettings
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from shared.kernel.principal import Principal, PrincipalKind
from tests.support.callers import CALLERS, Caller, serving
from tests.support.facts import type_of
from tests.support.institutions import submitted, verified
from tests.support.membership import INSTITUTIONS, entered
from tests.support.merges import MERGES, merge_body
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
    """An account and a client with a role in XA, granted by the administrator."""

    def __init__(self, access: httpx.AsyncClient, rows: asyncpg.Connection) -> None:
        self.admin, self.rows = Caller(access, "admin"), rows

    async def client(self, role: str) -> str:
        body = {"name": "LeasedWork", **_SCOPE, "resources": ["membership.*"], "verbs": ["read"]}
        made = await self.admin.post(f"{V1}/clients", body)
        assert made.status_code == 201, made.text
        await self.grant("client", made.json()["id"], role)
        return str(made.json()["id"])

    async def grant(self, kind: str, holder: str, role: str = HANDED_ON) -> str:
        body = {"principal": {"kind": kind, "id": holder}, "role": role, **_SCOPE}
        made = await self.admin.post(f"{V1}/grants", body)
        assert made.status_code == 201, made.text
        return f"{V1}/grants/{made.json()['id']}"


async def _take(way: Way, caller: Caller, target: Target, holder: dict[str, str]) -> int:
    """The status of the call for this way. `holder` receives a grant."""
    if way.operation == "createGrant":
        made = await caller.post(f"{V1}/grants", {"principal": holder, "role": way.gain, **_SCOPE})
        return 202 if made.json().get("status") == "proposed" else made.status_code
    if way.operation == "transitionGrant":
        source = str(CALLERS["applicant"].id)
        path = await target.grant("account", source, way.gain)
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
    if way.gain == MACHINE_ROLE:
        return await _take_client(way, caller, target)
    if way.resource == "accounts":
        return await _take_address(way, caller, target)
    client = await target.client(HANDED_ON if way.gain == "client" else OF_TWO)
    if not way.confirms:
        return await _set(way.how, client, caller, target, step=way.operation == "transitionClient")
    proposer = target.admin.known_as("admin2")
    assert await _set(way.how, client, proposer, target) == 202
    path = f"{V1}/clients/{client}"
    if way.how == "a key for a client":
        path = f"{V1}/api_keys/{(await target.admin.get(f'{V1}/api_keys?owner_id={client}')).json()['items'][0]['id']}"
    (pending,) = (await target.admin.get(f"{path}/transitions/pending")).json()["items"]
    return (await caller.post(pending["links"]["self"], {"decision": "confirm"})).status_code


async def _take_client(way: Way, caller: Caller, target: Target) -> int:
    """The status of the call that makes a client with a role, or confirms one that a focal point proposed."""
    body = {"name": "New", **_SCOPE, "resources": ["membership.*"], "verbs": ["read"]}
    maker = caller if way.operation == "createClient" else target.admin.known_as("focal_xa")
    made = await maker.post(f"{V1}/clients", body)
    if maker is not caller:
        return (await caller.step(made.json()["links"]["self"], "confirm")).status_code
    return 403 if made.json().get("status") == "proposed" else made.status_code


async def _take_address(way: Way, caller: Caller, target: Target) -> int:
    """The status of the call that sets, or confirms, another address of an account that holds the role."""
    body = {"email": f"{uuid4().hex}@example.org", "name": "LeasedWork"}
    made = (await target.admin.post(f"{V1}/accounts", body)).json()
    path, change = made["links"]["self"], {"email": f"{uuid4().hex}@example.org"}
    await target.rows.execute("DELETE FROM access_credential_change WHERE principal_id = $1", UUID(made["id"]))
    await target.grant("account", made["id"], way.gain)
    etag = (await target.admin.get(path)).headers["etag"]
    if way.operation == "transitionAccount":
        step = {"action": "change_identity", "fields": change}
        return (await caller.post(f"{path}/transitions", step, etag=etag)).status_code
    if not way.confirms:
        return (await caller.patch(path, change, etag=etag)).status_code
    proposed = await target.admin.known_as("admin2").patch(path, change, etag=etag)
    return (await caller.post(proposed.headers["location"], {"decision": "confirm"})).status_code


async def _set(how: str, client: str, caller: Caller, target: Target, *, step: bool = False) -> int:
    """The status of the call that sets this credential of a client, 202 if it waits for a second person."""
    path = f"{V1}/clients/{client}"
    if how == "a secret":
        return (await caller.post(f"{path}/secrets")).status_code
    if how == "a key for a client":
        body = {"name": "Key", "resources": ["membership.*"], "verbs": ["read"]}
        made = await caller.post(f"{V1}/api_keys", {**body, "owner": {"kind": "client", "id": client}})
        return 202 if made.json().get("status") == "proposed" else made.status_code
    etag = (await target.admin.get(path)).headers["etag"]
    change = {"jwks": {"keys": [ECKey.generate_key("P-256").as_dict(private=False)]}}
    if step:
        return (
            await caller.post(f"{path}/transitions", {"action": "change_credentials", "fields": change}, etag=etag)
        ).status_code
    return (await caller.patch(path, change, etag=etag)).status_code


@pytest.mark.parametrize("way", BY_HTTP, ids=lambda way: f"{way.operation} {way.how}")
async def test_each_actor_is_allowed_what_the_table_says(
    access: httpx.AsyncClient, rows: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    target, wrong = Target(access, rows), []
    for known in actors():
        actor = replace(known, id=uuid4(), name=f"{known.name} {uuid4().hex}")
        if actor.kind == "account":
            await enter_principal(rows, replace(actor, grants=()))
        monkeypatch.setitem(CALLERS, actor.name, actor)
        status = await _take(way, Caller(access, actor.name), target, _holder())
        done = (202,) if way.proposes else (200, 201)
        if (status in done) is not expected(way, known) or status not in (*done, 403, 404, 409):
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


MERGING = [way for way in WAYS if way.operation in ("createMerge", "transitionInstitution")]


async def _entered(rows: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, known: Principal) -> str:
    """The name of a caller with the same grants and its own rows."""
    owner = uuid4() if known.kind == "key" else None
    actor = replace(known, id=uuid4(), name=f"{known.name} {uuid4().hex}", owner=owner)
    if owner is not None:
        await enter_principal(rows, replace(actor, kind=PrincipalKind.ACCOUNT, id=owner))
    await enter_principal(rows, actor)
    monkeypatch.setitem(CALLERS, actor.name, actor)  # type: ignore[arg-type]
    return actor.name


async def _merge(way: Way, admin: Caller, rows: asyncpg.Connection, caller: Caller) -> tuple[bool, UUID, Fact]:
    """Whether the caller merged or linked a record; who holds a role over it, and how it is shown."""
    holder = uuid4()
    if way.gain == "expert":
        winner, loser = await entered(admin), await entered(admin)
        await rows.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(loser["id"]), holder)
    else:
        winner, loser = await verified(admin, uuid4().hex), await submitted(admin, uuid4().hex)
        await rows.execute(
            "INSERT INTO access_grant (id, version, status, visibility, created_at, created_by, updated_at, updated_by,"
            " principal_kind, principal_id, role, scope_kind, scope_id, starts) VALUES (uuidv7(), 1, 'active',"
            " 'restricted', now(), 'test', now(), 'test', 'account', $1, $2, 'institution', $3, '2020-01-01')",
            holder, way.gain, loser["id"],
        )  # fmt: skip
    if way.operation == "createMerge":
        response = await caller.post(MERGES, merge_body(winner, loser))
    else:
        fields = {"institution_id": winner["id"]}
        response = await caller.step(f"{INSTITUTIONS}/{loser['id']}", "link", fields=fields)
    assert response.status_code in (200, 201, 403, 404), response.text
    entity = "expert" if way.gain == "expert" else "institution"
    kind = type_of("membership", entity, "merged" if way.operation == "createMerge" else "linked")
    fact = Fact(type=kind, subject=UUID(winner["id"]), ref="X", version=1, link="/x")
    return response.status_code in (200, 201), holder, fact


@pytest.mark.parametrize("way", MERGING, ids=lambda way: f"{way.operation} {way.how}")
async def test_a_merge_gives_a_role_at_once_only_where_the_table_says_so(
    access: httpx.AsyncClient,
    membership: httpx.AsyncClient,
    database: Database,
    rows: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    way: Way,
) -> None:
    admin, wrong = Caller(membership, "admin"), []
    for known in actors():
        name = await _entered(rows, monkeypatch, known)
        is_merged, holder, fact = await _merge(way, admin, rows, Caller(membership, name))
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await REACTIONS[fact.type](uow, [fact])
        query = "SELECT status FROM access_grant WHERE principal_id = $1 AND scope_id = $2"
        status = await rows.fetchval(query, holder, str(fact.subject))
        at_once = is_merged and expected(way, known)
        if status != ("active" if at_once else "proposed" if is_merged else None) or (
            expected(way, known) and not is_merged
        ):
            wrong.append(f"{known.name}: {is_merged} {status}")
    assert not wrong, wrong


def test_each_operation_that_can_give_something_stands_in_the_table() -> None:
    described = {way.operation for way in WAYS} | WITHOUT_GAIN
    writing = {
        operation.id
        for operation in operations()
        if operation.method != "GET" and operation.resource in GAINING and not operation.note
    }
    assert writing - described == set(), "say in deploy/matrix/ways.py what these give to whom"
    assert described - writing == set()
