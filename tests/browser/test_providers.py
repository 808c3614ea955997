"""The links of identity providers on the sign-in page have no barrier, and lead to the provider without scripts."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PATIENCE
from tests.browser.test_pages import OVERFLOW, barriers
from tests.support.providers import CLIENT, FakeProvider, serving_provider
from tests.support.running import Client, Person


@pytest.fixture(scope="module")
def connected(running: dict[str, Any]) -> Iterator[FakeProvider]:
    """An active provider for people of `health.gov.example`."""
    base, accounts = running["base_url"], running["demo"]["accounts"]
    admin, second = Person(base, accounts["admin"]), Person(base, accounts["admin2"])
    with serving_provider() as provider:
        titles = {"en": "Ministry of Health", "ar": "وزارة الصحة"}
        named = {"code": f"b-{uuid4().hex[:10]}", "titles": titles, "client_id": CLIENT, "accounts": "anyone"}
        body = {**named, "issuer": provider.url, "domains": ["health.gov.example"]}
        place = admin.create("/access/v1/identity_providers", body)["links"]["self"]
        admin.step(place, "test")
        waiting = admin.try_step(place, "activate").json()["links"]["self"]
        assert second.send("POST", waiting, json={"decision": "confirm"}).status_code == 200
        yield provider
        admin.step(place, "retire")
    _closed(admin, second)


def _closed(*clients: Client) -> None:
    for client in clients:
        client.close()


@pytest.mark.parametrize(("width", "scheme", "language"), [(320, "dark", "ar"), (1280, "light", "en")])
def test_a_person_finds_the_provider_of_their_address(
    browser: Browser, running: dict[str, Any], connected: FakeProvider, width: int, scheme: Any, language: str
) -> None:
    viewport: Any = {"width": width, "height": 900}
    plain = browser.new_context(viewport=viewport, color_scheme=scheme, locale=language, java_script_enabled=False)
    shown = plain.new_page()
    shown.set_default_timeout(PATIENCE)
    shown.goto(f"{running['base_url']}/access/sign-in?language={language}")
    shown.locator("#username").fill("amina@health.gov.example")
    shown.locator("button[value=provider]").click()
    link = shown.locator("main a[href*='/start']")
    expect(link).to_have_count(1)
    expect(link).to_contain_text("وزارة الصحة" if language == "ar" else "Ministry of Health")
    left = httpx.get(f"{running['base_url']}{link.get_attribute('href')}", trust_env=False)
    assert left.headers["location"].startswith(f"{connected.url}/authorize?")
    plain.close()
    context = browser.new_context(viewport=viewport, color_scheme=scheme, locale=language)
    with_scripts = context.new_page()
    with_scripts.goto(f"{running['base_url']}/access/sign-in?language={language}")
    assert barriers(with_scripts) == []
    assert with_scripts.evaluate(OVERFLOW) == 0, "the page scrolls sideways"
    context.close()
