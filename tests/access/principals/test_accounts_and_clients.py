"""Permitted callers create, change and suspend accounts and clients; secrets are shown once."""

from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from shared.auth.keys import InvalidToken
from shared.auth.tokens import Authenticator
from tests.access.caller import Caller
from tests.support.inside import Inside

READER = {"name": "Reader", "scope_kind": "country", "scope_id": "XA", "resources": ["membership.*"], "verbs": ["read"]}


async def _client(caller: Caller, **more: Any) -> dict[str, Any]:
    response = await caller.send("admin", "POST", "/clients", READER | more)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def test_a_secret_is_shown_once(caller: Caller, database_url: str) -> None:
    key = uuid4().hex
    first = await caller.send("admin", "POST", "/clients", READER, **{"Idempotency-Key": key})
    again = await caller.send("admin", "POST", "/clients", READER, **{"Idempotency-Key": key})
    made = first.json()
    assert first.headers["cache-control"] == "no-store"
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == {**made, "secret": None}
    read = (await caller.send("admin", "GET", f"/clients/{made['id']}")).json()
    assert "secret" not in read
    assert (await caller.client_token(made["client_id"], made["secret"])).status_code == 200
    connection = await asyncpg.connect(database_url)
    bodies = await connection.fetch("SELECT body FROM escm.core_idempotency")
    details = await connection.fetch("SELECT detail FROM escm.core_audit")
    await connection.close()
    kept = b"".join(bytes(row[0]) for row in (*bodies, *details))
    assert made["secret"].encode() not in kept


async def test_two_secrets_live_side_by_side_and_the_oldest_goes(caller: Caller) -> None:
    made = await _client(caller)
    secrets = [made["secret"]]
    for _ in range(2):
        response = await caller.send("admin", "POST", f"/clients/{made['id']}/secrets")
        assert response.status_code == 201, response.text
        secrets.append(response.json()["secret"])
    responses = [(await caller.client_token(made["client_id"], secret)).status_code for secret in secrets]
    assert responses == [401, 200, 200]


async def test_a_client_comes_from_where_it_may(caller: Caller, app: Any) -> None:
    made = await _client(caller, ip_allow=["192.0.2.0/24"])
    assert (await caller.client_token(made["client_id"], made["secret"])).status_code == 401
    inside = Inside(app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=inside, base_url="http://access.test") as http:
        response = await Caller(http, caller.demo).client_token(made["client_id"], made["secret"])
    assert response.status_code == 200


async def test_a_client_without_secret_or_key_and_one_with_both_are_refused(caller: Caller) -> None:
    for change in ({"secret": False}, {"resources": ["membership"]}, {"ip_allow": ["x"]}, {"verbs": []}):
        response = await caller.send("admin", "POST", "/clients", READER | change)
        assert response.status_code == 422, change


async def test_a_revoked_client_gets_no_token_and_its_token_stops(caller: Caller, app: Any) -> None:
    made = await _client(caller)
    token = (await caller.client_token(made["client_id"], made["secret"])).json()["access_token"]
    elsewhere = Authenticator(app.state.database, app.state.settings, age=0.0)
    principal = await elsewhere.principal(f"Bearer {token}")
    assert principal.permission_scope(
        {"api_client": frozenset({("experts", "read")})}, "membership.experts", "read"
    ).countries
    assert (await caller.step("admin", made["links"]["self"], "revoke")).status_code == 200
    assert (await caller.client_token(made["client_id"], made["secret"])).status_code == 401
    with pytest.raises(InvalidToken):
        await elsewhere.principal(f"Bearer {token}")


async def test_an_operator_suspends_a_client_and_an_administrator_alone_reinstates_it(caller: Caller) -> None:
    made = await _client(caller)
    link, secret = made["links"]["self"], made["secret"]
    suspended = await caller.step("operator", link, "suspend", reason="It floods us.")
    assert (suspended.status_code, suspended.json()["suspended_by"]) == (200, "secretariat")
    assert (await caller.client_token(made["client_id"], secret)).status_code == 401
    assert (await caller.step("operator", link, "reinstate")).status_code == 403
    assert (await caller.step("admin", link, "reinstate")).json()["status"] == "active"
    assert (await caller.client_token(made["client_id"], secret)).status_code == 200


async def test_what_a_client_may_do_is_set_once(caller: Caller) -> None:
    made = await _client(caller)
    path = f"/clients/{made['id']}"
    renamed = await caller.send("admin", "PATCH", path, {"name": "Other"}, **{"If-Match": '"1"'})
    assert (renamed.status_code, renamed.json()["name"], renamed.json()["version"]) == (200, "Other", 2)
    stale = await caller.send("admin", "PATCH", path, {"name": "Third"}, **{"If-Match": '"1"'})
    assert stale.status_code == 412
    wider = await caller.send("admin", "PATCH", path, {"verbs": ["read", "write"]}, **{"If-Match": '"2"'})
    assert (wider.status_code, wider.json()["code"]) == (422, "unknown_field")


async def test_only_the_secretariat_enters_accounts_and_clients_without_a_focal_point(caller: Caller) -> None:
    for who in ("government_xb", "auditor", "expert"):
        account = {"email": f"{uuid4().hex}@example.org", "name": "X", "country": "XA"}
        assert (await caller.send(who, "POST", "/accounts", account)).status_code == 403
        assert (await caller.send(who, "POST", "/clients", READER)).status_code == 403


async def test_an_officer_enters_accounts_of_their_countries_and_no_clients(caller: Caller) -> None:
    for country, status in (("XB", 201), ("XC", 403), (None, 403)):
        account = {"email": f"{uuid4().hex}@example.org", "name": "X", "country": country}
        made = await caller.send("officer", "POST", "/accounts", account)
        assert made.status_code == status, made.text
        assert status != 201 or (made.json()["status"], made.json()["made_by_country"]) == ("active", False)
    assert (await caller.send("officer", "POST", "/clients", READER)).status_code == 403


async def test_accounts_are_shown_to_those_who_may_know_them(caller: Caller) -> None:
    account = caller.account("admin")
    assert (await caller.send("auditor", "GET", f"/accounts/{account}")).status_code == 200
    for who, countries in {"officer": {"XA", "XB"}, "government_xa": {"XA"}, "expert": set()}.items():
        assert (await caller.send(who, "GET", f"/accounts/{account}")).status_code == 404
        shown = (await caller.send(who, "GET", "/accounts")).json()["items"]
        assert {one["country"] for one in shown} <= countries
    found = (await caller.send("auditor", "GET", "/accounts?q=amina%20admin")).json()["items"]
    assert [one["email"] for one in found] == ["admin@demo.example"]
    assert "password" not in str(found)


async def test_an_address_has_one_account(caller: Caller) -> None:
    body = {"email": f"{uuid4().hex}@example.org", "name": "One"}
    assert (await caller.send("admin", "POST", "/accounts", body)).status_code == 201
    response = await caller.send("admin", "POST", "/accounts", body | {"email": body["email"].upper()})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (409, "/email")


async def test_nobody_sets_anothers_password(caller: Caller) -> None:
    body = {"email": f"{uuid4().hex}@example.org", "name": "One"}
    refused = await caller.send("admin", "POST", "/accounts", {**body, "password": "first password"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_field")
    made = await caller.send("admin", "POST", "/accounts", body)
    path = f"/accounts/{made.json()['id']}"
    changed = await caller.send("admin", "PATCH", path, {"password": "second password"}, **{"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["errors"][0]["code"]) == (422, "unknown_field")
    assert "second password" not in changed.text


async def test_a_suspended_account_may_not_log_in_until_it_is_reinstated(caller: Caller) -> None:
    body = {"email": f"{uuid4().hex}@example.org"}
    link = (await caller.enter_person(body["email"], "first password")).json()["links"]["self"]
    assert (await caller.step("admin", link, "suspend")).status_code == 422
    assert (await caller.step("admin", link, "suspend", reason="left")).status_code == 200
    assert (await caller.log_in(body["email"], "first password")).json()["error"] == "invalid_grant"
    assert (await caller.step("admin", link, "reinstate")).status_code == 200
    assert (await caller.log_in(body["email"], "first password")).status_code == 200


@pytest.mark.parametrize("name", ["expert", "officer", "admin"])
async def test_the_link_of_ones_own_account_leads_to_it(caller: Caller, name: str) -> None:
    own = (await caller.send(name, "GET", "/accounts/me")).json()
    found = await caller.send(name, "GET", own["links"]["self"].removeprefix("/access/v1"))
    assert (found.status_code, found.json()["id"]) == (200, own["id"])
