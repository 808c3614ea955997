"""Requests that nobody may get a code by, forms of other sites, and what no page gives away."""

import asyncio
import re
from typing import Any

import asyncpg
import pytest

from tests.access.caller import TOKEN, Caller
from tests.access.signing_in.walking import a_site, a_visitor
from tests.support.signing_in import ACCOUNT, AUTHORIZE, BACK, SIGN_IN, Site, Visitor, answer_of
from tests.support.waiting import eventually

_NEVER_REDIRECTED: dict[str, dict[str, str | None]] = {
    "no client": {"client_id": None},
    "an empty client": {"client_id": ""},
    "an unknown client": {"client_id": "client-of-nobody"},
    "a client with a line break": {"client_id": "client\r\nLocation: https://evil.example"},
    "no address": {"redirect_uri": None},
    "another host": {"redirect_uri": "https://evil.example.org/callback"},
    "another path": {"redirect_uri": f"{BACK}/deeper"},
    "a path that climbs": {"redirect_uri": f"{BACK}/../../open"},
    "a further parameter": {"redirect_uri": f"{BACK}?next=https://evil.example.org"},
    "a fragment": {"redirect_uri": f"{BACK}#x"},
    "a user": {"redirect_uri": "https://desk.example.org@evil.example.org/callback"},
    "a backslash": {"redirect_uri": "https://desk.example.org\\@evil.example.org/callback"},
    "capitals": {"redirect_uri": "https://DESK.example.org/callback"},
    "an encoded letter": {"redirect_uri": "https://desk.example.org/%63allback"},
    "a port": {"redirect_uri": "https://desk.example.org:8443/callback"},
    "plain http": {"redirect_uri": "http://desk.example.org/callback"},
    "a subdomain": {"redirect_uri": "https://x.desk.example.org/callback"},
    "a script": {"redirect_uri": "javascript:alert(1)"},
    "no scheme": {"redirect_uri": "//desk.example.org/callback"},
    "loopback that nobody registered": {"redirect_uri": "http://127.0.0.1:9/callback"},
}
_ANSWERED: dict[str, tuple[str, dict[str, str | None]]] = {
    "no PKCE": ("invalid_request", {"code_challenge": None, "code_challenge_method": None}),
    "no method, which is plain": ("invalid_request", {"code_challenge_method": None}),
    "plain": ("invalid_request", {"code_challenge_method": "plain"}),
    "a method in small letters": ("invalid_request", {"code_challenge_method": "s256"}),
    "a short challenge": ("invalid_request", {"code_challenge": "short"}),
    "a long challenge": ("invalid_request", {"code_challenge": "x" * 44}),
    "the implicit grant": ("unsupported_response_type", {"response_type": "token"}),
    "a hybrid": ("unsupported_response_type", {"response_type": "code id_token"}),
    "no response type": ("unsupported_response_type", {"response_type": None}),
    "a fragment": ("invalid_request", {"response_mode": "fragment"}),
    "a form": ("invalid_request", {"response_mode": "form_post"}),
    "a request object": ("request_not_supported", {"request": "e30.e30."}),
    "an address of a request": ("request_uri_not_supported", {"request_uri": "https://evil.example.org/"}),
    "more than the client has": ("invalid_scope", {"scope": "actions.results:write"}),
    "a scope that nobody knows": ("invalid_scope", {"scope": "everything"}),
    "an unknown prompt": ("invalid_request", {"prompt": "please"}),
    "silence and a question": ("invalid_request", {"prompt": "none login"}),
    "no number of seconds": ("invalid_request", {"max_age": "-1"}),
    "a long nonce": ("invalid_request", {"nonce": "x" * 1025}),
}


@pytest.mark.parametrize("name", _NEVER_REDIRECTED)
async def test_without_a_registered_address_there_is_a_page_and_no_redirect(caller: Caller, name: str) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    for signed_in in (False, True):
        if signed_in:
            await visitor.come()
        response = await visitor.get(site.address(**_NEVER_REDIRECTED[name]))
        assert (response.status_code, "location" in response.headers) == (400, False)
        assert response.headers["content-type"] == "text/html; charset=utf-8"
    as_json = await visitor.get(site.address(**_NEVER_REDIRECTED[name]), Accept="application/json")
    assert as_json.json()["code"] == "unregistered_redirect"


@pytest.mark.parametrize("name", _ANSWERED)
async def test_another_fault_reaches_the_client_and_gives_no_code(caller: Caller, name: str) -> None:
    error, changed = _ANSWERED[name]
    visitor, site = await a_visitor(caller), await a_site(caller)
    await visitor.come()
    answer = answer_of(await visitor.get(site.address(**changed)))
    assert (answer["error"], answer["iss"], answer["state"]) == (error, "http://access.test", site.state)
    assert "code" not in answer


async def test_a_parameter_that_occurs_twice_is_refused(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    await visitor.come()
    for twice in ("state=x", "response_type=code", "code_challenge=x", "nonce=y"):
        assert answer_of(await visitor.get(f"{site.address()}&{twice}"))["error"] == "invalid_request"
    for twice in ("redirect_uri=https://evil.example.org/", "client_id=x"):
        assert (await visitor.get(f"{site.address()}&{twice}")).status_code == 400
    assert (await visitor.get(f"{AUTHORIZE}?{'a' * 5000}")).status_code == 400


async def test_a_loopback_address_stands_for_each_port_and_no_other_host(caller: Caller) -> None:
    visitor = await a_visitor(caller)
    site = await a_site(caller, redirect_uris=["http://127.0.0.1/callback", "http://[::1]/callback"])
    await visitor.come()
    for address in ("http://127.0.0.1:49152/callback", "http://[::1]:8080/callback", "http://127.0.0.1/callback"):
        site.back = address
        assert (await site.exchange((answer_of(await site.answered(visitor), address))["code"])).status_code == 200
    for address in (
        "http://localhost:49152/callback",
        "http://127.0.0.1:49152/other",
        "http://127.0.0.1:999999/callback",
        "http://127.0.0.1:80@evil.example.org/callback",
        "https://127.0.0.1:49152/callback",
        "http://127.0.0.2:49152/callback",
    ):
        assert (await visitor.get(site.address(redirect_uri=address))).status_code == 400, address


async def test_a_code_of_one_client_is_worth_nothing_at_another_and_is_burnt(caller: Caller) -> None:
    visitor, site, thief = await a_visitor(caller), await a_site(caller), await a_site(caller)
    code = await site.code(visitor)
    thief.verifier = site.verifier
    assert (await thief.exchange(code)).json()["error"] == "invalid_grant"
    assert (await site.exchange(code)).json()["error"] == "invalid_grant"


async def test_an_attackers_code_opens_no_session_with_the_victims_verifier(caller: Caller) -> None:
    attacker, site = await a_visitor(caller), await a_site(caller)
    code = await site.code(attacker)
    victims = Site(site.http, site.client_id, site.record)
    assert (await victims.exchange(code)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "body",
    [
        {"redirect_uris": ["https://desk.example.org/*"]},
        {"redirect_uris": ["https://desk.example.org/#x"]},
        {"redirect_uris": ["http://desk.example.org/"]},
        {"redirect_uris": ["https://a@desk.example.org/"]},
        {"redirect_uris": ["https://desk.example.org/../x"]},
        {"redirect_uris": ["site:/callback"]},
        {"redirect_uris": [f"https://desk.example.org/{n}" for n in range(11)]},
        {"redirect_uris": []},
        {"secret": True},
        {"first_party": True},
    ],
)
async def test_a_client_is_not_registered_with_such_an_address(caller: Caller, body: dict[str, Any]) -> None:
    plain = {"name": "x", "scope_kind": "global", "resources": ["membership.*"], "verbs": ["read"], "public": True}
    wanted = {**plain, "redirect_uris": [BACK], **body}
    refused = await caller.send("admin", "POST", "/clients", wanted)
    if body == {"redirect_uris": ["https://desk.example.org/*"]}:
        assert refused.status_code == 201, "a star is a letter of a path and stands for nothing else"
        return
    assert refused.status_code == 422, refused.text


async def test_the_mere_name_of_a_client_with_a_secret_proves_nothing(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller, public=False, secret=True)
    code = await site.code(visitor)
    secret, site.secret = site.secret, None
    refused = await site.exchange(code)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    site.secret = secret
    assert (await site.exchange(code)).status_code == 200
    public = await a_site(caller)
    form = {"grant_type": "client_credentials", "client_id": public.client_id}
    assert (await caller.http.post(TOKEN, data=form)).json()["error"] == "invalid_client"
    more = await caller.send("admin", "POST", f"/clients/{public.record['id']}/secrets")
    assert (more.status_code, more.json()["reason"]) == (409, "client_is_public")


async def test_a_form_of_another_site_or_browser_is_refused(caller: Caller) -> None:
    visitor, attacker = await a_visitor(caller), await a_visitor(caller)
    page, foreign = await visitor.get(SIGN_IN), await attacker.get(SIGN_IN)
    form = {"username": attacker.email, "password": attacker.password}
    token = re.findall(r'name="token" value="([0-9a-f]{64})"', foreign.text)[0]
    refusals = [
        await visitor.post(SIGN_IN, {**form, "token": token}),
        await visitor.post(SIGN_IN, form),
        await visitor.fill(page, form, **{"Sec-Fetch-Site": "cross-site"}),
        await visitor.fill(page, form, **{"Sec-Fetch-Site": "same-site"}),
        await visitor.fill(page, form, Origin="https://evil.example.org"),
        await visitor.fill(page, form, Origin="null"),
    ]
    for refused in refusals:
        assert (refused.status_code, "set-cookie" in refused.headers) == (400, False)
    assert (await visitor.get(ACCOUNT)).headers["location"] == SIGN_IN
    signed_in = await visitor.fill(page, form, Origin="http://access.test")
    assert signed_in.headers["location"] == ACCOUNT


async def test_a_cookie_that_somebody_else_set_is_not_kept(caller: Caller) -> None:
    visitor = await a_visitor(caller)
    await visitor.get(SIGN_IN)
    planted = visitor.cookies["escm"]
    await visitor.come()
    fixed = Visitor(visitor.http, "", "", {"escm": planted})
    assert (await fixed.get(ACCOUNT)).headers["location"] == SIGN_IN, "the cookie before the sign-in is worth nothing"
    own = visitor.cookies["escm"]
    tossed = await visitor.http.get(ACCOUNT, headers={"Cookie": f"escm={planted}; escm={own}", "Accept": "text/html"})
    assert tossed.headers["location"] == SIGN_IN
    await visitor.sign_in(await visitor.get(SIGN_IN))
    assert visitor.cookies["escm"] != own
    old = Visitor(visitor.http, "", "", {"escm": own})
    assert (await old.get(ACCOUNT)).headers["location"] == SIGN_IN


async def test_no_page_is_framed_stored_or_runs_a_script(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    sign_in = await visitor.follow(await visitor.get(site.address()))
    consent = await visitor.follow(await visitor.sign_in(sign_in))
    pages = [sign_in, consent, await visitor.get(ACCOUNT), await visitor.get("/access/signed-out")]
    for page in (*pages, await visitor.get(site.address(client_id="x"))):
        policy = page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert page.headers["cache-control"] == "no-store"
        assert "<script" not in page.text
    for page in pages:
        assert page.headers["x-frame-options"] == "DENY"
        assert "script-src" not in page.headers["content-security-policy"]
    for page in (sign_in, consent):
        assert "form-action 'self' https://desk.example.org;" in page.headers["content-security-policy"]
    assert "form-action 'self';" in pages[2].headers["content-security-policy"]


async def test_the_host_header_leads_nowhere(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    evil = {"Host": "evil.example.org", "X-Forwarded-Host": "evil.example.org"}
    page = await visitor.get(site.address(), **evil)
    assert page.headers["location"].startswith("/access/sign-in?")
    shown = await visitor.get(page.headers["location"], **evil)
    assert "evil.example.org" not in shown.text
    for query in ("?next=https://evil.example.org", "?request=https://evil.example.org", "?request="):
        response = await visitor.get(f"{SIGN_IN}{query}")
        assert "evil.example.org" not in response.text
    await visitor.come()
    answer = answer_of(await site.answered(visitor, scope=None))
    assert answer["iss"] == "http://access.test"


async def test_known_and_unknown_addresses_have_the_same_page(caller: Caller) -> None:
    visitor = await a_visitor(caller)
    unknown = f"{'x' * (len(visitor.email) - 12)}@example.org"
    responses = []
    for email in (visitor.email, unknown):
        page = await visitor.get(SIGN_IN)
        responses.append(await visitor.fill(page, {"username": email, "password": "not this one"}))
    first, second = responses
    assert (first.status_code, second.status_code) == (400, 400)
    assert first.text.replace(visitor.email, unknown) == second.text
    assert first.headers.keys() == second.headers.keys()


async def test_wrong_passwords_on_the_page_lock_as_they_do_elsewhere(caller: Caller) -> None:
    visitor = await a_visitor(caller)
    page = await visitor.get(SIGN_IN)
    for _ in range(6):
        assert (await visitor.sign_in(page, "not this one")).status_code == 400
    locked = await visitor.sign_in(page)
    assert (locked.status_code, locked.headers["content-type"]) == (429, "text/html; charset=utf-8")
    assert int(locked.headers["retry-after"]) > 0
    assert (await caller.log_in(visitor.email, visitor.password)).status_code == 429


_SESSIONS = "SELECT count(*) FROM access_session WHERE client = $1 AND status = 'active'"


async def test_a_kill_between_code_and_token_gives_one_session_or_none(
    caller: Caller, superuser: asyncpg.Connection, database_url: str
) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    code = await site.code(visitor)
    holder = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    lock = holder.transaction()
    await lock.start()
    await holder.execute("SELECT 1 FROM access_code WHERE digest = sha256($1::text::bytea) FOR UPDATE", code)
    cut = asyncio.create_task(site.exchange(code))
    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%access_code%'"
    pid = await eventually(lambda: superuser.fetchval(waiting))
    await superuser.execute("SELECT pg_terminate_backend($1)", pid)
    assert (await cut).status_code >= 500
    await lock.rollback()
    await holder.close()
    assert await superuser.fetchval(_SESSIONS, site.record["id"]) == 0
    assert (await site.exchange(code)).status_code == 200
    assert await superuser.fetchval(_SESSIONS, site.record["id"]) == 1


async def test_two_exchanges_at_once_leave_at_most_one_session(caller: Caller, superuser: asyncpg.Connection) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    code = await site.code(visitor)
    both = await asyncio.gather(site.exchange(code), site.exchange(code))
    assert sorted(response.status_code for response in both) == [200, 400]
    assert await superuser.fetchval(_SESSIONS, site.record["id"]) == 0
