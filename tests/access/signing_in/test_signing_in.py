"""A person signs in to a client by an authorization code with PKCE, on pages of the system."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.auth.keys import InvalidToken
from shared.auth.tokens import Authenticator
from tests.access.caller import TOKEN, Caller
from tests.access.signing_in.walking import a_site, a_visitor
from tests.support.signing_in import ACCOUNT, CONSENT, SIGN_IN, answer_of


@pytest.fixture
def elsewhere(app: Any) -> Authenticator:
    """The authenticator of another process, with a short cache."""
    return Authenticator(app.state.database, app.state.settings, age=0.0)


async def _as(caller: Caller, tokens: dict[str, Any], method: str, path: str, json: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    return await caller.http.request(method, f"/access/v1{path}", json=json, headers=headers)


async def test_a_person_signs_in_consents_and_is_sent_back_with_a_code(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    page = await visitor.follow(await visitor.get(site.address(scope="openid", login_hint=visitor.email)))
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Desk of a ministry" in page.text
    assert visitor.email in page.text
    consent = await visitor.follow(await visitor.sign_in(page))
    assert '<code dir="ltr">https://desk.example.org</code>' in consent.text
    assert "Expert" in consent.text
    answer = answer_of(await visitor.fill(consent, {"decision": "allow"}))
    assert (answer["state"], answer["iss"]) == (site.state, "http://access.test")
    tokens = (await site.exchange(answer["code"])).json()
    assert tokens["scope"] == (
        "access.sessions:read access.sessions:write membership.experts:read membership.experts:write openid"
    )
    me = (await _as(caller, tokens, "GET", "/me")).json()
    assert me["principal"]["kind"] == "account"
    (session, browser) = (await _as(caller, tokens, "GET", "/sessions")).json()["items"]
    assert (session["client"], session["client_name"]) == (site.client_id, "Desk of a ministry")
    assert session["current"]
    assert browser["client"] is None


async def test_who_is_signed_in_and_consented_is_sent_on_without_a_page(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    await site.tokens(visitor)
    again = answer_of(await visitor.get(site.address(prompt="none")))
    assert (await site.exchange(again["code"])).status_code == 200
    asked = await visitor.follow(await visitor.get(site.address(prompt="consent")))
    assert 'value="allow"' in asked.text


async def test_who_is_not_signed_in_or_did_not_consent_is_not_asked_in_silence(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    assert answer_of(await visitor.get(site.address(prompt="none")))["error"] == "login_required"
    await visitor.come()
    answer = answer_of(await visitor.get(site.address(prompt="none")))
    assert (answer["error"], answer["state"], answer["iss"]) == ("consent_required", site.state, "http://access.test")
    page = await visitor.follow(await visitor.get(site.address()))
    assert answer_of(await visitor.fill(page, {"decision": "deny"}))["error"] == "access_denied"
    assert answer_of(await visitor.get(site.address(prompt="none")))["error"] == "consent_required"


@pytest.mark.parametrize("changed", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "0"}])
async def test_a_client_has_the_person_sign_in_again(caller: Caller, changed: dict[str, str | None]) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    await site.tokens(visitor)
    before = dict(visitor.cookies)
    page = await visitor.follow(await visitor.get(site.address(**changed)))
    assert 'name="password"' in page.text
    assert answer_of(await visitor.follow(await visitor.sign_in(page)))["code"]
    assert visitor.cookies != before
    assert answer_of(await visitor.get(site.address(max_age="600")))["code"]


async def test_one_of_our_own_clients_asks_for_no_consent(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    link = site.record["links"]["self"]
    proposed = await caller.step("admin", link, "mark_first_party")
    assert proposed.status_code == 202, proposed.text
    assert (await caller.send("admin", "GET", f"/clients/{site.record['id']}")).json()["first_party"] is False
    place = proposed.json()["links"]["self"].removeprefix("/access/v1")
    refused = await caller.send("admin", "POST", place, {"decision": "confirm"})
    assert (refused.status_code, refused.json()["reason"]) == (403, "second_person_is_the_first")
    confirmed = await caller.send("admin2", "POST", place, {"decision": "confirm"})
    assert confirmed.status_code == 200, confirmed.text
    again = await caller.step("admin", link, "mark_first_party")
    assert (again.status_code, again.json()["reason"]) == (409, "already_first_party")
    page = await visitor.follow(await visitor.get(site.address()))
    assert answer_of(await visitor.follow(await visitor.sign_in(page)))["code"]
    changed = {"redirect_uris": [*site.record["redirect_uris"], "https://other.example.org/"]}
    wider = await caller.send("admin", "PATCH", f"/clients/{site.record['id']}", changed, **{"If-Match": '"2"'})
    assert wider.status_code == 202, wider.text


async def test_a_code_is_used_once_and_a_second_use_ends_what_the_first_gave(
    caller: Caller, elsewhere: Authenticator
) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    code = await site.code(visitor)
    tokens = (await site.exchange(code)).json()
    await elsewhere.principal(f"Bearer {tokens['access_token']}")
    again = await site.exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    with pytest.raises(InvalidToken):
        await elsewhere.principal(f"Bearer {tokens['access_token']}")
    assert (await site.renew(tokens["refresh_token"])).status_code == 400


async def test_a_code_is_worth_nothing_with_another_verifier_address_or_client(caller: Caller) -> None:
    visitor, site, other = await a_visitor(caller), await a_site(caller), await a_site(caller)
    for changed in (
        {"code_verifier": "x" * 43},
        {"redirect_uri": "https://desk.example.org/"},
        {"client_id": other.client_id},
    ):
        code = await site.code(visitor)
        assert (await site.exchange(code, **changed)).json()["error"] == "invalid_grant", changed
        assert (await site.exchange(code)).json()["error"] == "invalid_grant", "burnt"
    for missing in ("code_verifier", "redirect_uri"):
        code = await site.code(visitor)
        assert (await site.exchange(code, **{missing: ""})).json()["error"] == "invalid_request"
    nobody = await site.exchange(await site.code(visitor), client_id="")
    assert (nobody.status_code, nobody.json()["error"]) == (401, "invalid_client")


async def test_a_code_ends_after_a_minute_and_with_the_sign_in(caller: Caller, superuser: asyncpg.Connection) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    code = await site.code(visitor)
    until = "SELECT until - now() FROM access_code WHERE digest = sha256($1::text::bytea)"
    left = await superuser.fetchval(until, code)
    assert timedelta(seconds=30) < left <= timedelta(seconds=60)
    await superuser.execute("UPDATE access_code SET until = now() WHERE digest = sha256($1::text::bytea)", code)
    assert (await site.exchange(code)).json()["error"] == "invalid_grant"
    code = await site.code(visitor)
    await visitor.fill(await visitor.get(ACCOUNT), {"action": "sign_out"})
    assert (await site.exchange(code)).json()["error"] == "invalid_grant"


async def test_the_tokens_of_a_public_client_rotate_and_are_bound_to_it(caller: Caller) -> None:
    visitor, site, other = await a_visitor(caller), await a_site(caller), await a_site(caller)
    tokens = await site.tokens(visitor)
    other_way = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    for refused in (await other.renew(tokens["refresh_token"]), await caller.http.post(TOKEN, data=other_way)):
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    renewed = (await site.renew(tokens["refresh_token"])).json()
    assert renewed["refresh_token"] != tokens["refresh_token"]
    assert renewed["scope"] == tokens["scope"]
    last = (await site.renew(renewed["refresh_token"])).json()
    assert (await site.renew(tokens["refresh_token"])).status_code == 400
    assert (await site.renew(last["refresh_token"])).status_code == 400, "a copied token ends the session"


async def test_a_confidential_client_keeps_its_refresh_token_and_shows_its_secret(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller, public=False, secret=True)
    tokens = await site.tokens(visitor)
    for _ in range(2):
        renewed = (await site.renew(tokens["refresh_token"])).json()
        assert renewed["refresh_token"] == tokens["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": site.client_id}
    refused = await caller.http.post(TOKEN, data=form)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    revoked = {"token": tokens["refresh_token"], "client_id": site.client_id, "client_secret": site.secret or ""}
    assert (await caller.http.post("/access/v1/oauth/revoke", data=revoked)).status_code == 200
    assert (await site.renew(tokens["refresh_token"])).status_code == 400


async def test_a_person_sees_and_takes_back_a_consent_which_ends_the_sessions(
    caller: Caller, elsewhere: Authenticator
) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    tokens = await site.tokens(visitor)
    own = (await caller.log_in(visitor.email, visitor.password)).json()
    (consent,) = (await _as(caller, own, "GET", "/authorizations")).json()["items"]
    assert (consent["client"], consent["scope"]) == (site.client_id, tokens["scope"])
    path = f"/authorizations/{consent['id']}"
    assert (await caller.send("expert", "DELETE", path)).status_code == 404
    assert (await caller.send("auditor", "DELETE", path)).status_code == 403
    assert (await _as(caller, own, "DELETE", path)).status_code == 204
    assert (await _as(caller, own, "GET", "/authorizations")).json()["items"] == []
    with pytest.raises(InvalidToken):
        await elsewhere.principal(f"Bearer {tokens['access_token']}")
    assert answer_of(await visitor.get(site.address(prompt="none")))["error"] == "consent_required"


async def test_a_suspended_client_loses_its_sessions_and_reaches_nobody(
    caller: Caller, elsewhere: Authenticator
) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    tokens = await site.tokens(visitor)
    assert (await caller.step("admin", site.record["links"]["self"], "suspend", reason="x")).status_code == 200
    with pytest.raises(InvalidToken):
        await elsewhere.principal(f"Bearer {tokens['access_token']}")
    refused = await visitor.get(site.address())
    assert (refused.status_code, "location" in refused.headers) == (400, False)


async def test_a_token_of_a_client_does_what_the_person_and_the_client_may(caller: Caller) -> None:
    visitor = await a_visitor(caller)
    visitor.email, visitor.password = caller.accounts["admin"]["username"], caller.accounts["admin"]["password"]
    site = await a_site(caller, resources=["access.clients", "membership.experts"], verbs=["read"])
    tokens = await site.tokens(visitor)
    assert (await _as(caller, tokens, "GET", "/clients")).status_code == 200
    for method, path in (
        ("GET", "/accounts"),
        ("GET", "/sessions"),
        ("GET", "/accounts/me"),
        ("DELETE", "/sessions"),
        ("POST", "/clients"),
        ("POST", "/api_keys"),
        ("POST", "/grants"),
    ):
        refused = await _as(caller, tokens, method, path, {} if method == "POST" else None)
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope"), (method, path)
    me = (await _as(caller, tokens, "GET", "/me")).json()
    assert (me["resources"], me["verbs"]) == (["access.clients", "membership.experts"], ["read"])
    narrow = await site.tokens(visitor, scope="membership.experts:read")
    assert (await _as(caller, narrow, "GET", "/clients")).json()["code"] == "insufficient_scope"
    wide = await a_site(caller, resources=["access.*"], verbs=["read", "write"])
    theirs = await wide.tokens(visitor)
    made = await _as(caller, theirs, "POST", "/api_keys", {"name": "x"})
    assert (made.status_code, made.json()["code"]) == (403, "insufficient_scope")


async def test_the_account_page_ends_sessions_and_consents(caller: Caller, elsewhere: Authenticator) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    assert (await visitor.get(ACCOUNT)).headers["location"] == SIGN_IN
    tokens = await site.tokens(visitor)
    page = await visitor.get(ACCOUNT)
    assert "Desk of a ministry" in page.text
    assert visitor.email in page.text
    for action in ("end_session", "end_authorization"):
        value = page.text.partition(f'value="{action} ')[2].partition('"')[0]
        assert (await visitor.fill(page, {"action": f"{action} {value}"})).headers["location"] == ACCOUNT
    with pytest.raises(InvalidToken):
        await elsewhere.principal(f"Bearer {tokens['access_token']}")
    after = await visitor.get(ACCOUNT)
    assert "Desk of a ministry" not in after.text
    assert (await visitor.fill(after, {"action": f"end_session {uuid4()}"})).status_code == 303
    assert (await visitor.fill(after, {"action": "close"})).status_code == 400
    assert (await visitor.fill(after, {"action": "sign_out"})).headers["location"] == "/access/signed-out"
    assert (await visitor.get(ACCOUNT)).headers["location"] == SIGN_IN
    assert visitor.cookies == {}


async def test_the_account_page_revokes_a_key_of_ones_own_alone(caller: Caller) -> None:
    visitor = await a_visitor(caller)
    await visitor.come()
    own = (await caller.log_in(visitor.email, visitor.password)).json()
    asked = {"name": "Figures", "resources": ["membership.*"], "verbs": ["read"]}
    mine = (await _as(caller, own, "POST", "/api_keys", asked)).json()
    other = (await caller.send("expert", "POST", "/api_keys", asked)).json()
    page = await visitor.get(ACCOUNT)
    assert mine["id"] in page.text
    assert other["id"] not in page.text
    for key in (other["id"], mine["id"], mine["id"]):
        assert (await visitor.fill(page, {"action": f"revoke_key {key}"})).headers["location"] == ACCOUNT
    assert (await _as(caller, own, "GET", f"/api_keys/{mine['id']}")).json()["status"] == "revoked"
    assert (await caller.send("expert", "GET", f"/api_keys/{other['id']}")).json()["status"] == "active"
    assert mine["id"] not in (await visitor.get(ACCOUNT)).text


async def test_a_new_password_signs_every_browser_out(caller: Caller) -> None:
    visitor = await a_visitor(caller)
    await visitor.come()
    own = (await caller.log_in(visitor.email, visitor.password)).json()
    changed = {"old_password": visitor.password, "new_password": uuid4().hex}
    assert (await _as(caller, own, "POST", "/accounts/me/password", changed)).status_code == 204
    assert (await visitor.get(ACCOUNT)).headers["location"] == SIGN_IN


async def test_a_consent_page_without_a_request_leads_to_the_account(caller: Caller) -> None:
    visitor = await a_visitor(caller)
    assert (await visitor.get(CONSENT)).headers["location"] == ACCOUNT
