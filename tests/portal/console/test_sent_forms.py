"""Forms of the console: taken from pages of this session alone, and kept while a person signs in again."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import Response

from services.portal.console.frame.responses import page, seen
from services.portal.console.frame.route import console_router
from services.portal.console.session import cookies
from services.portal.console.session.guards import CurrentCaller, SentForm
from services.portal.console.session.kept import MOST_FIELDS, KeptForm, keep, kept_for
from shared.web.contract.route_options import RouteOptions
from shared.web.request import step_up
from tests.portal.console.test_signing_in import COOKIE, KEYS, put, session_in
from tests.support.clock import stopped_clock
from tests.support.console import ORIGIN, Browser, ConsoleSystem, form_of

_PAGE = RouteOptions(is_public=True, is_keyed=False)
_router = console_router()
_sent: list[list[tuple[str, str]]] = []


@_router.get("/console/probe", options=_PAGE)
async def show_probe(caller: CurrentCaller) -> Response:
    return page(caller, "signed_in.html")


@_router.post("/console/probe", options=_PAGE)
async def send_probe(caller: CurrentCaller, form: SentForm) -> Response:
    _sent.append(form.multi_items())
    return seen("/console/", done="saved")


@_router.post("/console/probe/sure", options=_PAGE)
async def send_surely(caller: CurrentCaller, form: SentForm) -> Response:
    """Something that the API does for a young sign-in alone."""
    reply = await caller.send("POST", "/access/v1/accounts/me/email", {"password": form["password"], "email": "x@y.zz"})
    _sent.append([*form.multi_items(), ("status", str(reply.status_code))])
    return seen("/console/", done="saved")


@pytest.fixture
def sent(console: ConsoleSystem) -> list[list[tuple[str, str]]]:
    """What the probe received."""
    portal: Any = console.app.apps["portal"]
    if not any(getattr(route, "path", "") == "/console/probe" for route in portal.router.routes):
        portal.router.routes.extend(_router.routes)
        portal.__dict__.pop("dispatch", None)
        portal.middleware_stack = portal.build_middleware_stack()
    _sent.clear()
    return _sent


@pytest.fixture
async def officer(console: ConsoleSystem) -> Browser:
    found = await console.person(("secretariat_officer", "country", "XA"))
    await found.open("/console/")
    return found


def _token(page: httpx.Response) -> dict[str, str]:
    return form_of(page, "sign-out")[1]


async def test_a_form_of_this_session_is_taken_as_it_was_sent(sent: Any, officer: Browser) -> None:
    fields = {**_token(await officer.get("/console/")), "text": " <b>é</b>\r\nب", "list": ["a", "b"], "empty": ""}
    response = await officer.post("/console/probe", fields)
    assert response.headers["location"] == "/console/?done=saved"
    assert sent == [[("text", " <b>é</b>\r\nب"), ("list", "a"), ("list", "b"), ("empty", "")]]
    assert "It is saved." in (await officer.follow(response)).text


async def test_a_form_has_room_for_500_rows_and_says_what_its_bound_is(sent: Any, officer: Browser) -> None:
    token = _token(await officer.get("/console/"))
    rows = {f"pillars.{row}.part{part}": "x" for row in range(500) for part in range(14)}
    assert (await officer.post("/console/probe", {**token, **rows})).status_code == 303
    assert sent == [list(rows.items())]
    refused = await officer.post("/console/probe", {**token, **{f"f{n}": "" for n in range(MOST_FIELDS)}})
    assert (refused.status_code, len(sent)) == (400, 1)
    assert "more than 10000 fields" in refused.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"{ORIGIN}.evil.example"},
        {},
    ],
    ids=str,
)
async def test_a_form_of_another_site_is_refused(sent: Any, officer: Browser, headers: dict[str, str]) -> None:
    fields = _token(await officer.get("/console/"))
    cookie = {"Cookie": f"{COOKIE}={officer.cookies[COOKIE][0]}", "Accept": "text/html"}
    response = await officer.http.post("/console/probe", data=fields, headers={**cookie, **headers})
    assert response.status_code == 403
    assert sent == []
    by_nobody = await officer.http.post("/console/probe", data=fields, headers=headers)
    assert by_nobody.status_code == 403
    assert "set-cookie" not in by_nobody.headers


async def test_an_old_browser_says_the_origin_alone(sent: Any, officer: Browser) -> None:
    fields = _token(await officer.get("/console/"))
    headers = {"Cookie": f"{COOKIE}={officer.cookies[COOKIE][0]}", "Origin": ORIGIN}
    assert (await officer.http.post("/console/probe", data=fields, headers=headers)).status_code == 303
    assert len(sent) == 1


async def test_the_token_of_another_session_sends_nothing(console: ConsoleSystem, sent: Any, officer: Browser) -> None:
    other = await console.person(("secretariat_officer", "country", "XA"))
    stolen = _token(await other.open("/console/"))
    for fields in (stolen, {}, {"form_token": ""}, {"form_token": "é"}):
        response = await officer.post("/console/probe", {**fields, "text": "kept"})
        assert response.status_code == 400
    assert sent == []
    await officer.fill(response, at="probe")
    assert sent == [[("text", "kept")]]


async def test_what_was_entered_is_kept_while_a_person_signs_in_again(sent: Any, officer: Browser) -> None:
    fields = {**_token(await officer.get("/console/")), "text": "a long text " * 200, "list": ["1", "2"]}
    session = session_in(officer)
    await _end(officer)
    response = await officer.post("/console/probe", fields)
    assert response.headers["location"].startswith("/console/sign-in?to=%2Fconsole%2Fresume")
    response = await officer.follow(response)
    assert 'name="password"' in response.text
    response = await officer.follow(await officer.fill(response, username=officer.email, password=officer.password))
    assert "Go on with what you entered" in response.text
    assert sent == []
    assert session_in(officer).id != session.id
    action, hidden = form_of(response, "/console/probe")
    await officer.post(action, {**hidden, "list": ["1", "2"]})
    assert sent == [[("text", "a long text " * 200), ("list", "1"), ("list", "2")]]
    assert not [name for name in officer.cookies if "kept" in name]


async def _end(browser: Browser) -> None:
    """Ends the person's sessions everywhere, as an administrator or half a day does."""
    session = session_in(browser)
    bearer = {"Authorization": f"Bearer {session.access}"}
    for address in ("/access/v1/sessions", f"/access/v1/sessions/{session.id}"):
        assert (await browser.http.delete(address, headers=bearer)).is_success
    put(browser, replace(session_in(browser), access="no.such.token"))
    browser.cookies.pop("__Host-escm", None)


async def test_what_one_person_entered_is_not_shown_to_the_next(
    console: ConsoleSystem, sent: Any, officer: Browser
) -> None:
    fields = {**_token(await officer.get("/console/")), "text": "for me alone"}
    await _end(officer)
    response = await officer.follow(await officer.post("/console/probe", fields))
    other = await console.person()
    response = await officer.follow(await officer.fill(response, username=other.email, password=other.password))
    assert response.status_code == 404
    assert "for me alone" not in response.text
    assert sent == []


async def test_more_than_cookies_hold_stays_in_the_window(sent: Any, officer: Browser) -> None:
    text = "".join(chr(0x4E00 + number * 7919 % 20000) for number in range(20_000))
    fields = {**_token(await officer.get("/console/")), "text": text}
    await _end(officer)
    kept = await officer.post("/console/probe", fields)
    assert kept.status_code == 401
    assert "Sign in in another window" in kept.text
    assert "Close this window" in (await officer.open("/console/signed-in")).text
    refused = await officer.fill(kept, at="probe")
    assert refused.status_code == 400
    await officer.fill(refused, at="probe")
    assert sent == [[("text", text)]]


def test_what_is_kept_is_kept_for_half_an_hour_and_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    form = KeptForm("/console/x?y=1", [("a", "1"), ("a", "2")])
    headers = keep(KEYS, ORIGIN, "somebody", form)
    assert headers is not None
    given = {line.split("=")[0]: line.partition("=")[2].partition(";")[0] for line in headers}
    assert kept_for(KEYS, ORIGIN, "somebody", given) == form
    assert kept_for(KEYS, ORIGIN, "somebody else", given) is None
    assert all("Path=/console/resume" in line and "HttpOnly" in line for line in headers)
    monkeypatch.setattr(cookies, "KEPT_LIFE", -1)
    assert kept_for(KEYS, ORIGIN, "somebody", given) is None


async def test_a_step_that_needs_a_young_sign_in_leads_there_and_back(
    sent: Any, officer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {**_token(await officer.get("/console/")), "password": "wrong"}
    with monkeypatch.context() as patch:
        stopped_clock(patch, step_up).advance(301)
        response = await officer.post("/console/probe/sure", fields)
    assert "acr_values=1&max_age=300" in response.headers["location"]
    asked = await officer.get(response.headers["location"])
    assert "max_age=300" in asked.headers["location"]
    response = await officer.follow(asked)
    assert "Go on with what you entered" in response.text
    await officer.fill(response, at="sure")
    assert [dict(one)["status"] for one in sent] == ["422"]
