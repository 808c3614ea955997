"""A page of another site, in Chromium, against somebody who is signed in: it frames nothing and sends nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE, enter_console
from tests.support.running import Client

_EVIL = "http://evil.test"
_FRAMED = (
    *("/en/", "/en/countries/XJ", "/en/verify", "/en/countries/XA/error", "/docs", "/guides/"),
    *("/access/sign-in", "/console/", "/console/reporting", "/console/grants"),
)


@pytest.fixture
def victim(browser: Browser, running: dict[str, Any]) -> Iterator[BrowserContext]:
    """A browser in which the officer of the nine countries is signed in."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    enter_console(page, running, running["demo"]["accounts"]["officer2"])
    page.close()
    yield context
    context.close()


def _lured(context: BrowserContext, content: str) -> Page:
    """A page of the other site."""
    context.route(f"{_EVIL}/own", lambda route: route.fulfill(content_type="text/html", body="own"))
    context.route(f"{_EVIL}/", lambda route: route.fulfill(content_type="text/html", body=content))
    page = context.new_page()
    page.goto(f"{_EVIL}/")
    return page


@pytest.mark.long("signs somebody in")
def test_no_page_is_shown_in_a_frame_of_another_site(victim: BrowserContext, running: dict[str, Any]) -> None:
    addresses = [f"{running['base_url']}{path}" for path in _FRAMED]
    frames = "".join(f'<iframe src="{address}"></iframe>' for address in (*addresses, f"{_EVIL}/own"))
    page = _lured(victim, frames)
    page.wait_for_load_state("networkidle")
    *refused, own = page.frames[1:]
    assert own.content().count("own") == 1
    assert len(refused) == len(_FRAMED)
    for path, frame in zip(_FRAMED, refused, strict=True):
        assert frame.url.startswith("chrome-error:"), path


@pytest.mark.long("signs somebody in")
def test_a_form_of_another_site_changes_nothing_and_leaves_the_person_signed_in(
    victim: BrowserContext, running: dict[str, Any], secretariat: Client
) -> None:
    """The form sends what the console takes, with everything that another site can know."""
    before = secretariat.get("/actions/v1/tasks", limit=1, include="total_estimate")["total_estimate"]
    body = {"country": "XJ", "titles.en": "Planted", "due": "2030-01-01"}
    fields = "".join(f'<input name="{name}" value="{value}">' for name, value in body.items())
    action = f"{running['base_url']}/console/actions/tasks/new"
    page = _lured(victim, f'<form method="post" action="{action}">{fields}<button>Win</button></form>')
    with page.expect_response(action) as sent:
        page.get_by_role("button").click()
    assert sent.value.status in (403, 303)
    found = secretariat.get("/actions/v1/tasks", q="Planted")["items"]
    assert (found, secretariat.get("/actions/v1/tasks", limit=1, include="total_estimate")["total_estimate"]) == (
        [],
        before,
    )
    own = victim.new_page()
    own.goto(f"{running['base_url']}/console/")
    expect(own.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.mark.long("signs somebody in")
def test_a_link_of_another_site_leads_nowhere_else_and_takes_no_step(
    victim: BrowserContext, running: dict[str, Any]
) -> None:
    """Links are followed with the session: they only show, and lead nobody on to another site."""
    base = running["base_url"]
    for tail in (
        "/console/language/ar?to=//evil.test/",
        "/console/sign-in?to=https://evil.test/",
        "/console/countries?code=//evil.test",
        "/console/sign-out",
    ):
        page = _lured(victim, f'<a href="{base}{tail}">Win</a>')
        page.get_by_role("link").click()
        page.wait_for_url(f"{base}/**")
        assert page.url.startswith(f"{base}/"), tail
        page.close()
        victim.unroute_all()
    page = victim.new_page()
    page.goto(f"{base}/console/language/en?to=/console/")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.mark.long("signs somebody in")
def test_a_session_that_another_host_tossed_is_not_used(
    victim: BrowserContext, browser: Browser, running: dict[str, Any]
) -> None:
    """Somebody's own cookie, for a longer path, comes before that of who is signed in, who then works as nobody."""
    own = browser.new_context()
    own.set_default_timeout(PATIENCE)
    enter_console(own.new_page(), running, running["demo"]["accounts"]["focal_point"])
    planted = next(cookie for cookie in own.cookies() if cookie["name"] == "console")
    own.close()
    base = running["base_url"]
    victim.add_cookies([{"name": "console", "value": planted["value"], "url": f"{base}/console/grants"}])
    assert [one["name"] for one in victim.cookies(f"{base}/console/grants")].count("console") == 2
    answer = victim.request.get(f"{base}/console/grants", max_redirects=0)
    assert answer.status in (302, 303)
    assert "/console/sign-in" in answer.headers["location"]
    victim.clear_cookies(path="/console/")
    assert victim.request.get(f"{base}/console/grants", max_redirects=0).status == 200, "their own still stands"
