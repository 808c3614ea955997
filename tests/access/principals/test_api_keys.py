"""API keys act for their owner, within their narrowing, until they end; they are shown once."""

from base64 import b64encode
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.access.administration import enter_account, setting_up
from services.access.principals.api_keys.jobs import expire_api_keys
from shared.auth.api_keys import api_key_digest, new_api_key
from shared.auth.keys import InvalidToken
from shared.auth.tokens import Authenticator
from shared.kernel.clock import now, to_text
from shared.kernel.countries import FICTIONAL_CODES
from shared.kernel.principal import PrincipalKind
from tests.access.caller import Caller
from tests.support.inside import Inside

BODY = {"name": "Nightly export", "resources": ["access.*"], "verbs": ["read"]}


async def _key(caller: Caller, who: str = "officer", **more: Any) -> dict[str, Any]:
    response = await caller.send(who, "POST", "/api_keys", BODY | more)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def _with(caller: Caller, secret: str, path: str = "/me", method: str = "GET", **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": uuid4().hex}
    return await caller.http.request(method, f"/access/v1{path}", headers=headers, **more)


@pytest.fixture
def elsewhere(app: Any) -> Authenticator:
    return Authenticator(app.state.database, app.state.settings, age=0.0)


def test_a_mistyped_key_is_known_by_its_checksum() -> None:
    key = new_api_key()
    assert api_key_digest(key) is not None
    for place in (12, len(key) - 1):
        other = "a" if key[place] != "a" else "b"
        assert api_key_digest(key[:place] + other + key[place + 1 :]) is None
    assert api_key_digest(key + "0") is None


async def test_a_mistyped_key_is_refused_without_a_look_up(app: Any) -> None:
    authenticator = Authenticator(None, app.state.settings)  # type: ignore[arg-type]
    with pytest.raises(InvalidToken):
        await authenticator.principal(f"Bearer {new_api_key()[:-1]}?")


async def test_a_person_makes_a_key_that_acts_for_them(caller: Caller, database_url: str) -> None:
    replay = uuid4().hex
    first = await caller.send("officer", "POST", "/api_keys", BODY, **{"Idempotency-Key": replay})
    again = await caller.send("officer", "POST", "/api_keys", BODY, **{"Idempotency-Key": replay})
    made = first.json()
    assert (first.status_code, first.headers["cache-control"]) == (201, "no-store")
    assert again.json() == {**made, "secret": None}
    assert made["secret"].startswith(made["hint"])
    assert made["owner"] == {"kind": "account", "id": caller.account("officer")}
    me = (await _with(caller, made["secret"])).json()
    assert me["principal"] == {"kind": "key", "id": made["id"], "name": "Nightly export"}
    assert {(held["role"], held["scope_id"]) for held in me["grants"]} == {
        ("secretariat_officer", "XA"),
        ("secretariat_officer", "XB"),
    }
    assert me["expires_at"] == made["expires_at"]
    connection = await asyncpg.connect(database_url)
    kept = await connection.fetch("SELECT body FROM escm.core_idempotency UNION ALL SELECT detail FROM escm.core_audit")
    await connection.close()
    assert made["secret"].encode() not in b"".join(bytes(row[0]) for row in kept)


async def test_a_key_is_narrower_than_its_owner(caller: Caller, elsewhere: Authenticator) -> None:
    made = await _key(caller, resources=["membership.experts", "access.*"], countries=["XB", "PK"])
    principal = await elsewhere.principal(f"Bearer {made['secret']}")
    assert principal.kind is PrincipalKind.KEY
    assert {grant.scope_id for grant in principal.grants} == {"XB"}
    roles = {"secretariat_officer": frozenset({("experts", "read"), ("experts", "update"), ("institutions", "read")})}
    assert principal.permission_scope(roles, "membership.experts", "read").countries == {"XB"}
    assert not principal.permission_scope(roles, "membership.experts", "update")
    assert not principal.permission_scope(roles, "membership.institutions", "read")


async def test_a_key_of_somebody_everywhere_reaches_its_countries_only(
    caller: Caller, elsewhere: Authenticator
) -> None:
    made = await _key(caller, "admin", countries=["XA"])
    principal = await elsewhere.principal(f"Bearer {made['secret']}")
    reach = principal.permission_scope({"secretariat_admin": frozenset({("*", "*")})}, "access.grants", "read")
    assert (reach.everywhere, reach.countries) == (False, {"XA"})


async def test_a_key_of_a_client_stays_within_the_client(caller: Caller, elsewhere: Authenticator) -> None:
    body = {"name": "Reader", "scope_kind": "country", "scope_id": "XA", "resources": ["membership.experts"]}
    client = (await caller.send("admin", "POST", "/clients", body | {"verbs": ["read"]})).json()
    owner = {"kind": "client", "id": client["id"]}
    made = await _key(caller, "admin", owner=owner, resources=["membership.*"], verbs=["read", "write"])
    principal = await elsewhere.principal(f"Bearer {made['secret']}")
    roles = {"api_client": frozenset({("*", "*")})}
    assert principal.permission_scope(roles, "membership.experts", "read").countries == {"XA"}
    assert not principal.permission_scope(roles, "membership.institutions", "read")
    assert not principal.permission_scope(roles, "membership.experts", "update")
    assert (await caller.step("admin", client["links"]["self"], "revoke")).status_code == 200
    with pytest.raises(InvalidToken):
        await elsewhere.principal(f"Bearer {made['secret']}")


async def test_who_owns_a_key_reads_and_revokes_it_and_it_stops(caller: Caller, elsewhere: Authenticator) -> None:
    made = await _key(caller)
    link = made["links"]["self"].removeprefix("/access/v1")
    read = await caller.send("officer", "GET", link)
    assert read.json() == {name: value for name, value in made.items() if name != "secret"}
    assert made["id"] in [
        one["id"] for one in (await caller.send("officer", "GET", "/api_keys?limit=200")).json()["items"]
    ]
    for who in ("expert", "government_xa"):
        assert (await caller.send(who, "GET", link)).status_code == 404
        assert made["id"] not in (await caller.send(who, "GET", "/api_keys?limit=200")).text
    assert (await caller.send("auditor", "GET", link)).status_code == 200
    await elsewhere.principal(f"Bearer {made['secret']}")
    assert (await caller.step("officer", made["links"]["self"], "revoke")).json()["status"] == "revoked"
    with pytest.raises(InvalidToken):
        await elsewhere.principal(f"Bearer {made['secret']}")
    lines = (await caller.send("officer", "GET", f"{link}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["revoke", "create"]


async def test_an_account_without_a_role_may_have_keys(caller: Caller) -> None:
    made = await _key(caller, "expert")
    assert (await caller.send("expert", "GET", f"/api_keys/{made['id']}")).json()["id"] == made["id"]
    renamed = await caller.send("expert", "PATCH", f"/api_keys/{made['id']}", {"name": "Other"}, **{"If-Match": '"1"'})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Other")


@pytest.mark.parametrize(
    ("who", "owner", "status", "reason"),
    [
        ("admin", "officer", 403, "key_of_another_person"),
        ("officer", "client", 403, "not_permitted"),
        ("government_xa", None, 403, "not_permitted"),
    ],
)
async def test_nobody_makes_a_key_that_acts_for_another_person(
    caller: Caller, who: str, owner: str | None, status: int, reason: str
) -> None:
    holder = {"kind": "client", "id": str(uuid4())} if owner == "client" else None
    holder = {"kind": "account", "id": caller.account(owner)} if owner == "officer" else holder
    response = await caller.send(who, "POST", "/api_keys", BODY | ({"owner": holder} if holder else {}))
    assert (response.status_code, response.json()["reason"]) == (status, reason)


async def test_a_key_makes_no_keys_and_hands_on_no_roles(caller: Caller) -> None:
    made = await _key(
        caller, "admin", verbs=["read", "write"], resources=["access.*", "membership.*", "centres.*", "actions.*"]
    )
    response = await _with(caller, made["secret"], "/api_keys", "POST", json=BODY)
    assert (response.status_code, response.json()["code"]) == (403, "needs_a_person")
    of_client = await _key(caller, "secretariat", verbs=["read", "write"], resources=["access.*"])
    response = await _with(caller, of_client["secret"], "/api_keys", "POST", json=BODY)
    assert (response.status_code, response.json()["reason"]) == (403, "keys_make_no_keys")
    body = {"principal": {"kind": "account", "id": caller.account("expert")}, "role": "national_author"}
    scope = {"scope_kind": "country", "scope_id": "XA"}
    handed = await _with(caller, made["secret"], "/grants", "POST", json=body | scope)
    assert (handed.status_code, handed.json()["reason"]) == (403, "role_not_yours_to_hand_on")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"expires_at": to_text(now() + timedelta(days=366))}, "/expires_at"),
        ({"expires_at": to_text(now() - timedelta(days=1))}, "/expires_at"),
        ({"countries": ["ZZ"]}, "/countries/0"),
        ({"resources": ["everything"]}, "/resources/0"),
        ({"verbs": []}, "/verbs"),
    ],
)
async def test_a_key_that_cannot_be_is_refused(caller: Caller, change: dict[str, Any], pointer: str) -> None:
    response = await caller.send("officer", "POST", "/api_keys", BODY | change)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_an_owner_has_twenty_keys_at_most(caller: Caller) -> None:
    email, password = f"{uuid4().hex}@example.org", uuid4().hex
    await caller.enter_person(email, password)
    token = (await caller.log_in(email, password)).json()["access_token"]
    responses = [await _with(caller, token, "/api_keys", "POST", json=BODY) for _ in range(21)]
    assert [response.status_code for response in responses] == [201] * 20 + [409]
    assert responses[-1].json()["reason"] == "too_many_keys"


async def test_time_ends_a_key(caller: Caller, elsewhere: Authenticator, database_url: str) -> None:
    made = await _key(caller)
    connection = await asyncpg.connect(database_url)
    await connection.execute("UPDATE escm.access_api_key SET expires_at = now() WHERE id = $1", made["id"])
    await connection.close()
    with pytest.raises(InvalidToken):
        await elsewhere.principal(f"Bearer {made['secret']}")
    async with setting_up(database_url) as uow:
        await expire_api_keys(uow)
    assert (await caller.send("officer", "GET", f"/api_keys/{made['id']}")).json()["status"] == "expired"


async def test_the_last_use_of_keys_and_clients_is_shown_to_the_hour(caller: Caller, elsewhere: Authenticator) -> None:
    made = await _key(caller)
    assert made["last_used"] is None
    body = {"name": "Reader", "scope_kind": "country", "scope_id": "XA", "resources": ["access.*"], "verbs": ["read"]}
    client = (await caller.send("admin", "POST", "/clients", body)).json()
    token = (await caller.client_token(client["client_id"], client["secret"])).json()["access_token"]
    for credential in (made["secret"], token):
        await elsewhere.principal(f"Bearer {credential}")
    await elsewhere.uses.write()
    for path in (f"/api_keys/{made['id']}", f"/clients/{client['id']}"):
        used = (await caller.send("admin", "GET", path)).json()["last_used"]
        assert used.endswith(":00:00.000000Z")


@pytest.mark.parametrize(("scope_kind", "scope_id"), [("global", None), ("country", "PK"), ("region", "142")])
async def test_a_sandbox_client_and_its_keys_reach_fictional_countries_only(
    caller: Caller, elsewhere: Authenticator, scope_kind: str, scope_id: str | None
) -> None:
    body = {
        "name": "Trial",
        "scope_kind": scope_kind,
        "resources": ["membership.*"],
        "verbs": ["read"],
        "sandbox": True,
    }
    client = (await caller.send("admin", "POST", "/clients", body | {"scope_id": scope_id})).json()
    key = await _key(caller, "admin", owner={"kind": "client", "id": client["id"]}, resources=["membership.*"])
    token = (await caller.client_token(client["client_id"], client["secret"])).json()["access_token"]
    for credential in (token, key["secret"]):
        principal = await elsewhere.principal(f"Bearer {credential}")
        reach = principal.permission_scope({"api_client": frozenset({("*", "*")})}, "membership.experts", "read")
        assert (reach.everywhere, reach.countries) == (False, FICTIONAL_CODES if scope_kind == "global" else set())


async def test_a_token_and_a_key_hold_only_where_the_client_may_come_from(caller: Caller, app: Any) -> None:
    body = {"name": "Inside", "scope_kind": "country", "scope_id": "XA", "resources": ["access.*"], "verbs": ["read"]}
    client = (await caller.send("admin", "POST", "/clients", body | {"ip_allow": ["192.0.2.0/24"]})).json()
    key = await _key(caller, "admin", owner={"kind": "client", "id": client["id"]})
    inside = Inside(app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=inside, base_url="http://access.test") as http:
        there = Caller(http, caller.demo)
        token = (await there.client_token(client["client_id"], client["secret"])).json()["access_token"]
        for credential in (token, key["secret"]):
            for path in ("/me", "/grants"):
                assert (await _with(there, credential, path)).status_code == 200
                response = await _with(caller, credential, path)
                assert (response.status_code, response.json()["code"]) == (401, "invalid_token")


async def _person(database_url: str) -> dict[str, str]:
    email, password = f"{uuid4().hex}@example.org", uuid4().hex
    async with setting_up(database_url) as uow:
        account = await enter_account(uow, email, "Somebody", password)
    return {"id": str(account), "email": email, "password": password}


async def _recover(caller: Caller, person: dict[str, str], database_url: str) -> None:
    """Chooses a new password with a mailed token."""
    token, person["password"] = uuid4().hex, uuid4().hex
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "INSERT INTO escm.access_account_token VALUES"
        " (sha256($1::text::bytea), $2, 'password', $3, now() + interval '1 hour')",
        token,
        person["id"],
        person["email"],
    )
    await connection.close()
    body = {"token": token, "password": person["password"]}
    response = await caller.http.post("/access/v1/accounts/password_reset/confirm", json=body)
    assert response.status_code == 204, response.text


async def test_a_recovered_password_suspends_keys_until_their_owner_enables_them(
    caller: Caller, elsewhere: Authenticator, database_url: str
) -> None:
    person = await _person(database_url)

    async def send(method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        token = (await caller.log_in(person["email"], person["password"])).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", **headers}
        return await caller.http.request(method, f"/access/v1{path}", json=json, headers=headers)

    made = (await send("POST", "/api_keys", BODY)).json()
    await elsewhere.principal(f"Bearer {made['secret']}")
    await _recover(caller, person, database_url)
    with pytest.raises(InvalidToken):
        await elsewhere.principal(f"Bearer {made['secret']}")
    assert (await send("GET", "/me")).json()["suspended_api_keys"] == [made["id"]]
    path = f"/api_keys/{made['id']}"
    key = await send("GET", path)
    offers = {offer["action"]: offer["allowed"] for offer in key.json()["allowed_actions"]}
    assert (key.json()["status"], offers) == ("suspended", {"enable": True, "revoke": True})
    seen = (await caller.send("admin", "GET", path)).json()["allowed_actions"]
    assert [offer["reason"] for offer in seen if offer["action"] == "enable"] == ["not_the_owner"]
    refused = await caller.step("admin", f"/access/v1{path}", "enable")
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_the_owner")
    unasked = await send("POST", f"{path}/transitions", {"action": "suspend"}, **{"If-Match": key.headers["etag"]})
    assert (unasked.status_code, unasked.json()["code"]) == (422, "unknown_action")
    enabled = await send("POST", f"{path}/transitions", {"action": "enable"}, **{"If-Match": key.headers["etag"]})
    assert (enabled.status_code, enabled.json()["status"]) == (200, "active")
    await elsewhere.principal(f"Bearer {made['secret']}")
    assert (await send("GET", "/me")).json()["suspended_api_keys"] == []


async def test_a_suspended_key_is_revoked_expires_and_counts_among_the_twenty(
    caller: Caller, database_url: str
) -> None:
    person = await _person(database_url)
    token = (await caller.log_in(person["email"], person["password"])).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    made = [await caller.http.post("/access/v1/api_keys", json=BODY, headers=headers) for _ in range(20)]
    await _recover(caller, person, database_url)
    token = (await caller.log_in(person["email"], person["password"])).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    surplus = await caller.http.post("/access/v1/api_keys", json=BODY, headers=headers)
    assert surplus.json()["reason"] == "too_many_keys"
    link = made[0].json()["links"]["self"]
    assert (await caller.step("admin", link, "revoke")).json()["status"] == "revoked"
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "UPDATE escm.access_api_key SET expires_at = now() - interval '1 day' WHERE id = $1", made[1].json()["id"]
    )
    async with setting_up(database_url) as uow:
        await expire_api_keys(uow)
    status = "SELECT status FROM escm.access_api_key WHERE id = $1"
    assert await connection.fetchval(status, made[1].json()["id"]) == "expired"
    await connection.close()


def _basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


async def test_a_key_reads_as_the_password_of_basic(caller: Caller) -> None:
    made = await _key(caller)
    headers = _basic("key", made["secret"])
    me = await caller.http.get("/access/v1/me", headers=headers)
    assert (me.status_code, me.json()["principal"]["id"]) == (200, made["id"])
    assert me.headers["cache-control"] == "no-store"
    assert (await caller.http.head("/access/v1/me", headers=headers)).status_code == 200


@pytest.mark.parametrize("user", ["", "Key", "officer"])
async def test_basic_takes_no_other_name_and_nothing_but_keys(caller: Caller, user: str) -> None:
    made = await _key(caller)
    for headers in (_basic(user, made["secret"]), _basic("key", f"{made['secret']}x"), _basic("key", "password")):
        response = await caller.http.get("/access/v1/me", headers=headers)
        assert (response.status_code, response.json()["code"]) == (401, "invalid_token")
        assert response.headers["www-authenticate"].startswith("Bearer")


async def test_basic_writes_nothing(caller: Caller) -> None:
    made = await _key(caller, verbs=["read", "write"])
    headers = {**_basic("key", made["secret"]), "Idempotency-Key": uuid4().hex}
    response = await caller.http.post("/access/v1/clients", json={}, headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "invalid_token")


@pytest.mark.parametrize("query", ["key={}", "x=1&access_token={}", "api_key=escm%5Flive%5Fabc"])
@pytest.mark.parametrize("path", ["/access/v1/me", "/access/v1/nowhere", "/access/v1/oauth/token"])
async def test_a_key_in_an_address_is_refused(caller: Caller, query: str, path: str) -> None:
    secret = (await _key(caller))["secret"]
    response = await caller.http.get(f"{path}?{query.format(secret)}", headers={"Authorization": f"Bearer {secret}"})
    assert (response.status_code, response.json()["code"]) == (400, "key_in_address")
    assert secret not in response.text
