"""How pages look and load in Chromium: no barrier in any look, nothing sideways, a menu and fonts without scripts, and
the first view on a slow line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Literal

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from services.portal.pages.about import TOPICS
from tests.browser.conftest import PATIENCE
from tests.browser.test_pages import OVERFLOW, barriers

_PAGES = {
    "front.html": ("/{l}/",),
    "countries.html": ("/{l}/countries", "/{l}/countries?region=Africa"),
    "country.html": ("/{l}/countries/XA", "/{l}/countries/XJ", "/{l}/countries/XM"),
    "report_error.html": ("/{l}/countries/XA/error",),
    "number.html": ("/{l}/numbers/experts",),
    "experts.html": ("/{l}/experts", "/{l}/experts?field=1.5"),
    "expert.html": ("/{l}/experts/{expert}",),
    "institutions.html": ("/{l}/institutions",),
    "institution.html": ("/{l}/institutions/{institution}",),
    "centres.html": ("/{l}/centres",),
    "centre.html": ("/{l}/centres/{centre}",),
    "initiatives.html": ("/{l}/initiatives",),
    "initiative.html": ("/{l}/initiatives/{initiative}",),
    "search.html": ("/{l}/search", "/{l}/search?q=university"),
    "data.html": ("/{l}/data",),
    "reports.html": ("/{l}/reports",),
    "report.html": ("/{l}/reports/{edition}",),
    "contribution.html": ("/{l}/reports/{edition}/{chapter}",),
    "report_figure.html": ("/{l}/reports/{edition}/figures/stages",),
    "verification.html": ("/{l}/verify", "/{l}/verify/{code}"),
    "people.html": ("/{l}/people",),
    "account.html": ("/{l}/account",),
    "about.html": tuple(f"/{{l}}/about/{topic}" for topic in TOPICS),
    "record.html": ("/{l}/records/membership/experts/EXP-999999",),
    "guides.html": ("/guides/",),
    "guides_found.html": ("/guides/?q=certificate",),
    "guide.html": ("/guides/open-data",),
    "docs.html": ("/docs",),
    "docs_service.html": ("/docs/centres",),
    "sdk.html": ("/sdk",),
    "problems.html": ("/problems",),
    "problem.html": ("/problems/not_found",),
    "vocabularies.html": ("/vocabularies",),
    "term.html": ("/vocabularies/states/held",),
}
"""The public pages, by their templates. Each guide is opened by `test_pages.py`."""
_FAILURES = ("/{l}/experts/EXP-999999", "/{l}/experts?country=ZZ", "/{l}/verify/0000-0000", "/nothing")
_SIGNING_IN = ("/access/sign-in?language={l}", "/access/signed-out?language={l}")
_PARTS = {**_PAGES, "failures": _FAILURES, "signing in": _SIGNING_IN}
_NO_PAGES = {"contribution_version.html"}
"""Templates of pages that the demo does not have."""
_LOOKS: list[tuple[int, Literal["light", "dark"]]] = [(360, "light"), (360, "dark"), (1280, "dark"), (1280, "light")]
_SHIFTS = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
    }).observe({type: "layout-shift", buffered: true});
    document.fonts.ready.then(() => setTimeout(() => done(sum), 300));
})"""
_LARGEST = """() => new Promise(done => new PerformanceObserver(
    list => done(list.getEntries().at(-1).startTime)).observe({type: "largest-contentful-paint", buffered: true}))"""
_PHONE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
"""1.6 Mbit/s and 150 ms."""
_LARGEST_PAINT = 1_500
"""Milliseconds until the largest part is painted."""


@dataclass
class Look:
    """A page of the system in a language; the addresses that it asked for, and the errors that the browser reported,
    such as a broken policy."""

    page: Page
    language: str
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def outside(self) -> list[str]:
        origin = "/".join(self.page.url.split("/")[:3])
        return [url for url in self.asked if not url.startswith((f"{origin}/", "blob:", "data:"))]


@pytest.fixture(scope="module", params=["en", "ar"])
def look(request: pytest.FixtureRequest, browser: Browser, running: dict[str, Any]) -> Iterator[Look]:
    context = browser.new_context(base_url=running["base_url"], locale=request.param)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    found = Look(page, request.param)
    page.on("request", lambda request: found.asked.append(request.url))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    page.on("console", lambda said: found.said.append(said.text) if said.type == "error" else None)
    yield found
    context.close()


@pytest.fixture
def phone(browser: Browser, running: dict[str, Any]) -> Iterator[Page]:
    """A narrow page without scripts."""
    context = browser.new_context(
        base_url=running["base_url"], viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def test_every_page_has_an_address_here() -> None:
    static = files("services.portal.pages").joinpath("static")
    templates = [file for file in static.iterdir() if file.name.endswith(".html")]
    pages = {file.name for file in templates if file.read_text().startswith("{% extends")}
    assert pages == _PAGES.keys() | _NO_PAGES


@pytest.mark.long("looks for barriers in each width and colour scheme")
@pytest.mark.parametrize("part", _PARTS)
def test_a_page_has_no_barrier_in_any_look(look: Look, published: dict[str, str], part: str) -> None:
    """In each look nothing hinders, nothing comes from elsewhere, no policy is broken, and nothing is wider than the
    page, down to 320 pixels."""
    page = look.page
    look.asked.clear()
    look.said.clear()
    for given in _PARTS[part]:
        path = given.format(l=look.language, **published)
        answer = page.goto(path)
        assert answer is not None
        assert (answer.status < 400) is (part != "failures"), path
        assert page.get_by_role("heading", level=1).count() == 1, path
        for width, scheme in _LOOKS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            assert barriers(page) == [], (path, width, scheme)
            assert page.evaluate(OVERFLOW) == 0, (path, width)
        page.set_viewport_size({"width": 320, "height": 800})
        assert page.evaluate(OVERFLOW) == 0, (path, 320)
    assert look.outside() == []
    assert [said for said in look.said if part != "failures" or "status of 40" not in said] == []


def test_nothing_shifts_and_the_headings_have_their_font(
    browser: Browser, running: dict[str, Any], published: dict[str, str]
) -> None:
    for width in (360, 1280):
        page = browser.new_page(base_url=running["base_url"], viewport={"width": width, "height": 800})
        page.set_default_timeout(PATIENCE)
        expert = f"/en/experts/{published['expert']}"
        for path in ("/en/", "/ru/countries", "/en/countries/XJ", "/en/experts", "/en/data", expert):
            page.goto(path, wait_until="networkidle")
            assert page.evaluate(_SHIFTS) < 0.05, path
            letter = "я" if path.startswith("/ru") else "A"
            assert page.evaluate(f"document.fonts.check('600 32px \"Source Serif 4\"', '{letter}')"), path
        page.close()


def test_the_menu_of_a_phone_opens_by_keyboard_without_scripts(phone: Page) -> None:
    phone.goto("/en/experts")
    menu = phone.locator("header nav:visible")
    expect(menu).to_have_count(0)
    for key in ("Tab", "Tab", "Tab", "Enter"):
        phone.keyboard.press(key)
    expect(menu).to_have_count(1)
    expect(menu.get_by_role("link")).to_have_count(8)
    expect(menu.locator("[aria-current]")).to_have_text("Experts")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(re.compile("/en/countries$"))


def test_filters_work_without_scripts(phone: Page) -> None:
    phone.goto("/en/experts")
    phone.get_by_text("More filters").click()
    phone.get_by_label("Field of science").select_option("1.5")
    phone.get_by_role("button", name="Show").click()
    expect(phone.get_by_text("Published records:")).to_be_visible()
    expect(phone.locator(".chosen li")).to_have_count(1)
    phone.get_by_role("link", name="Remove: Field of science").click()
    expect(phone.locator(".chosen li")).to_have_count(0)


def test_a_list_is_in_columns_on_a_phone(phone: Page) -> None:
    phone.goto("/en/experts")
    row = phone.get_by_role("row").nth(1)
    tops = [cell.bounding_box() for cell in row.get_by_role("cell").all()]
    places = [box["y"] for box in tops if box]
    assert len(places) == len(set(places)) == 2, "each value has a line of its own"


@pytest.mark.long("loads pages over a slow line")
def test_the_first_view_is_painted_soon_on_a_slow_line(
    browser: Browser, running: dict[str, Any], published: dict[str, str]
) -> None:
    """The best of five: other work on the machine makes all of them later, and nothing makes one earlier."""
    for path in ("/en/", "/en/countries/XJ", "/en/experts", f"/en/experts/{published['expert']}"):
        httpx.get(f"{running['base_url']}{path}", timeout=60)
        times = []
        for _ in range(5):
            page = browser.new_page(viewport={"width": 390, "height": 844})
            slow = page.context.new_cdp_session(page)
            slow.send("Network.enable")
            slow.send("Network.emulateNetworkConditions", _PHONE)
            slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.goto(f"{running['base_url']}{path}", wait_until="load", timeout=PATIENCE)
            times.append(page.evaluate(_LARGEST))
            page.close()
        assert min(times) < _LARGEST_PAINT, (path, times)


def test_the_first_view_is_light_on_the_wire(
    browser: Browser, running: dict[str, Any], published: dict[str, str]
) -> None:
    """At most 100 kB and eight requests, with nothing kept from before."""
    for path in ("/", "/en/countries/XJ", "/en/experts", f"/en/experts/{published['expert']}"):
        context = browser.new_context()
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        loaded: list[float] = []
        network.on("Network.loadingFinished", lambda event, sizes=loaded: sizes.append(event["encodedDataLength"]))
        page.goto(f"{running['base_url']}{path}", wait_until="networkidle", timeout=PATIENCE)
        assert 2 <= len(loaded) <= 8, path
        assert sum(loaded) <= 100_000, path
        context.close()


_MIRRORED = """
() => {
    const left = selector => [...document.querySelectorAll(selector)].map(one => one.getBoundingClientRect().left);
    const texts = selector => [...document.querySelectorAll(selector)].map(
        one => one.innerText.replace(/[\\u2066-\\u2069]/g, ""));
    return {
        numbers: left(".numbers li").slice(0, 3), menu: left("header nav.menu-wide a").slice(0, 3),
        texts: texts(".numbers strong"), map: left(".at circle"),
        said: document.documentElement.dir, direction: getComputedStyle(document.querySelector("h1")).direction,
    };
}
"""


def test_arabic_mirrors_the_layout_and_not_numbers_or_the_map(browser: Browser, running: dict[str, Any]) -> None:
    page = browser.new_page(base_url=running["base_url"], viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE)
    shown = {}
    for language in ("en", "ar"):
        page.goto(f"/{language}/")
        shown[language] = page.evaluate(_MIRRORED)
    english, arabic = shown["en"], shown["ar"]
    assert (english["said"], english["direction"]) == ("", "ltr")
    assert (arabic["said"], arabic["direction"]) == ("rtl", "rtl")
    for part in ("numbers", "menu"):
        assert english[part] == sorted(set(english[part]))
        assert arabic[part] == sorted(set(arabic[part]), reverse=True)
    assert len(english["texts"]) == 6
    assert arabic["texts"] == english["texts"]
    offsets = {round(a - e) for a, e in zip(arabic["map"], english["map"], strict=True)}
    assert len(english["map"]) > 200
    assert len(offsets) == 1, "the map is moved as a whole"
    page.close()
