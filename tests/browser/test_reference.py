"""`/docs` finds every operation, opens it in bounded time, gets tokens and calls the system, under the strict policy
and without other origins."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.conftest import PATIENCE, Visit

_METHODS = {"get", "post", "patch", "put", "delete"}


_FIRST_VIEW, _OPENING = 3.0, 1.0
"""Seconds of processor of the page."""


@pytest.fixture(scope="module")
def reference(visit: Visit) -> Page:
    page = visit.open("/docs")
    expect(page.locator("#count")).to_have_text(f"{_operations(visit.origin)} operations", timeout=PATIENCE)
    return page


def test_every_operation_is_there_to_be_found(visit: Visit, reference: Page) -> None:
    paths = _paths(visit.origin)
    sought = "/actions/v1/milestones"
    found = sum(len(_METHODS & item.keys()) for path, item in paths.items() if sought in path)
    reference.locator("#search").fill(sought)
    expect(reference.locator("#count")).to_have_text(f"{found} operations")
    shown = {link.get_attribute("data-operation") for link in reference.locator("#found a").all()}
    assert len(shown) == found
    reference.locator("#search").fill("")
    expect(reference.locator("#contents")).to_be_visible()
    links = reference.evaluate("Array.from(document.links, (link) => link.href)")
    assert [link for link in links if not link.startswith(f"{visit.origin}/")] == []
    _assert_sound(visit)


def test_a_task_leads_to_its_operation_and_verb(visit: Visit, reference: Page) -> None:
    reference.locator("#search").fill("approve an expert")
    first = reference.locator("#found li").first
    expect(first.locator("a")).to_have_text("Approve an expert")
    expect(first.locator("code").nth(1)).to_have_text("approve")
    first.locator("a").click()
    expect(first.locator(".opblock")).to_contain_text("/membership/v1/experts/{record}/transitions")
    _assert_sound(visit)


def test_the_first_view_and_an_operation_take_little_processor(browser: Browser, running: dict[str, Any]) -> None:
    """The largest service, and one of its largest operations."""
    page = browser.new_page()
    spent = _processor(page)
    page.goto(f"{running['base_url']}/docs/actions")
    expect(page.locator("#contents a[data-operation='createIndicator']")).to_be_visible(timeout=PATIENCE)
    page.wait_for_load_state("networkidle")
    first = spent()
    page.locator("#contents a[data-operation='createIndicator']").click()
    expect(page.locator(".opblock .responses-table").first).to_be_visible(timeout=PATIENCE)
    opened = spent() - first
    print(f"first view {first:.2f} s, an operation {opened:.2f} s")  # noqa: T201
    page.close()
    assert first < _FIRST_VIEW
    assert opened < _OPENING


def test_the_address_of_an_operation_opens_it(visit: Visit, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{visit.origin}/docs/centres#transitionCentre")
    expect(
        page.locator("li", has=page.locator("a[data-operation='transitionCentre']")).locator(".opblock")
    ).to_be_visible()
    page.close()


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
    _open(reference, "getMe")
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
    _open(page, operation)
    block = page.locator(f".opblock[id$='-{operation}']")
    expect(block).to_be_visible(timeout=PATIENCE)
    begin, execute = (block.get_by_role("button", name=name) for name in ("Try it out", "Execute"))
    expect(begin.or_(execute).first).to_be_visible(timeout=PATIENCE)
    if begin.is_visible():
        begin.click()
    with page.expect_response(lambda response: response.url.partition("?")[0].endswith(path)) as response:
        execute.click()
    return response.value


def _open(page: Page, operation: str) -> None:
    page.locator("#search").fill(operation)
    link = page.locator(f"#found a[data-operation='{operation}']").first
    expect(link).to_be_visible()
    if not page.locator("#found .opblock").is_visible():
        link.click()


def _processor(page: Page) -> Callable[[], float]:
    """The seconds of processor that a page has used, as Chromium counts its tasks."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    return spent


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
