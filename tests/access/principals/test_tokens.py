"""Clients and people get tokens with the right credentials, and only a rejection with wrong ones."""

import asyncio
import base64
import hashlib
import json
import time
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from pydantic import SecretStr

from deploy.demo import load
from services.access.administration import create_admin, setting_up
from services.access.principals.signing_keys.operations import SigningKeyStore
from services.access.principals.tokens.authentication import authenticate
from services.access.principals.tokens.domain import InvalidClient, Secret
from services.access.principals.tokens.operations import give_token
from services.access.principals.tokens.signing import SigningKeys, TokenOwner
from shared.database.ids import uuid7
from shared.kernel.errors import Conflict, Invalid, RateLimited
from shared.kernel.principal import PrincipalKind
from tests.access.caller import TOKEN, Caller


async def test_a_client_gets_a_token_with_basic(caller: Caller) -> None:
    client = caller.demo["clients"]["secretariat"]
    response = await caller.client_token(client["id"], client["secret"])
    token = response.json()
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 600
    assert "membership.*:write" in token["scope"].split()
    assert token["access_token"].count(".") == 2


async def test_a_client_gets_a_token_with_the_secret_in_the_form(caller: Caller) -> None:
    client = caller.demo["clients"]["auditor"]
    form = {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["secret"]}
    response = await caller.http.post(TOKEN, data=form)
    assert response.status_code == 200
    assert all(part.endswith(":read") for part in response.json()["scope"].split())


async def test_a_person_gets_a_token_and_sees_itself(caller: Caller) -> None:
    response = await caller.send("admin", "GET", "/me")
    me = response.json()
    assert response.status_code == 200
    assert me["principal"] == {"kind": "account", "id": caller.account("admin"), "name": "Amina Admin"}
    grant = me["grants"][0]
    assert (grant["role"], grant["scope_kind"], grant["scope_id"], grant["to"]) == (
        "secretariat_admin",
        "global",
        None,
        None,
    )
    assert me["expires_at"].endswith("Z")


async def test_the_address_of_a_person_may_be_written_in_any_case(caller: Caller) -> None:
    response = await caller.log_in(" Admin@DEMO.example ", "demo-admin-password")
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("form", "auth", "status", "code"),
    [
        ({"grant_type": "client_credentials"}, ("demo-secretariat", "wrong"), 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, ("nobody", "demo-secretariat-secret"), 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, ("demo-secretariat", ""), 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, None, 401, "invalid_client"),
        ({"grant_type": "password", "username": "admin@demo.example"}, None, 400, "invalid_request"),
        ({"grant_type": "password", "username": "a\0@x.org", "password": "x"}, None, 400, "invalid_grant"),
        ({"grant_type": "password", "username": "no@x.org", "password": "x" * 9000}, None, 400, "invalid_grant"),
        ({"grant_type": "implicit"}, None, 400, "unsupported_grant_type"),
        ({"scope": "x"}, None, 400, "invalid_request"),
    ],
)
async def test_a_bad_token_request_has_an_error_code_of_its_own(
    caller: Caller, form: dict[str, str], auth: tuple[str, str] | None, status: int, code: str
) -> None:
    response = await caller.http.post(TOKEN, data=form, auth=auth or httpx.USE_CLIENT_DEFAULT)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["error"]) == (status, code, code)
    assert problem["error_description"]
    assert response.headers["content-type"] == "application/problem+json"
    if status == 401:
        assert response.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Bearer abc", "Basic " + base64.b64encode(b"abc").decode()])
async def test_client_credentials_that_cannot_be_read_are_refused(caller: Caller, header: str) -> None:
    response = await caller.http.post(
        TOKEN, data={"grant_type": "client_credentials"}, headers={"Authorization": header}
    )
    assert (response.status_code, response.json()["code"]) == (401, "invalid_client")


async def test_json_is_not_a_form(caller: Caller) -> None:
    response = await caller.http.post(TOKEN, json={"grant_type": "client_credentials"})
    assert response.status_code == 415


async def test_a_field_that_stands_twice_is_refused(caller: Caller) -> None:
    response = await caller.http.post(
        TOKEN,
        content="grant_type=password&grant_type=client_credentials",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


async def test_two_ways_at_once_are_refused(caller: Caller) -> None:
    form = {"grant_type": "client_credentials", "client_id": "demo-auditor", "client_secret": "demo-auditor-secret"}
    response = await caller.http.post(TOKEN, data=form, auth=("demo-auditor", "demo-auditor-secret"))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


async def test_wrong_passwords_lock_an_address_whether_it_is_known_or_not(caller: Caller) -> None:
    for username in ("reviewer2@demo.example", f"{uuid4().hex}@nowhere.example"):
        responses = [await caller.log_in(username, "wrong-password") for _ in range(6)]
        assert {(a.status_code, a.json()["error"]) for a in responses} == {(400, "invalid_grant")}
        locked = await caller.log_in(username, "demo-reviewer2-password")
        assert (locked.status_code, locked.json()["code"]) == (429, "rate_limited")
        assert 1 <= int(locked.headers["retry-after"]) <= 30


async def test_a_crowd_of_guesses_gets_no_further_than_one_by_one(caller: Caller, database_url: str) -> None:
    username = f"{uuid4().hex}@nowhere.example"
    responses = await asyncio.gather(*(caller.log_in(username, f"guess-{n}") for n in range(30)))
    assert sum(response.status_code == 400 for response in responses) <= 8
    connection = await asyncpg.connect(database_url)
    digest = hashlib.sha256(username.encode()).digest()
    failed = await connection.fetchval("SELECT failed FROM escm.access_failed_login WHERE email_digest = $1", digest)
    await connection.close()
    assert failed <= 8


async def test_a_right_password_forgets_the_wrong_ones(caller: Caller) -> None:
    for _ in range(3):
        for _ in range(4):
            await caller.log_in("reviewer1@demo.example", "wrong-password")
        assert (await caller.log_in("reviewer1@demo.example", "demo-reviewer1-password")).status_code == 200


def _assertion(key: ECKey, client_id: str, **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": "http://access.test/access/v1/oauth/token",
        "jti": uuid4().hex,
        "iat": now,
        "exp": now + 60,
    } | changes
    header = {"alg": "ES256", "kid": "k1"}
    return jws.serialize_compact(header, json.dumps(claims), key, ["ES256"])


async def _assert(caller: Caller, assertion: str) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    }
    return await caller.http.post(TOKEN, data=form)


async def test_a_client_with_a_key_signs_its_way_in_once_per_assertion(caller: Caller) -> None:
    key = ECKey.generate_key("P-256")
    body = {
        "name": "Ministry that signs",
        "scope_kind": "country",
        "scope_id": "XA",
        "resources": ["membership.experts"],
        "verbs": ["read"],
        "jwks": {"keys": [{**key.as_dict(private=False), "kid": "k1"}]},
    }
    made = await caller.send("admin", "POST", "/clients", body)
    assert made.status_code == 201, made.text
    assert made.json()["secret"] is None
    client_id = made.json()["client_id"]
    assertion = _assertion(key, client_id)
    assert (await _assert(caller, assertion)).status_code == 200
    assert (await _assert(caller, assertion)).status_code == 401
    now = int(time.time())
    other = ECKey.generate_key("P-256")
    for bad in (
        _assertion(other, client_id),
        _assertion(key, client_id, aud="https://elsewhere.example"),
        _assertion(key, client_id, exp=now - 60),
        _assertion(key, client_id, exp=now + 7200),
        _assertion(key, client_id, exp=10**400),
        _assertion(key, client_id, iat=now + 600),
        _assertion(key, client_id, iss="another"),
        _assertion(key, client_id, jti=""),
        _assertion(key, "demo-secretariat"),
        "a.b.c",
    ):
        response = await _assert(caller, bad)
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


async def test_a_private_key_is_not_registered(caller: Caller) -> None:
    key = ECKey.generate_key("P-256")
    body = {
        "name": "Careless",
        "scope_kind": "global",
        "resources": ["membership.*"],
        "verbs": ["read"],
        "jwks": {"keys": [key.as_dict(private=True)]},
    }
    response = await caller.send("admin", "POST", "/clients", body)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "unusable_key")


async def test_a_library_that_asks_for_json_gets_the_error_as_json(caller: Caller) -> None:
    for accept, media in (
        ("application/json", "application/json"),
        ("*/*", "application/problem+json"),
        ("application/json, application/problem+json", "application/problem+json"),
    ):
        refused = await caller.http.post(TOKEN, data={"grant_type": "x"}, headers={"Accept": accept})
        assert refused.headers["content-type"] == media
        assert refused.json()["error"] == "unsupported_grant_type"


async def test_metadata_and_keys_are_found_at_both_places(caller: Caller) -> None:
    for prefix in ("", "/access/v1"):
        metadata = (await caller.http.get(f"{prefix}/.well-known/oauth-authorization-server")).json()
        assert metadata["issuer"] == "http://access.test"
        assert metadata["token_endpoint"] == "http://access.test/access/v1/oauth/token"
        keys = (await caller.http.get(f"{prefix}/.well-known/jwks.json")).json()["keys"]
        assert keys
        assert all(key["alg"] == "ES256" and "d" not in key for key in keys)


async def test_a_revoked_token_is_inactive_at_once(caller: Caller) -> None:
    client = caller.demo["clients"]["auditor"]
    auth = (client["id"], client["secret"])
    token = (await caller.client_token(*auth)).json()["access_token"]

    async def introspect() -> dict[str, Any]:
        response = await caller.http.post("/access/v1/oauth/introspect", data={"token": token}, auth=auth)
        assert response.status_code == 200
        return dict(response.json())

    shown = await introspect()
    assert shown["active"]
    assert shown["client_id"] == client["id"]
    other = caller.demo["clients"]["secretariat"]
    revoked = await caller.http.post(
        "/access/v1/oauth/revoke", data={"token": token}, auth=(other["id"], other["secret"])
    )
    assert revoked.status_code == 200
    assert (await introspect())["active"]
    assert (await caller.http.post("/access/v1/oauth/revoke", data={"token": token}, auth=auth)).status_code == 200
    assert await introspect() == {"active": False}


async def test_introspection_asks_who_asks(caller: Caller) -> None:
    response = await caller.http.post("/access/v1/oauth/introspect", data={"token": "x"})
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


async def test_without_a_token_nobody_is_somebody(caller: Caller) -> None:
    for path in ("/me", "/accounts", "/grants", "/clients"):
        response = await caller.http.get(f"/access/v1{path}")
        assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
        assert response.headers["www-authenticate"].startswith("Bearer")
        bad = await caller.http.get(f"/access/v1{path}", headers={"Authorization": "Bearer " + "x" * 5000})
        assert (bad.status_code, bad.json()["code"]) == (401, "invalid_token")


async def test_the_demo_is_the_same_the_second_time(database_url: str, demo: dict[str, Any]) -> None:
    assert await load(database_url) == demo
    assert set(demo["clients"]) == {"secretariat", "government_xa", "government_xb", "auditor"}
    assert set(demo["accounts"]) == {
        *("admin", "admin2", "officer", "officer2", "reviewer1", "reviewer2", "expert", "operator", "auditor"),
        *("focal_point", "author", "publisher", "president", "secretary", "director", "representative", "member"),
        *("editor_in_chief", "editor"),
    }


async def test_an_administrator_is_made_once(caller: Caller, database_url: str) -> None:
    email = f"{uuid4().hex}@example.org"
    await create_admin(database_url, email, "a long enough password")
    assert (await caller.log_in(email, "a long enough password")).status_code == 200
    with pytest.raises(Conflict):
        await create_admin(database_url, email.upper(), "a long enough password")
    with pytest.raises(Invalid):
        await create_admin(database_url, "x@example.org", "short")


async def test_too_many_failures_of_one_address_are_stopped(app: Any, caller: Caller) -> None:
    token_service = app.state.token_service
    strict = replace(token_service, settings=token_service.settings.model_copy(update={"failed_authentications": 3}))
    shown, address = Secret("demo-auditor", "wrong"), uuid4().hex
    for _ in range(3):
        with pytest.raises(InvalidClient):
            await authenticate(strict, shown, address)
    with pytest.raises(RateLimited):
        await authenticate(strict, Secret("demo-auditor", "demo-auditor-secret"), address)
    await authenticate(strict, Secret("demo-auditor", "demo-auditor-secret"), uuid4().hex)


async def test_a_client_has_so_many_tokens_a_minute(app: Any, caller: Caller) -> None:
    made = await caller.send(
        "admin",
        "POST",
        "/clients",
        {"name": "Busy", "scope_kind": "global", "resources": ["actions.*"], "verbs": ["read"]},
    )
    shown = Secret(made.json()["client_id"], made.json()["secret"])
    token_service = app.state.token_service
    strict = replace(token_service, settings=token_service.settings.model_copy(update={"token_requests": 2}))
    form = {"grant_type": "client_credentials"}
    for _ in range(2):
        await give_token(strict, form, shown, uuid4().hex)
    with pytest.raises(RateLimited):
        await give_token(strict, form, shown, uuid4().hex)


async def test_a_key_has_a_successor_before_it_ends(app: Any, caller: Caller, database_url: str) -> None:
    await caller.token("admin")
    connection = await asyncpg.connect(database_url)

    async def keys() -> list[Any]:
        return await connection.fetch(
            "SELECT kid, private FROM escm.access_signing_key WHERE private <> '' ORDER BY signs_from"
        )

    before = await keys()
    async with setting_up(database_url) as uow:
        await SigningKeyStore(app.state.settings).rotate_in_time(uow)
    assert len(await keys()) == len(before)
    await connection.execute(
        "UPDATE escm.access_signing_key SET signs_until = now() + interval '3 hours' WHERE private <> ''"
    )
    for _ in range(2):
        async with setting_up(database_url) as uow:
            await SigningKeyStore(app.state.settings).rotate_in_time(uow)
    after = await keys()
    await connection.close()
    assert len(after) == len(before) + 1
    assert b"PRIVATE" not in b"".join(bytes(key["private"]) for key in after)
    response = await caller.http.get("/.well-known/jwks.json")
    assert response.status_code == 200, response.text
    published = response.json()["keys"]
    assert {key["kid"] for key in published} >= {after[-1]["kid"], before[-1]["kid"]}


async def test_another_secret_of_the_installation_makes_another_key(app: Any, database_url: str) -> None:
    settings = app.state.settings.model_copy(update={"secret_key": SecretStr("another secret of the installation")})
    keys = SigningKeys(app.state.database, settings)
    token = await keys.token(TokenOwner(PrincipalKind.ACCOUNT, uuid7(), "", ""))
    assert jws.extract_compact(token.encode()).headers()["kid"] not in app.state.token_service.keys._kid
