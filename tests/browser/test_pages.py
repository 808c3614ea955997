"""Every page, narrow and dark, wide and light, in Chromium: complete, without errors, without other origins, and
without a barrier that axe finds (WCAG 2.0 to 2.2, A and AA)."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from services.portal.guides.library import guides
from tests.browser.conftest import PATIENCE, Visit
from tests.support.documents import run_commands

_REGISTER = {
    "/": "For everybody",
    "/ar/": "للجميع",
    "/en/": "The plan in numbers",
    "/en/numbers/experts": "At the end of each month",
    "/ar/numbers/centres": "في نهاية كل شهر",
    "/en/people": "What is published",
    "/en/account": "Register an account",
    "/ar/account": "إنشاء حساب",
    "/access/sign-in?language=en": "E-mail address",
    "/access/sign-in?language=ar": "كلمة المرور",
    "/access/signed-out?language=en": "You are signed out",
    "/en/verify": "Code of the certificate",
    "/ar/verify": "رمز الشهادة",
    "/en/data": "Register of centres",
    "/ar/data": "Register of centres",
    "/en/about/plan": "seven stages",
    "/ar/about/accessibility": "WCAG 2.2",
    "/en/about/contact": "write to the secretariat",
    "/en/countries": "Gammaland",
    "/ar/countries?stage=5": "Gammaland",
    "/en/countries/XC": "Stage 5 of 7",
    "/ar/countries/XC": "المرحلة",
    "/en/experts": "Amara Okoye-Lind",
    "/en/experts?field=1.5": "Amara Okoye-Lind",
    "/ar/experts?region=Africa": "مرشحات أخرى",
    "/en/experts?q=nobodyofthisname": "Nothing that is published fits",
    "/en/experts/EXP-000001": "University of Alpha",
    "/ar/experts/EXP-000001": "University of Alpha",
    "/en/institutions": "Deltaland Academy of Sciences",
    "/en/institutions/INS-000001": "University of Alpha",
    "/en/centres": "Research Centre of Gammaland",
    "/en/initiatives": "Declarations",
    "/en/search": "in any script",
    "/en/search?q=gamma": "Research Centre of Gammaland",
    "/ar/search?q=alpha": "University of Alpha",
    "/en/search?q=nothingofthisname": "Nothing that is published fits",
    "/en/centres/{centre}": "ESNRC-XC-01",
    "/en/reports": "Global Report of the demonstration",
    "/en/reports/{edition}": "How to cite",
    "/ar/reports/{edition}": "كيفية الاستشهاد",
    "/en/reports/{edition}/{chapter}": "What was observed",
    "/ar/reports/{edition}/{chapter}": "ما رُصد",
    "/en/reports/{edition}/figures/stages": "Asked again today, the public API answers",
    "/ar/reports/{edition}/figures/numbers": "الأرقام نفسها",
}
_DEVELOPERS = {
    "/docs": "Search operations",
    "/docs/centres": "Centres, from the application",
    "/docs?q=approve": "Approve an expert",
    "/problems": "malformed_request",
    "/problems/not_found": "Titles",
    "/vocabularies": "quorum_missing",
    "/vocabularies/states/held": "membership.erasures",
    "/guides/": "You work for the secretariat",
    "/guides/?q=certificate": "Guides with these words",
    "/guides/?q=nothingofthisname": "No guide has all these words",
    **{f"/guides/{name}": "" for name in guides()},
}
_FAILURES = {
    "/ar/v/0000-0000": "لا توجد شهادة بهذا الرمز",
    "/en/experts/EXP-999999": "no longer published",
    "/ar/centres/nothing": "لم يعد منشوراً",
    "/en/experts?country=ZZ": "What cannot be used: country",
    "/nothing": "no longer published",
}
_PAGES = _REGISTER | _DEVELOPERS | _FAILURES
_LOOKS = ((320, "dark"), (1280, "light"))
_STANDARD = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
_OPTIONS = {"resultTypes": ["violations"], "runOnly": _STANDARD}
_FURTHER = ["tbody tr:nth-child(n+12)"]
_LOOK_FOR_BARRIERS = "given => axe.run(...given).then(found => found.violations)"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_SHADES = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def toured(
    running: dict[str, Any], reported: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """A system with a country at the highest stage and the editions of the demo: the refs of its `centre`, of the
    published `edition` and of a `chapter` of it."""
    run_commands("tour.md", running, tmp_path_factory.mktemp("tour"))
    centres = httpx.get(f"{running['base_url']}/centres/v1/centres?country=XC", timeout=60).json()["items"]
    return {**running, "centre": centres[0]["ref"], **reported}


@pytest.fixture(scope="module", params=_LOOKS, ids=lambda look: f"{look[1]} {look[0]}px")
def seen(request: pytest.FixtureRequest, browser: Browser, toured: dict[str, Any]) -> Iterator[tuple[Visit, str]]:
    """A page with this width and colour scheme."""
    width, scheme = request.param
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    yield Visit(page, toured["base_url"]), scheme
    page.close()


@pytest.mark.parametrize("path", _PAGES)
def test_a_page_is_whole_and_open_to_everybody(seen: tuple[Visit, str], toured: dict[str, Any], path: str) -> None:
    visit, scheme = seen
    visit.faults.clear()
    page = visit.open(path.format(**toured))
    expect(page.locator("#main")).to_contain_text(_PAGES[path])
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.evaluate(OVERFLOW) == 0, "the page scrolls sideways"
    red = int(page.evaluate(_SHADES).removeprefix("rgb(").split(",")[0])
    assert (red < 128) is (scheme == "dark")
    assert barriers(page) == []
    assert visit.outside() == []
    assert [fault for fault in visit.faults if path not in _FAILURES or "status of 40" not in fault] == []


@pytest.mark.parametrize("operation", ["listCentres", "createCentre"])
def test_an_open_operation_has_no_barrier(seen: tuple[Visit, str], operation: str) -> None:
    page = seen[0].open("/docs/centres")
    page.locator(f"#contents a[data-operation='{operation}']").click()
    expect(page.locator(".opblock .responses-table").first).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Try it out").click()
    assert barriers(page) == []
    assert page.evaluate(OVERFLOW) == 0, "the page scrolls sideways"


def barriers(page: Page) -> list[str]:
    """The findings of axe, without those in the further rows of long tables."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(_LOOK_FOR_BARRIERS, [{"exclude": [_FURTHER]}, _OPTIONS])
    return [f"{fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"][:3]]


def test_everything_is_found_by_links_and_forms_without_scripts(
    browser: Browser, toured: dict[str, Any], published: dict[str, str]
) -> None:
    """From the front page to a country, its centre, and whether a certificate is valid; and to an expert."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{toured['base_url']}/")
    page.get_by_role("main").get_by_role("link", name="Countries", exact=True).click()
    page.get_by_label("Search by name").fill("gamma")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Gammaland", exact=True).click()
    page.get_by_role("link", name="Research Centre of Gammaland").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Research Centre of Gammaland")
    page.get_by_role("link", name="Verification of a certificate").click()
    page.get_by_label("Code of the certificate").fill(published["code"])
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("status")).to_have_text("This certificate is valid.")
    page.get_by_role("link", name="Experts", exact=True).click()
    page.get_by_label("Country").select_option("XA")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_role("link", name="français").click()
    expect(page).to_have_url(f"{toured['base_url']}/fr/experts?country=XA")
    page.get_by_role("link", name="Amara Okoye-Lind").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Amara Okoye-Lind")
    context.close()


def test_the_map_is_one_stop_and_arrows_move_inside(browser: Browser, toured: dict[str, Any]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{toured['base_url']}/en/countries")
    stops = page.locator(".map [tabindex='0']")
    expect(stops).to_have_count(1)
    page.locator(".at[href$='/KE']").focus()
    for key, axis, sign in (
        ("ArrowLeft", "cx", -1),
        ("ArrowRight", "cx", 1),
        ("ArrowUp", "cy", -1),
        ("ArrowDown", "cy", 1),
    ):
        before = page.locator(":focus circle").get_attribute(axis)
        page.keyboard.press(key)
        after = page.locator(":focus circle").get_attribute(axis)
        assert (float(after or "nan") - float(before or "nan")) * sign > 0, key
    expect(stops).to_have_count(1)
    address = page.locator(":focus").get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{toured['base_url']}{address}")
    page.close()


def test_a_printed_list_is_without_what_only_a_screen_needs(seen: tuple[Visit, str]) -> None:
    page = seen[0].open("/en/countries")
    page.emulate_media(media="print")
    for hidden in ("header", ".skip", ".find"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.get_by_role("table")).to_be_visible()
    page.emulate_media(media="null")
