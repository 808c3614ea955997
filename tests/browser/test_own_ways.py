"""In Chromium without scripts: a person loses an app and signs in by a recovery code, links a provider and takes the
link back, revokes an application, and signs out everywhere else."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, sign_in
from tests.support.providers import CLIENT, FakeProvider, serving_provider
from tests.support.running import Person
from tests.support.signing_in import ACCOUNT, FACTOR, Site

_BACK = "http://127.0.0.1:9/callback"


@pytest.fixture
def opened(browser: Browser, running: dict[str, Any]) -> Iterator[list[Page]]:
    """Pages of two browsers."""
    contexts = [browser.new_context(base_url=running["base_url"], java_script_enabled=False) for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.set_default_timeout(PATIENCE)
    yield pages
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def administrators(running: dict[str, Any]) -> Iterator[tuple[Person, Person]]:
    accounts = running["demo"]["accounts"]
    both = Person(running["base_url"], accounts["admin"]), Person(running["base_url"], accounts["admin2"])
    yield both
    for one in both:
        one.close()


def _buttons(page: Page, action: str) -> Any:
    return page.locator(f"button[value^='{action}']")


def test_somebody_who_lost_their_app_signs_in_by_a_recovery_code(opened: list[Page], person: str) -> None:
    page, elsewhere = opened
    sign_in(page, person)
    _buttons(page, "add_totp").click()
    app = pyotp.TOTP(page.locator("main code").inner_text())
    page.locator("#code").fill(app.now())
    page.locator("main form button").click()
    _buttons(page, "add_recovery_codes").click()
    code = page.locator("main li code").first.inner_text()
    for wanted in (ACCOUNT, FACTOR):
        sign_in(elsewhere, person)
        elsewhere.wait_for_url(re.compile(re.escape(FACTOR)))
        elsewhere.locator("#code").fill(code)
        elsewhere.locator("main form button").click()
        elsewhere.wait_for_url(re.compile(re.escape(wanted)))
        if wanted == ACCOUNT:
            _buttons(elsewhere, "remove_factor").first.click()
            expect(_buttons(elsewhere, "remove_factor")).to_have_count(0)
            _buttons(elsewhere, "add_totp").click()
            elsewhere.locator("#code").fill(pyotp.TOTP(elsewhere.locator("main code").inner_text()).now())
            elsewhere.locator("main form button").click()
            expect(_buttons(elsewhere, "remove_factor")).to_have_count(1)
            _buttons(elsewhere, "sign_out_elsewhere").click()
            page.goto(ACCOUNT)
            page.wait_for_url(re.compile("sign-in"))
            _buttons(elsewhere, "sign_out").first.click()
    expect(elsewhere.get_by_role("alert")).to_be_visible()


def test_somebody_links_a_provider_and_takes_the_link_back(
    opened: list[Page], person: str, administrators: tuple[Person, Person]
) -> None:
    page, admin, second = opened[0], *administrators
    with serving_provider() as provider:
        start = _connected(provider, admin, second)
        sign_in(page, person)
        link = page.locator(f"main a[href^='{start}']")
        link.click()
        page.wait_for_url(re.compile(re.escape(f"{provider.url}/authorize?")))
        answer = provider.sign_in(page.url, uuid4().hex, email="amina@health.example", email_verified=True)
        page.goto(f"{start.removesuffix('start')}callback?{urlencode(answer)}")
        page.wait_for_url(re.compile(re.escape(ACCOUNT)))
        expect(page.locator("main")).to_contain_text("amina@health.example")
        _buttons(page, "unlink").click()
        expect(link).to_have_count(1)


def _connected(provider: FakeProvider, admin: Person, second: Person) -> str:
    """The address at which people leave for a provider, which two administrators connect."""
    code = f"b-{uuid4().hex[:10]}"
    body = {"code": code, "titles": {"en": "Ministry"}, "issuer": provider.url, "client_id": CLIENT}
    place = admin.create("/access/v1/identity_providers", body)["links"]["self"]
    admin.step(place, "test")
    waiting = admin.try_step(place, "activate").json()["links"]["self"]
    assert second.send("POST", waiting, json={"decision": "confirm"}).status_code == 200
    return f"/access/v1/federation/{code}/start"


def test_somebody_revokes_an_application(
    opened: list[Page], person: str, running: dict[str, Any], administrators: tuple[Person, Person]
) -> None:
    page, (admin, _) = opened[0], administrators
    wanted = {"name": f"Desk {uuid4().hex}", "scope_kind": "global", "resources": ["membership.*"], "verbs": ["read"]}
    made = admin.create(
        "/access/v1/clients", {**wanted, "public": True, "redirect_uris": ["http://127.0.0.1/callback"]}
    )
    site = Site(httpx.AsyncClient(), made["client_id"], made, back=_BACK)
    sign_in(page, person)
    page.wait_for_url(re.compile(re.escape(ACCOUNT)))
    page.route(f"{_BACK}**", lambda route: route.fulfill(body="back"))
    page.goto(site.address())
    page.locator("button[value=allow]").click()
    page.wait_for_url(re.compile(re.escape(f"{_BACK}?") + ".*code="))
    page.goto(ACCOUNT)
    expect(page.locator("main")).to_contain_text(wanted["name"])
    _buttons(page, "end_authorization").click()
    expect(page.locator("main")).not_to_contain_text(wanted["name"])
    page.goto(site.address())
    expect(page.locator("button[value=allow]")).to_be_visible()
