"""`/docs` shows every operation, gets tokens and calls the system, under the strict policy and without other
origins."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import PATIENCE, Visit

_METHODS = {"get", "post", "patch", "put", "delete"}


@pytest.fixture(scope="module")
def reference(visit: Visit) -> Page:
    """The page after the description is read."""
    page = visit.open("/docs")
    expect(page.locator("#count")).to_have_text(f"{_operations(visit.origin)} operations", timeout=PATIENCE)
    return page


def test_every_operation_is_there_to_be_found(visit: Visit, reference: Page) -> None:
    """The page has counted the operations; it draws the searched one completely."""
    paths = _paths(visit.origin)
    tags = {operation["tags"][0] for item in paths.values() for operation in item.values()}
    reference.locator("#search").fill("")
    expect(reference.locator(".opblock-tag")).to_have_count(len(tags), timeout=PATIENCE)
    sought = "/actions/v1/milestones"
    reference.locator("#search").fill(sought)
    found = sum(len(_METHODS & item.keys()) for path, item in paths.items() if sought in path)
    expect(reference.locator(".opblock")).to_have_count(found, timeout=PATIENCE)
    links = reference.evaluate("Array.from(document.links, (link) => link.href)")
    assert [link for link in links if not link.startswith(f"{visit.origin}/")] == []
    _assert_sound(visit)


def test_an_operation_is_called_and_its_response_shown(visit: Visit, reference: Page) -> None:
    response = _call(reference, "listExperts", "/membership/v1/experts")
    assert response.status == 200
    shown = reference.locator(".live-responses-table .response .response-col_description")
    expect(shown).to_contain_text('"items"', timeout=PATIENCE)
    _assert_sound(visit)


@pytest.mark.parametrize("way", ["bearer", "client", "person"])
def test_a_token_is_given_or_got_and_sent(visit: Visit, reference: Page, running: dict[str, Any], way: str) -> None:
    client, person = running["demo"]["clients"]["secretariat"], running["demo"]["accounts"]["expert"]
    values = {
        "bearer": ("http, Bearer", {"input": _token(visit.origin, client)}),
        "client": (
            "OAuth2, clientCredentials",
            {"[id^=client_id]": client["id"], "[id^=client_secret]": client["secret"]},
        ),
        "person": ("OAuth2, password", {"#oauth_username": person["username"], "#oauth_password": person["password"]}),
    }
    reference.locator("button.authorize").first.click()
    heading, fields = values[way]
    part = reference.locator(".modal-ux .auth-container").filter(has_text=heading)
    for field, value in fields.items():
        part.locator(field).fill(value)
    part.locator("button.authorize").click()
    expect(part.get_by_role("button", name="Remove authorization")).to_be_visible(timeout=PATIENCE)
    reference.locator(".modal-ux .close-modal").click()
    response = _call(reference, "getMe", "/access/v1/me")
    assert response.status == 200
    assert response.json()["principal"]["kind"] == ("account" if way == "person" else "client")
    reference.locator("button.authorize").first.click()
    part.get_by_role("button", name="Remove authorization").click()
    reference.locator(".modal-ux .close-modal").click()
    _assert_sound(visit)


def _paths(origin: str) -> dict[str, Any]:
    return dict(httpx.get(f"{origin}/openapi.json", trust_env=False, timeout=60).json()["paths"])


def _operations(origin: str) -> int:
    return sum(len(_METHODS & item.keys()) for item in _paths(origin).values())


def _call(page: Page, operation: str, path: str) -> Response:
    page.locator("#search").fill(f"{operation} {path}")
    block = page.locator(f".opblock[id$='-{operation}']")
    expect(block).to_be_visible(timeout=PATIENCE)
    if "is-open" not in (block.get_attribute("class") or ""):
        block.locator(".opblock-summary-control").click()
    begin, execute = (block.get_by_role("button", name=name) for name in ("Try it out", "Execute"))
    expect(begin.or_(execute).first).to_be_visible(timeout=PATIENCE)
    if begin.is_visible():
        begin.click()
    with page.expect_response(lambda response: response.url.partition("?")[0].endswith(path)) as response:
        execute.click()
    return response.value


def _token(origin: str, client: dict[str, str]) -> str:
    response = httpx.post(
        f"{origin}/access/v1/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client["id"], client["secret"]),
        trust_env=False,
        timeout=60,
    )
    return str(response.json()["access_token"])


def _assert_sound(visit: Visit) -> None:
    assert visit.outside() == []
    assert visit.faults == []
