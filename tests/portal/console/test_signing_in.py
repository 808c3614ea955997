"""People sign in to the console and out of it; their tokens stay on the server."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from services.portal.console.session import cookies, tokens
from services.portal.console.session.cookies import LARGEST
from services.portal.console.session.keys import ConsoleKeys
from services.portal.console.session.tokens import Session
from services.portal.settings import PortalSettings
from tests.support.console import ORIGIN, SECRET, Browser, ConsoleSystem

COOKIE = "__Host-console"
KEYS = ConsoleKeys([SECRET.encode()])


def session_in(browser: Browser) -> Session:
    found = Session.opened(KEYS, COOKIE, browser.cookies[COOKIE][0])
    assert found is not None
    return found


def put(browser: Browser, session: Session) -> None:
    browser.cookies[COOKIE] = (session.sealed(KEYS, COOKIE), "/")


async def test_a_person_signs_in_and_comes_to_the_page_that_they_wanted(console: ConsoleSystem) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"), name="Olga Example")
    page = await officer.open("/console/?x=1")
    assert page.status_code == 200
    assert str(page.url) == f"{ORIGIN}/console/?x=1"
    assert "Signed in as Olga Example" in page.text


async def test_the_cookie_is_of_this_host_alone_unreadable_and_small(console: ConsoleSystem) -> None:
    grants = [("secretariat_officer", "country", code) for code in ("XA", "XB", "XC")]
    officer = await console.person(*grants)
    await officer.open("/console/")
    (line,) = [
        line
        for response in officer.seen
        for line in response.headers.get_list("set-cookie")
        if line.startswith(f"{COOKIE}=")
    ]
    assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} == set(line.split("; ")[1:])
    assert len(line.split(";")[0]) < LARGEST
    session = session_in(officer)
    assert session.access not in line
    assert session.refresh not in line


async def test_no_token_is_in_a_page_or_an_address(console: ConsoleSystem) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    await officer.open("/console/")
    session = session_in(officer)
    out = await officer.fill(await officer.get("/console/"), at="sign-out")
    await officer.follow(out)
    secrets = (session.access, session.refresh, session.shown, SECRET)
    for response in officer.seen:
        given = f"{response.request.url} {response.headers} {response.text}"
        assert [secret for secret in secrets if secret in given] == []


async def test_a_page_is_not_stored_not_framed_and_runs_no_script(console: ConsoleSystem) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    page = await officer.open("/console/")
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-frame-options"] == "DENY"
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "<script" not in page.text


async def test_parallel_requests_renew_a_token_each_and_end_no_session(console: ConsoleSystem) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    await officer.open("/console/")
    put(officer, replace(session_in(officer), expires=0))
    before = officer.cookies
    pages = []
    for _ in range(3):
        officer.cookies = dict(before)
        pages.append(await officer.get("/console/"))
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert session_in(officer).expires > 0
    assert session_in(officer).access != Session.opened(KEYS, COOKIE, before[COOKIE][0]).access  # type: ignore[union-attr]


async def test_a_token_that_was_refused_early_is_renewed(console: ConsoleSystem) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    await officer.open("/console/")
    put(officer, replace(session_in(officer), access="no.such.token"))
    assert (await officer.get("/console/")).status_code == 200


async def test_signing_out_ends_both_sessions_and_clears_the_browser(console: ConsoleSystem) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    page = await officer.open("/console/")
    session, cookie = session_in(officer), officer.cookies[COOKIE]
    out = await officer.follow(await officer.fill(page, at="sign-out"))
    assert "You are signed out" in out.text
    assert out.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert COOKIE not in officer.cookies
    assert "__Host-escm" not in officer.cookies
    officer.cookies[COOKIE] = cookie
    put(officer, replace(session, access="no.such.token"))
    again = await officer.follow(await officer.get("/console/"))
    assert 'name="password"' in again.text


async def test_a_link_signs_nobody_out(console: ConsoleSystem) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    await officer.open("/console/")
    shown = await officer.get("/console/signed-out")
    assert "clear-site-data" not in shown.headers
    assert (await officer.get("/console/sign-out")).status_code == 405
    assert (await officer.get("/console/")).status_code == 200


async def test_the_console_speaks_the_language_of_the_account_or_a_chosen_one(console: ConsoleSystem) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    page = await officer.open("/console/")
    assert '<html lang="en">' in page.text
    arabic = await officer.follow(await officer.get("/console/language/ar?to=/console/%3Fx=1"))
    assert '<html lang="ar" dir="rtl">' in arabic.text
    assert str(arabic.url) == f"{ORIGIN}/console/?x=1"
    assert '<html lang="ar"' in (await officer.get("/console/")).text


async def test_a_rotated_secret_opens_the_cookies_of_before() -> None:
    old, new = b"first secret of a console", b"second secret of a console"
    session = Session("account", "session", "access", 1, "refresh", "id", "fr")
    sealed = session.sealed(ConsoleKeys([old]), COOKIE)
    assert Session.opened(ConsoleKeys([new, old]), COOKIE, sealed) == session
    assert Session.opened(ConsoleKeys([new]), COOKIE, sealed) is None
    assert Session.opened(ConsoleKeys([old]), "__Host-another", sealed) is None
    token = ConsoleKeys([old]).form_token("session")
    assert ConsoleKeys([new, old]).is_form_token("session", token)
    assert not ConsoleKeys([new]).is_form_token("session", token)


@pytest.mark.parametrize("sent", ["A" * 200, "", "no cookie of ours", "é"])
async def test_a_cookie_that_was_not_sealed_here_is_nobody(console: ConsoleSystem, sent: str) -> None:
    browser = console.browser()
    browser.cookies[COOKIE] = (sent, "/")
    response = await browser.http.get("/console/", headers={"Cookie": f"{COOKIE}={sent}".encode()})  # type: ignore[dict-item]
    assert response.status_code == 303
    assert response.headers["location"].startswith("/console/sign-in?")


async def test_a_changed_or_doubled_cookie_is_nobody(console: ConsoleSystem) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    await officer.open("/console/")
    value = officer.cookies[COOKIE][0]
    for place in (0, 20, len(value) // 2, len(value) - 1):
        changed = value[:place] + ("A" if value[place] != "A" else "B") + value[place + 1 :]
        response = await officer.http.get("/console/", headers={"Cookie": f"{COOKIE}={changed}"})
        assert response.status_code == 303, place
    tossed = await officer.http.get("/console/", headers={"Cookie": f"{COOKIE}={value}; {COOKIE}=planted"})
    assert tossed.status_code == 303
    assert (await officer.get("/console/")).status_code == 200


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/console/../access/account",
        "/console//evil.example",
        "/consoles",
        "javascript:alert(1)",
        "/console/\r\nX: y",
        "/console/#x",
        "/" * 500,
    ],
)
async def test_nobody_is_sent_outside_after_signing_in(console: ConsoleSystem, to: str) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    begun = await officer.http.get("/console/sign-in", params={"to": to})
    assert begun.status_code == 303
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    browser = begun.headers["set-cookie"].partition("=")[2].partition(";")[0]
    content = KEYS.open(state, browser)
    assert content is not None
    assert content.startswith(b'["/console/",')


async def _begun(browser: Browser) -> dict[str, str]:
    """The answer of the sign-in page, with which the browser did not yet go back to the console."""
    response = await browser.get("/console/sign-in")
    response = await browser.get(response.headers["location"])
    response = await browser.follow(response)
    response = await browser.fill(response, username=browser.email, password=browser.password)
    while "/console/callback" not in response.headers["location"]:
        response = await browser.get(response.headers["location"])
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


async def test_a_code_of_another_browser_signs_nobody_in(console: ConsoleSystem) -> None:
    """Login CSRF: somebody has another person's browser come with their own code."""
    attacker = await console.person(("secretariat_officer", "country", "XA"))
    answer = await _begun(attacker)
    victim = console.browser()
    refused = await victim.http.get("/console/callback", params=answer)
    assert refused.status_code == 400
    assert "You are not signed in" in refused.text
    assert COOKIE not in victim.cookies
    await victim.get("/console/sign-in")
    again = await _came(victim, answer)
    assert again.status_code == 400
    assert COOKIE not in victim.cookies
    assert (await _came(attacker, answer)).status_code == 303


async def _came(browser: Browser, answer: dict[str, str]) -> httpx.Response:
    return await browser.get(f"/console/callback?{httpx.QueryParams(answer)}")


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://another.example"},
        {"iss": ""},
        {"state": "AAAA"},
        {"code": "AAAA"},
        {"error": "access_denied", "code": ""},
    ],
    ids=str,
)
async def test_an_answer_that_is_not_to_this_sign_in_signs_nobody_in(
    console: ConsoleSystem, changed: dict[str, str]
) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    answer = {name: value for name, value in {**await _begun(officer), **changed}.items() if value}
    assert (await _came(officer, answer)).status_code == 400
    assert COOKIE not in officer.cookies


async def test_a_code_is_used_once_and_its_second_use_ends_the_session(console: ConsoleSystem) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    answer = await _begun(officer)
    assert (await _came(officer, answer)).status_code == 303
    assert (await _came(officer, answer)).status_code == 400


async def test_a_sign_in_older_than_ten_minutes_is_begun_again(
    console: ConsoleSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    answer = await _begun(officer)
    monkeypatch.setattr(cookies, "SIGN_IN_LIFE", -1)
    assert (await _came(officer, answer)).status_code == 400


async def test_a_console_without_a_key_says_so(console: ConsoleSystem) -> None:
    state = console.app.apps["portal"].state
    keys, state.console_keys = state.console_keys, None
    try:
        shown = await console.browser().get("/console/")
        assert (await console.browser().post("/console/sign-out")).status_code == 503
    finally:
        state.console_keys = keys
    assert shown.status_code == 503
    assert "The console is not set up here" in shown.text


def test_production_refuses_a_weak_key() -> None:
    common: dict[str, Any] = {
        "environment": "sandbox",
        "secret_key": "none",
        "role_password": "none",
        "database_url": "postgresql://127.0.0.1/none",
        "redis_url": "redis://:none@127.0.0.1/0",
    }
    with pytest.raises(ValueError, match="ESCM_PORTAL_CONSOLE_KEY has fewer than 20 characters"):
        PortalSettings(**common, console_key="short")
    with pytest.raises(ValueError, match="needs ESCM_PORTAL_CONSOLE_KEY"):
        PortalSettings(environment="test", console_previous_key="x" * 40)
    assert PortalSettings(environment="test").console_secrets == []


async def test_the_console_proves_itself_by_a_signature(console: ConsoleSystem) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    before = len(console.asking.asked)
    await officer.open("/console/")
    (asked,) = [one for one in console.asking.asked[before:] if one.url.path == tokens.TOKEN]
    form = parse_qs(asked.content.decode())
    assert "client_secret" not in form
    assert len(form["client_assertion"][0].split(".")) == 3
    assert form["code_verifier"][0]
