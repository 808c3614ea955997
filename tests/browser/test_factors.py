"""Second factors in Chromium: an app without scripts, a passkey of a virtual authenticator; no page has a barrier."""

import re
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, next_code, sign_in
from tests.browser.test_pages import OVERFLOW, barriers
from tests.support.signing_in import ACCOUNT, FACTOR, SIGN_IN

_LOOKS = ((320, "dark", "ar"), (1280, "light", "en"))
_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(params=_LOOKS, ids=lambda look: f"{look[2]} {look[1]} {look[0]}px")
def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    width, scheme, language = request.param
    return {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "locale": language}


@pytest.fixture
def page(browser: Browser, running: dict[str, Any], look: dict[str, Any]) -> Iterator[Page]:
    """A page at the name of the machine: browsers bind passkeys to names."""
    base = running["base_url"].replace("127.0.0.1", "localhost")
    context = browser.new_context(**look, base_url=base)
    found = context.new_page()
    found.set_default_timeout(PATIENCE)
    yield found
    context.close()


def _check(page: Page) -> None:
    assert barriers(page) == []
    assert page.evaluate(OVERFLOW) == 0, "the page scrolls sideways"


def test_an_app_is_added_and_used_without_scripts(
    browser: Browser, running: dict[str, Any], person: str, look: dict[str, Any]
) -> None:
    context = browser.new_context(**look, base_url=running["base_url"], java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    sign_in(page, person)
    page.locator("button[value=add_totp]").click()
    expect(page.locator("main svg")).to_be_visible()
    secret = page.locator("main code").inner_text()
    app = pyotp.TOTP(secret)
    page.locator("#code").fill(app.now())
    page.locator("main form button").click()
    expect(page.locator("button[value^=remove_factor]")).to_have_count(1)
    page.locator("button[value=sign_out]").click()
    page.wait_for_url(re.compile("signed-out"))
    sign_in(page, person)
    page.wait_for_url(re.compile(re.escape(FACTOR)))
    page.locator("#code").fill("000000")
    page.locator("main form button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#code").fill(next_code(app))
    page.locator("main form button").click()
    page.wait_for_url(re.compile(re.escape(ACCOUNT)))
    context.close()


def test_a_passkey_is_added_and_signs_in_without_a_password(page: Page, person: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    added = device.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})
    sign_in(page, person)
    page.wait_for_url(re.compile(re.escape(ACCOUNT)))
    page.locator("button[value=add_passkey]").click()
    expect(page.locator("form[data-passkey]")).to_be_visible()
    _check(page)
    page.locator("form[data-passkey] button").click()
    expect(page.locator("button[value^=remove_factor]")).to_have_count(1)
    _check(page)
    assert (
        len(device.send("WebAuthn.getCredentials", {"authenticatorId": added["authenticatorId"]})["credentials"]) == 1
    )
    page.locator("button[value=sign_out]").click()
    page.wait_for_url(re.compile("signed-out"))
    page.goto(SIGN_IN)
    _check(page)
    page.locator("main a[href^='/access/factor']").click()
    expect(page.locator("form[data-passkey]")).to_be_visible()
    _check(page)
    page.locator("form[data-passkey] button").click()
    page.wait_for_url(re.compile(re.escape(ACCOUNT)))
    page.locator("button[value=add_recovery_codes]").click()
    expect(page.locator("main li code")).to_have_count(10)
    _check(page)
    device.send("WebAuthn.setUserVerified", {"authenticatorId": added["authenticatorId"], "isUserVerified": False})
    page.context.clear_cookies()
    page.goto(FACTOR)
    page.locator("form[data-passkey] button").click()
    expect(page.locator("[data-refused]")).to_be_visible()
    assert [fault for fault in faults if "status of 40" not in fault] == []
