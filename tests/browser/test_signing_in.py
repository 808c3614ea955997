"""A person signs in to a client in Chromium without scripts: the consent and the account have no barrier."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE
from tests.browser.test_pages import OVERFLOW, barriers
from tests.support.signing_in import Site

_LOOKS = ((320, "dark", "ar"), (1280, "light", "en"))


class _ClientPage(BaseHTTPRequestHandler):
    """The page of a client to which a browser comes back."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The origin of a client on a port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _ClientPage) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def site(running: dict[str, Any], origin: str) -> Site:
    """A client of nobody."""
    base, admin = running["base_url"], running["demo"]["accounts"]["admin"]
    with httpx.Client(base_url=base, trust_env=False) as http:
        form = {"grant_type": "password", "username": admin["username"], "password": admin["password"]}
        token = http.post("/access/v1/oauth/token", data=form).json()["access_token"]
        body = {
            "name": "Desk of Alphaland", "scope_kind": "global", "resources": ["membership.experts"], "verbs": ["read"],
            "public": True, "redirect_uris": ["http://127.0.0.1/callback"],
        }  # fmt: skip
        made = http.post("/access/v1/clients", json=body, headers={"Authorization": f"Bearer {token}"}).json()
    return Site(httpx.AsyncClient(), made["client_id"], made, back=f"{origin}/callback")


@pytest.fixture(params=_LOOKS, ids=lambda look: f"{look[2]} {look[1]} {look[0]}px")
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[Page, str]]:
    width, scheme, language = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale=language, java_script_enabled=False
    )
    found = context.new_page()
    found.set_default_timeout(PATIENCE)
    yield found, language
    context.close()


def test_a_person_signs_in_consents_and_arrives_at_the_client(
    page: tuple[Page, str], browser: Browser, running: dict[str, Any], site: Site, origin: str
) -> None:
    shown, language = page
    person = running["demo"]["accounts"]["officer"]
    shown.goto(f"{running['base_url']}{site.address(ui_locales=language, prompt='consent')}")
    expect(shown.locator("html")).to_have_attribute("lang", language)
    shown.locator("#username").fill(person["username"])
    shown.locator("#password").fill(person["password"])
    shown.locator("main button").click()
    expect(shown.locator("main")).to_contain_text(origin)
    seen = [shown.url]
    shown.locator("button[value=allow]").click()
    shown.wait_for_url(re.compile(re.escape(site.back) + r"\?(.*&)?code=[\w-]{43}&"))
    shown.goto(f"{running['base_url']}/access/account?language={language}")
    expect(shown.locator("main")).to_contain_text("Desk of Alphaland")
    seen.append(shown.url)
    context = browser.new_context(
        storage_state=shown.context.storage_state(),
        viewport=shown.viewport_size,
        color_scheme="dark" if language == "ar" else "light",
    )
    with_scripts = context.new_page()
    for address in seen:
        with_scripts.goto(address)
        assert barriers(with_scripts) == []
        assert with_scripts.evaluate(OVERFLOW) == 0, "the page scrolls sideways"
    context.close()
