"""Anybody registers an account, confirmed by a mail; responses disclose nothing about an address."""

from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.access.administration import setting_up
from services.access.self_service.own_account.jobs import delete_unused
from tests.access.caller import Caller
from tests.support.clock import room_in
from tests.support.mailbox import Mailbox, text_of, token_in

REGISTRATION = "/access/v1/accounts/registration"
CONFIRM = "/access/v1/accounts/password_reset/confirm"
PASSWORD = "four quiet words today"


def _body(**more: Any) -> dict[str, Any]:
    return {"email": f"{uuid4().hex}@example.org", "name": "Ana Example", **more}


async def _register(caller: Caller, body: dict[str, Any], **headers: str) -> httpx.Response:
    return await caller.http.post(REGISTRATION, json=body, headers=headers)


async def _registered(caller: Caller, posted: Mailbox) -> dict[str, str]:
    """A person who registered and chose a password: address and headers of a session."""
    body = _body()
    assert (await _register(caller, body)).status_code == 202
    token = token_in(await posted.next_to(body["email"]))
    chosen = await caller.http.post(CONFIRM, json={"token": token, "password": PASSWORD})
    assert chosen.status_code == 204, chosen.text
    return {"email": body["email"], **await _session(caller, body["email"])}


async def _session(caller: Caller, email: str) -> dict[str, str]:
    signed_in = (await caller.log_in(email, PASSWORD)).json()
    return {"Authorization": f"Bearer {signed_in['access_token']}"}


async def _own(caller: Caller, person: dict[str, str]) -> httpx.Response:
    headers = {"Authorization": person["Authorization"]}
    return await caller.http.get("/access/v1/accounts/me", headers=headers)


async def _close(caller: Caller, person: dict[str, str]) -> httpx.Response:
    headers = {"Authorization": person["Authorization"], "If-Match": (await _own(caller, person)).headers["etag"]}
    return await caller.http.post("/access/v1/accounts/me/transitions", json={"action": "close"}, headers=headers)


async def test_somebody_registers_confirms_and_signs_in(caller: Caller, posted: Mailbox) -> None:
    body = _body(name="Amina Khan", language="ar")
    response = await _register(caller, body)
    assert (response.status_code, response.json()) == (202, {})
    mail = await posted.next_to(body["email"])
    assert mail["Content-Language"] == "ar"
    assert "Amina" not in text_of(mail)
    assert (await caller.log_in(body["email"], PASSWORD)).status_code == 400
    token = token_in(mail)
    assert (await caller.http.post(CONFIRM, json={"token": token, "password": PASSWORD})).status_code == 204
    person = await _session(caller, body["email"])
    own = (await _own(caller, person)).json()
    assert (own["name"], own["language"], own["email_verified"]) == ("Amina Khan", "ar", True)
    assert [action["action"] for action in own["allowed_actions"] if action["allowed"]] == ["close"]
    me = (await caller.http.get("/access/v1/me", headers=person)).json()
    assert me["grants"] == []
    lines = (await caller.send("admin", "GET", f"/accounts/{own['id']}/history")).json()["items"]
    assert {line["by"]["id"] for line in lines} == {own["id"]}


async def test_the_language_is_the_one_that_the_browser_prefers(caller: Caller, posted: Mailbox) -> None:
    body = _body()
    assert (await _register(caller, body, **{"Accept-Language": "fr-CA, en;q=0.5"})).status_code == 202
    assert (await posted.next_to(body["email"]))["Content-Language"] == "fr"


async def test_a_known_address_gets_the_same_response_and_a_mail_without_a_token(
    caller: Caller, posted: Mailbox
) -> None:
    person = await _registered(caller, posted)
    known, unknown = _body(email=person["email"].upper()), _body()
    responses = [await _register(caller, body) for body in (known, unknown)]
    assert len({(response.status_code, response.content) for response in responses}) == 1
    assert {*responses[0].headers} == {*responses[1].headers}
    mail = await posted.next_to(person["email"], 2)
    assert "#" not in text_of(mail)
    assert "Ana Example" in text_of(mail)


async def test_a_second_registration_before_the_first_is_confirmed_is_mailed_again(
    caller: Caller, posted: Mailbox
) -> None:
    body = _body()
    for count in (1, 2):
        await _register(caller, body)
        token = token_in(await posted.next_to(body["email"], count))
    assert (await caller.http.post(CONFIRM, json={"token": token, "password": PASSWORD})).status_code == 204
    listed = await caller.send("admin", "GET", f"/accounts?email={body['email']}")
    assert len(listed.json()["items"]) == 1


async def test_a_suspended_account_gets_no_mail(caller: Caller, posted: Mailbox) -> None:
    person = await _registered(caller, posted)
    own = (await _own(caller, person)).json()
    await caller.step("admin", f"/accounts/{own['id']}", "suspend", reason="left")
    other = _body()
    for body in (_body(email=person["email"]), other):
        assert (await _register(caller, body)).status_code == 202
    await posted.next_to(other["email"])
    assert len(posted.to(person["email"])) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "ana@example.org\nBcc: eve@example.org"}, "invalid_format"),
        ({"email": "ana"}, "invalid_format"),
        ({"email": f"{'a' * 1_000_000}@example.org"}, "too_long"),
        ({"email": None}, "invalid_type"),
        ({"name": ""}, "too_short"),
        ({"name": "a" * 201}, "too_long"),
        ({"name": "Ana\u0000"}, "invalid_text"),
        ({"language": "tlh"}, "not_one_of"),
        ({"role": "secretariat_admin"}, "unknown_field"),
        ({"expert_id": str(uuid4())}, "unknown_field"),
    ],
)
async def test_a_registration_is_checked(caller: Caller, change: dict[str, Any], code: str) -> None:
    response = await _register(caller, _body(**change))
    assert response.status_code == 422, response.text
    assert response.json()["errors"][0]["code"] == code


async def test_an_address_is_registered_five_times_an_hour_at_most_from_one_place(caller: Caller) -> None:
    await room_in(3600, 30)
    body = _body()
    responses = [await _register(caller, body) for _ in range(6)]
    assert [response.status_code for response in responses] == [202] * 5 + [429]


async def test_people_change_their_name_and_language_and_nothing_else(caller: Caller, posted: Mailbox) -> None:
    person = await _registered(caller, posted)
    before = await _own(caller, person)
    headers = {"Authorization": person["Authorization"], "If-Match": before.headers["etag"]}
    path = "/access/v1/accounts/me"
    changed = await caller.http.patch(path, json={"name": "Ana New", "language": "zh"}, headers=headers)
    assert (changed.status_code, changed.json()["name"], changed.json()["language"]) == (200, "Ana New", "zh")
    stale = await caller.http.patch(path, json={"name": "Ana Old"}, headers=headers)
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    headers["If-Match"] = changed.headers["etag"]
    for refused in ({"email": "eve@example.org"}, {"expert_id": str(uuid4())}, {"email_verified": True}):
        response = await caller.http.patch(path, json=refused, headers=headers)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "unknown_field")
    del headers["If-Match"]
    assert (await caller.http.patch(path, json={}, headers=headers)).status_code == 428
    for action in ("suspend", "change_identity", "send_password_reset"):
        headers["If-Match"] = changed.headers["etag"]
        body = {"action": action, "reason": "mine"}
        response = await caller.http.post(f"{path}/transitions", json=body, headers=headers)
        assert (response.status_code, response.json()["code"]) == (403, "forbidden"), response.text


async def test_a_client_has_no_account(caller: Caller) -> None:
    assert (await caller.send("secretariat", "GET", "/accounts/me")).status_code == 404
    assert (await caller.http.get("/access/v1/accounts/me")).status_code == 401


async def test_an_administrator_does_not_close_the_account_of_another(caller: Caller, posted: Mailbox) -> None:
    person = await _registered(caller, posted)
    own = (await _own(caller, person)).json()
    response = await caller.step("admin", f"/accounts/{own['id']}", "close")
    assert (response.status_code, response.json()["reason"]) == (409, "not_the_owner")


async def test_a_closed_account_ends_with_all_that_it_holds(caller: Caller, posted: Mailbox) -> None:
    person = await _registered(caller, posted)
    own = (await _own(caller, person)).json()
    held = {"principal": {"kind": "account", "id": own["id"]}, "role": "national_author"}
    given = await caller.send("admin", "POST", "/grants", {**held, "scope_kind": "country", "scope_id": "XA"})
    assert given.status_code == 201, given.text
    headers = {"Authorization": person["Authorization"]}
    key = {"name": "mine", "resources": ["membership.experts"], "verbs": ["read"]}
    made = await caller.http.post("/access/v1/api_keys", json=key, headers=headers)
    assert made.status_code == 201, made.text
    closed = await _close(caller, person)
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    assert (await caller.log_in(person["email"], PASSWORD)).status_code == 400
    for path in (given.json()["links"]["self"], made.json()["links"]["self"]):
        ended = await caller.send("auditor", "GET", path.removeprefix("/access/v1"))
        assert ended.json()["status"] == "revoked"
    sessions = await caller.send("auditor", "GET", f"/sessions?account_id={own['id']}")
    assert sessions.json()["items"] == []
    again = await _register(caller, _body(email=person["email"]))
    assert again.status_code == 202
    token = token_in(await posted.next_to(person["email"], 2))
    assert (await caller.http.post(CONFIRM, json={"token": token, "password": PASSWORD})).status_code == 204
    assert (await _own(caller, await _session(caller, person["email"]))).json()["id"] != own["id"]


async def test_registered_accounts_that_hold_nothing_are_deleted_after_thirty_days(
    caller: Caller, posted: Mailbox, database_url: str
) -> None:
    unused, holding, young = [await _registered(caller, posted) for _ in range(3)]
    known = [(await _own(caller, person)).json()["id"] for person in (unused, holding, young)]
    held = {"principal": {"kind": "account", "id": known[1]}, "role": "national_author"}
    given = await caller.send("admin", "POST", "/grants", {**held, "scope_kind": "country", "scope_id": "XA"})
    assert given.status_code == 201
    entered = (await caller.enter_person(f"{uuid4().hex}@example.org", PASSWORD)).json()["id"]
    connection = await asyncpg.connect(database_url)
    old = "UPDATE escm.access_account SET created_at = now() - interval '31 days' WHERE id = ANY($1)"
    await connection.execute(old, [known[0], known[1], entered])
    await connection.close()
    async with setting_up(database_url) as uow:
        await delete_unused(uow)
    found = [(await caller.send("admin", "GET", f"/accounts/{one}")).status_code for one in (*known, entered)]
    assert found == [404, 200, 200, 200]
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    readable = "SELECT action FROM core_audit a JOIN core_audit_key k ON k.id = a.detail_key WHERE a.subject = $1"
    assert [row["action"] for row in await connection.fetch(readable, known[0])] == ["delete"]
    await connection.close()
    assert (await caller.log_in(unused["email"], PASSWORD)).status_code == 400
