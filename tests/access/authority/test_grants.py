"""Roles are granted within one's own scope, confirmed by a second person, revoked, and end by schedule."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.access.administration import setting_up
from services.access.authority.grants.operations import expire_grants
from shared.kernel.clock import today
from tests.access.caller import Caller


async def _person(caller: Caller) -> tuple[str, str, str]:
    """A new account without a role: its id, address and password."""
    email, password = f"{uuid4().hex}@example.org", uuid4().hex
    response = await caller.enter_person(email, password)
    return response.json()["id"], email, password


async def _client_holding(caller: Caller, role: str) -> str:
    """A further client with a role over everything, under a name that the caller has."""
    body = {"name": "Other", "scope_kind": "global", "scope_id": None, "secret": True}
    whole = {
        "resources": [f"{s}.*" for s in ("membership", "centres", "actions", "access")],
        "verbs": ["read", "write"],
    }
    made = (await caller.send("admin", "POST", "/clients", {**body, **whole})).json()
    granted = {"principal": {"kind": "client", "id": made["id"]}, "role": role, "scope_kind": "global"}
    link = (await caller.send("admin", "POST", "/grants", granted)).json()["links"]["self"]
    assert (await caller.step("admin2", link, "confirm")).status_code == 200
    name = f"client {made['client_id']}"
    caller.clients[name] = {"id": made["client_id"], "secret": made["secret"]}
    return name


def _body(account: str, role: str, kind: str = "country", scope: str | None = "XA", **more: Any) -> dict[str, Any]:
    return {
        "principal": {"kind": "account", "id": account},
        "role": role,
        "scope_kind": kind,
        "scope_id": scope,
        **more,
    }


def _reason(response: httpx.Response) -> Any:
    return response.json().get("reason")


async def test_an_officer_hands_on_a_national_role_in_a_country_of_its_own(caller: Caller) -> None:
    account, email, password = await _person(caller)
    made = await caller.send("officer", "POST", "/grants", _body(account, "national_author"))
    grant = made.json()
    assert made.status_code == 201, made.text
    assert made.headers["location"] == grant["links"]["self"]
    assert (grant["status"], grant["country"], grant["visibility"]) == ("active", "XA", "restricted")
    assert grant["principal"] == {"kind": "account", "id": account, "name": "New Person"}
    assert (grant["from"], grant["to"]) == (today().isoformat(), None)
    assert grant["created_by"] == f"account:{caller.account('officer')}"
    token = (await caller.log_in(email, password)).json()["access_token"]
    me = (await caller.http.get("/access/v1/me", headers={"Authorization": f"Bearer {token}"})).json()
    assert [held["role"] for held in me["grants"]] == ["national_author"]


@pytest.mark.parametrize(
    ("who", "role", "kind", "scope", "reason"),
    [
        ("officer", "national_author", "country", "XC", "beyond_own_scope"),
        ("officer", "auditor", "country", "XA", "role_not_yours_to_hand_on"),
        ("officer", "secretariat_admin", "global", None, "role_not_yours_to_hand_on"),
        ("government_xa", "national_author", "country", "XB", "beyond_own_scope"),
        ("government_xa", "government_focal_point", "country", "XA", "role_not_yours_to_hand_on"),
    ],
)
async def test_nobody_grants_beyond_their_own_scope(
    caller: Caller, who: str, role: str, kind: str, scope: str | None, reason: str
) -> None:
    account, _, _ = await _person(caller)
    response = await caller.send(who, "POST", "/grants", _body(account, role, kind, scope))
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert _reason(response) == reason
    assert response.json()["detail"] == {
        "beyond_own_scope": "You cannot grant beyond your own scope.",
        "role_not_yours_to_hand_on": "None of your own roles may grant this one.",
    }.get(reason)


async def test_nobody_hands_a_role_to_themselves(caller: Caller) -> None:
    response = await caller.send("admin", "POST", "/grants", _body(caller.account("admin"), "auditor", "global", None))
    assert (response.status_code, _reason(response)) == (403, "own_grant")


@pytest.mark.parametrize("who", ["auditor", "expert"])
async def test_who_may_not_write_hands_on_nothing(caller: Caller, who: str) -> None:
    account, _, _ = await _person(caller)
    response = await caller.send(who, "POST", "/grants", _body(account, "national_author"))
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"role": "king"}, "/role"),
        ({"scope_kind": "global", "scope_id": None}, "/scope_kind"),
        ({"scope_id": "ZZ"}, "/scope_id"),
        ({"scope_id": None}, "/scope_id"),
        ({"role": "api_client"}, "/role"),
        ({"role": "reviewer", "scope_kind": "record", "scope_id": "x"}, "/scope_id"),
        ({"principal": {"kind": "account", "id": str(uuid4())}}, "/principal/id"),
        ({"second_person": str(uuid4())}, "/second_person"),
        ({"status": "active"}, "/status"),
    ],
)
async def test_a_grant_that_makes_no_sense_is_refused(caller: Caller, change: dict[str, Any], pointer: str) -> None:
    account, _, _ = await _person(caller)
    response = await caller.send("admin", "POST", "/grants", _body(account, "national_author") | change)
    assert response.status_code == 422, response.text
    assert response.json()["errors"][0]["pointer"] == pointer


async def test_a_role_of_two_waits_for_another_person(caller: Caller) -> None:
    account, email, password = await _person(caller)
    made = await caller.send("admin", "POST", "/grants", _body(account, "national_publisher"))
    grant = made.json()
    link = grant["links"]["self"]
    assert grant["status"] == "proposed"
    own = await caller.step("admin", link, "confirm")
    assert (own.status_code, _reason(own)) == (409, "second_person_is_the_first")
    token = (await caller.log_in(email, password)).json()["access_token"]
    me = (await caller.http.get("/access/v1/me", headers={"Authorization": f"Bearer {token}"})).json()
    assert me["grants"] == []
    done = await caller.step("admin2", link, "confirm")
    assert done.status_code == 200, done.text
    assert (done.json()["status"], done.json()["second_person"]) == ("active", caller.account("admin2"))
    lines = await caller.send("admin", "GET", f"/grants/{grant['id']}/history")
    assert lines.status_code == 200, lines.text
    lines = lines.json()["items"]
    assert [line["action"] for line in lines] == ["confirm", "create"]


async def test_the_demo_client_alone_names_the_second_person_and_on_a_laptop_alone(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, _, _ = await _person(caller)
    made = await caller.send("secretariat", "POST", "/grants", _body(account, "secretariat_admin", "global", None))
    link = made.json()["links"]["self"]
    other = await _client_holding(caller, "secretariat_admin")
    for environment in ("test", "production"):
        monkeypatch.setenv("ESCM_ENVIRONMENT", environment)
        away = await caller.step("secretariat", link, "confirm", fields={"second_person": caller.account("admin2")})
        assert (away.status_code, _reason(away)) == (409, "second_person_is_a_client")
    monkeypatch.setenv("ESCM_ENVIRONMENT", "laptop")
    named = await caller.step(other, link, "confirm", fields={"second_person": caller.account("admin2")})
    assert (named.status_code, _reason(named)) == (409, "second_person_is_a_client")
    alone = await caller.step("secretariat", link, "confirm")
    assert (alone.status_code, _reason(alone)) == (409, "second_person_missing")
    for name, reason in (("officer", "second_person_not_entitled"), (account, "second_person_is_the_first")):
        person = name if name == account else caller.account(name)
        bad = await caller.step("secretariat", link, "confirm", fields={"second_person": person})
        assert (bad.status_code, _reason(bad)) == (409, reason)
    named = await caller.step("secretariat", link, "confirm", fields={"second_person": caller.account("admin2")})
    assert (named.status_code, named.json()["status"]) == (200, "active")


async def test_whoever_set_the_other_ones_address_does_not_confirm(caller: Caller, database_url: str) -> None:
    account, _, _ = await _person(caller)
    link = (await caller.send("admin", "POST", "/grants", _body(account, "national_publisher"))).json()["links"]["self"]
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    await connection.execute(
        "INSERT INTO access_credential_change (id, principal_kind, principal_id, by_kind, by_id, what, at)"
        " VALUES (uuidv7(), 'account', $1, 'account', $2, 'email', now())",
        caller.account("admin2"),
        caller.account("admin"),
    )
    refused = await caller.step("admin2", link, "confirm")
    await connection.execute("DELETE FROM access_credential_change WHERE principal_id = $1", caller.account("admin2"))
    await connection.close()
    assert (refused.status_code, _reason(refused)) == (409, "credentials_set_recently")


async def test_only_the_named_person_confirms(caller: Caller) -> None:
    account, _, _ = await _person(caller)
    body = _body(account, "national_publisher", second_person=caller.account("admin"))
    link = (await caller.send("secretariat", "POST", "/grants", body)).json()["links"]["self"]
    other = await caller.step("admin2", link, "confirm")
    assert (other.status_code, _reason(other)) == (409, "another_second_person_named")
    assert (await caller.step("admin", link, "confirm")).status_code == 200


async def test_a_revoked_grant_is_over(caller: Caller) -> None:
    account, email, password = await _person(caller)
    made = await caller.send("admin", "POST", "/grants", _body(account, "national_author"))
    done = await caller.step("government_xa", made.json()["links"]["self"], "revoke")
    assert (done.status_code, done.json()["status"]) == (200, "revoked")
    again = await caller.step("admin", made.json()["links"]["self"], "revoke")
    assert (again.status_code, again.json()["current_state"]) == (409, "revoked")
    token = (await caller.log_in(email, password)).json()["access_token"]
    me = (await caller.http.get("/access/v1/me", headers={"Authorization": f"Bearer {token}"})).json()
    assert me["grants"] == []


async def test_a_focal_point_does_not_take_back_what_it_could_not_give(caller: Caller) -> None:
    account, _, _ = await _person(caller)
    made = await caller.send("admin", "POST", "/grants", _body(account, "committee_president"))
    response = await caller.step("government_xa", made.json()["links"]["self"], "revoke")
    assert (response.status_code, _reason(response)) == (409, "role_not_yours_to_hand_on")


async def test_grants_of_other_countries_do_not_exist(caller: Caller) -> None:
    account, _, _ = await _person(caller)
    made = (await caller.send("admin", "POST", "/grants", _body(account, "national_author", scope="XB"))).json()
    assert (await caller.send("government_xa", "GET", f"/grants/{made['id']}")).status_code == 404
    listed = (await caller.send("government_xa", "GET", "/grants?limit=200")).json()["items"]
    assert {grant["country"] for grant in listed} == {"XA"}
    assert (await caller.send("government_xb", "GET", f"/grants/{made['ref']}")).json()["id"] == made["id"]
    found = (await caller.send("auditor", "GET", f"/grants?principal_id={account}")).json()["items"]
    assert [grant["id"] for grant in found] == [made["id"]]


async def test_time_ends_a_grant(caller: Caller, database_url: str) -> None:
    account, email, password = await _person(caller)
    tomorrow = (today() + timedelta(days=1)).isoformat()
    body = _body(account, "national_author", to=tomorrow)
    grant = (await caller.send("admin", "POST", "/grants", body)).json()
    later = _body(account, "national_author", **{"from": tomorrow})
    await caller.send("admin", "POST", "/grants", later)
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "UPDATE escm.access_grant SET starts = current_date - 9, ends = current_date - 1 WHERE id = $1", grant["id"]
    )
    await connection.close()
    token = (await caller.log_in(email, password)).json()["access_token"]
    me = (await caller.http.get("/access/v1/me", headers={"Authorization": f"Bearer {token}"})).json()
    assert me["grants"] == []
    async with setting_up(database_url) as uow:
        await expire_grants(uow)
    assert (await caller.send("auditor", "GET", f"/grants/{grant['id']}")).json()["status"] == "expired"


async def test_a_grant_is_not_edited(caller: Caller) -> None:
    account, _, _ = await _person(caller)
    grant = (await caller.send("admin", "POST", "/grants", _body(account, "national_author"))).json()
    response = await caller.send("admin", "PATCH", f"/grants/{grant['id']}", {}, **{"If-Match": '"1"'})
    assert response.status_code == 405


async def test_a_filter_with_a_nul_is_refused_as_what_it_is(caller: Caller) -> None:
    for path in ("grants?scope_id=a%00b", "clients?client_id=%00", "accounts?q=%00"):
        refused = await caller.send("admin", "GET", f"/{path}")
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter"), path
        assert refused.json()["errors"][0]["parameter"] == path.partition("?")[2].partition("=")[0]
