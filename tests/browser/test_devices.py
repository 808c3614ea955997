"""A person enters the code of a device in Chromium without scripts: the pages have no barrier, also in Arabic."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE
from tests.browser.test_pages import OVERFLOW, barriers

_LOOKS = ((320, "dark", "ar"), (1280, "light", "en"))
_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture(params=_LOOKS, ids=lambda look: f"{look[2]} {look[1]} {look[0]}px")
def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    width, scheme, language = request.param
    return {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "locale": language}


@pytest.fixture
def page(browser: Browser, look: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(**look, java_script_enabled=False)
    found = context.new_page()
    found.set_default_timeout(PATIENCE)
    yield found
    context.close()


def _has_no_barrier(browser: Browser, page: Page, look: dict[str, Any]) -> None:
    """The page as it is, in a browser that runs the tool which looks for barriers."""
    context = browser.new_context(**look)
    copy = context.new_page()
    style = httpx.get(page.url.split("/access/")[0] + "/docs/style.css", trust_env=False)
    copy.set_content(page.content())
    copy.add_style_tag(content=style.text)
    assert barriers(copy) == []
    assert copy.evaluate(OVERFLOW) == 0, "the page scrolls sideways"
    context.close()


def test_a_person_allows_a_device_on_the_page(
    browser: Browser, page: Page, look: dict[str, Any], running: dict[str, Any]
) -> None:
    base, person = running["base_url"], running["demo"]["accounts"]["officer"]
    with httpx.Client(base_url=base, trust_env=False) as http:
        codes = http.post("/access/v1/oauth/device_authorization", data={"client_id": "escm-cli"}).json()
        page.goto(codes["verification_uri"])
        page.locator("#username").fill(person["username"])
        page.locator("#password").fill(person["password"])
        page.locator("main button").first.click()
        expect(page.locator("html")).to_have_attribute("lang", look["locale"])
        _has_no_barrier(browser, page, look)
        page.locator("#user_code").fill("BBBB-BBBB")
        page.locator("main button").click()
        expect(page.locator("[role=alert]")).to_be_visible()
        _has_no_barrier(browser, page, look)
        page.locator("#user_code").fill(codes["user_code"].lower())
        page.locator("main button").click()
        expect(page.locator("main")).to_contain_text(codes["user_code"])
        assert page.locator("main code").first.evaluate("e => getComputedStyle(e).direction") == "ltr"
        _has_no_barrier(browser, page, look)
        page.locator("button[value=allow]").click()
        expect(page.locator("main .lead")).to_be_visible()
        _has_no_barrier(browser, page, look)
        form = {"grant_type": _GRANT, "device_code": codes["device_code"], "client_id": "escm-cli"}
        assert http.post("/access/v1/oauth/token", data=form).status_code == 200
