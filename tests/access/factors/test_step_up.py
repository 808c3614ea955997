"""Operations ask for a sign-in of a level and an age, by the claims of the token, and say so everywhere."""

from typing import Any

import asyncpg
import pytest

from shared.web.request import step_up
from tests.access.caller import Caller
from tests.access.factors.authenticator import Passkey
from tests.access.factors.persons import Person, a_person
from tests.access.signing_in.walking import a_site
from tests.support.clock import stopped_clock
from tests.support.signing_in import SIGN_IN, Site, Visitor, answer_of
from tests.support.statements import Recorded

_KEY = {"name": "x", "resources": ["access.*"], "verbs": ["read"]}


async def _our_site(caller: Caller) -> Site:
    """A client of ours that does everything for a person."""
    services = ("membership", "centres", "actions", "access")
    site = await a_site(caller, resources=[f"{service}.*" for service in services])
    proposed = await caller.step("admin", site.record["links"]["self"], "mark_first_party")
    place = proposed.json()["links"]["self"].removeprefix("/access/v1")
    assert (await caller.send("admin2", "POST", place, {"decision": "confirm"})).status_code == 200
    return site


async def _step_up(person: Person, site: Site, refused: Any) -> dict[str, Any]:
    """What a frontend does with a 401: the person comes back with another code."""
    asked = {"acr_values": refused.json()["acr_values"], "max_age": str(refused.json()["max_age"])}
    page = await person.visitor.follow(await person.visitor.get(site.address(**asked)))
    if 'name="password"' in page.text:
        page = await person.visitor.follow(await person.visitor.sign_in(page))
    if 'name="code"' in page.text:
        page = await person.visitor.follow(await person.visitor.fill(page, {"code": person.code()}))
    return dict((await site.exchange(answer_of(page)["code"])).json())


async def test_a_weak_sign_in_is_asked_for_more_and_comes_back(caller: Caller) -> None:
    person, site = await a_person(caller), await _our_site(caller)
    await person.visitor.come()
    person.token = (await site.tokens(person.visitor))["access_token"]
    refused = await person.send("POST", "/api_keys", _KEY)
    assert (refused.status_code, refused.json()["code"]) == (401, "insufficient_user_authentication")
    assert (refused.json()["acr_values"], refused.json()["max_age"]) == ("2", 900)
    challenge = refused.headers["www-authenticate"]
    assert challenge.startswith('Bearer realm="escm", error="insufficient_user_authentication", acr_values="2"')
    assert 'max_age="900"' in challenge
    assert "resource_metadata=" in challenge
    own = await person.add("totp")
    person.secret = own["secret"]
    assert (await person.step_of(own, "confirm", code=person.code())).status_code == 200
    person.token = (await _step_up(person, site, refused))["access_token"]
    made = await person.send("POST", "/api_keys", _KEY)
    assert made.status_code == 201, made.text


async def test_an_old_sign_in_is_asked_for_another(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    person, site = await a_person(caller), await _our_site(caller)
    await person.with_app()
    await person.come()
    person.token = (await site.tokens(person.visitor))["access_token"]
    assert (await person.send("POST", "/api_keys", _KEY)).status_code == 201
    clock = stopped_clock(monkeypatch, step_up)
    clock.advance(20 * 60)
    refused = await person.send("POST", "/api_keys", _KEY)
    assert (refused.status_code, refused.json()["acr_values"], refused.json()["max_age"]) == (401, "2", 900)
    clock.advance(-20 * 60)
    clock.advance(301)
    for path, body in (("/factors", {"kind": "passkey", "name": "x"}), ("/accounts/me/password", {})):
        own = await person.send("POST", path, body)
        assert (own.status_code, own.json().get("max_age")) == (401, 300), path
    clock.advance(-301)
    renewed = (await _step_up(person, site, refused))["access_token"]
    assert renewed != person.token
    person.token = renewed
    assert (await person.send("POST", "/api_keys", _KEY)).status_code == 201


async def test_one_with_a_passkey_shows_it_for_the_factors(caller: Caller) -> None:
    person, site = await a_person(caller), await _our_site(caller)
    await person.with_app()
    await person.come()
    tokens = await site.tokens(person.visitor)
    person.token = tokens["access_token"]
    factor = await person.add("passkey")
    made = Passkey().made(factor["options"])
    assert (await person.step_of(factor, "confirm", credential=made)).status_code == 200
    person.token = (await site.renew(tokens["refresh_token"])).json()["access_token"]
    refused = await person.send("DELETE", f"/factors/{factor['id']}")
    assert (refused.status_code, refused.json()["acr_values"]) == (401, "phr")
    assert (await person.send("POST", "/api_keys", _KEY)).status_code == 201, "two factors do for the others"


async def test_events_are_not_sent_elsewhere_by_a_weak_sign_in(caller: Caller) -> None:
    person, site = await a_person(caller), await _our_site(caller)
    body = {"name": "Register", "url": "https://receiver.example/in", "types": ["*"]}
    hook = (await person.send("POST", "/webhooks", body)).json()
    await person.visitor.come()
    person.token = (await site.tokens(person.visitor))["access_token"]
    path = f"/webhooks/{hook['id']}"

    async def change(**fields: str) -> Any:
        return await person.send("PATCH", path, fields, **{"If-Match": f'"{hook["version"]}"'})

    for weak in (
        await person.send("POST", "/webhooks", body),
        await change(url="https://elsewhere.example/in"),
        await person.send("POST", f"{path}/transitions", {"action": "rotate"}, **{"If-Match": f'"{hook["version"]}"'}),
    ):
        assert (weak.status_code, weak.json().get("acr_values"), weak.json().get("max_age")) == (401, "2", 900)
    same = await change(name="The register", url=hook["url"])
    assert (same.status_code, same.json()["keys"]) == (200, hook["keys"]), same.text
    offered = (await person.send("GET", f"{path}/transitions")).json()["allowed_actions"]
    assert {one["action"] for one in offered if "step_up" in one["requires"]} == {"rotate"}


async def test_keys_and_addresses_of_a_client_are_not_changed_by_a_weak_sign_in(caller: Caller) -> None:
    """By a contact, who may change them."""
    person, site = await a_person(caller), await _our_site(caller)
    contact = await a_site(caller, contacts=[person.account])
    await person.visitor.come()
    person.token = (await site.tokens(person.visitor))["access_token"]
    path, given = f"/clients/{contact.record['id']}", {"redirect_uris": ["https://elsewhere.example.org/callback"]}
    tag = {"If-Match": (await person.send("GET", path)).headers["etag"]}
    step = {"action": "change_credentials", "fields": given}
    for weak in (
        await person.send("PATCH", path, given, **tag),
        await person.send("POST", f"{path}/transitions", step, **tag),
    ):
        assert (weak.status_code, weak.json().get("acr_values"), weak.json().get("max_age")) == (401, "2", 900)
    address = {"backchannel_logout_uri": "https://desk.example.org/out"}
    assert (await person.send("PATCH", path, address, **tag)).status_code == 200


async def test_a_key_of_a_person_is_no_person_and_a_client_needs_none(caller: Caller) -> None:
    account = await caller.send("admin", "POST", "/api_keys", {**_KEY, "verbs": ["read", "write"]})
    headers = {"Authorization": f"Bearer {account.json()['secret']}", "Idempotency-Key": "x"}
    body = {"name": "x", "scope_kind": "global", "resources": ["membership.experts"], "verbs": ["read"], "secret": True}
    refused = await caller.http.post("/access/v1/clients", json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "needs_a_person")
    made = await caller.send("secretariat", "POST", "/api_keys", _KEY)
    assert made.status_code == 201, made.text


async def test_the_check_asks_the_database_nothing(app: Any, caller: Caller) -> None:
    person, site = await a_person(caller), await _our_site(caller)
    await person.visitor.come()
    person.token = (await site.tokens(person.visitor))["access_token"]
    assert (await person.send("POST", "/api_keys", _KEY)).status_code == 401
    real, recorded = app.state.database, Recorded(app.state.database)
    app.state.database = recorded
    try:
        assert (await person.send("POST", "/api_keys", _KEY)).status_code == 401
    finally:
        app.state.database = real
    assert recorded.take() == []


async def test_transitions_say_what_they_ask_of_the_sign_in(caller: Caller) -> None:
    person = await a_person(caller)
    factor = await person.add("totp")
    offered = (await person.send("GET", f"/factors/{factor['id']}/transitions")).json()["allowed_actions"]
    assert {one["action"]: one["requires"] for one in offered} == {"confirm": ["step_up"], "remove": ["step_up"]}


async def test_two_administrators_remove_the_factor_of_somebody_who_is_signed_out(
    caller: Caller, superuser: asyncpg.Connection
) -> None:
    person = await a_person(caller)
    factor = await person.with_app()
    await person.come()
    path = f"/factors/{factor['id']}"
    proposed = await caller.send("admin", "DELETE", path)
    assert proposed.status_code == 202, proposed.text
    assert (await person.send("GET", path)).json()["status"] == "active"
    place = proposed.json()["links"]["self"].removeprefix("/access/v1")
    alone = await caller.send("admin", "POST", place, {"decision": "confirm"})
    assert (alone.status_code, alone.json()["reason"]) == (403, "second_person_is_the_first")
    done = await caller.send("admin2", "POST", place, {"decision": "confirm"})
    assert (done.status_code, done.json()["status"]) == (200, "removed"), done.text
    assert (await person.visitor.get("/access/account")).headers["location"] == SIGN_IN
    left = "SELECT count(*) FROM access_factor_secret WHERE factor_id = $1::uuid"
    assert await superuser.fetchval(left, factor["id"]) == 0
    assert (await caller.log_in(person.visitor.email, person.visitor.password)).status_code == 200


async def test_a_factor_page_of_a_client_that_wants_all_again_begins_with_the_password(caller: Caller) -> None:
    person, site = await a_person(caller), await _our_site(caller)
    await person.with_app()
    await person.come()
    page = await person.visitor.follow(await person.visitor.get(site.address(prompt="login", acr_values="2")))
    assert 'name="password"' in page.text
    stranger = Visitor(caller.http, person.visitor.email, person.visitor.password)
    silent = await stranger.get(site.address(prompt="none", acr_values="2"))
    assert answer_of(silent)["error"] == "login_required"
