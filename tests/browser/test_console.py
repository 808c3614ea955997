"""The console in Chromium without scripts: people of three offices at work, by keyboard alone, without a barrier."""

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from deploy.demonstration.rounds import quarter_before
from services.access.administration import enter_account, enter_grant, setting_up
from shared.kernel.clock import today
from tests.browser.conftest import PATIENCE, enter_console
from tests.browser.test_pages import OVERFLOW, barriers
from tests.support.running import Client, Person

_LOOKS = [
    (width, scheme, language) for width in (360, 1280) for scheme in ("light", "dark") for language in ("en", "ar")
]
_FIRST = re.compile(r'<th role="rowheader" scope="row"><a href="(/console/[a-z/_]+/[0-9a-f-]{36})"')
"""The first record of a list."""
_MOST_STOPS = 60
"""Stops of the keyboard on a page of the console."""
_PAGES = {
    "work.html": "/console/",
    "kinds.html": "/console/records",
    "countries_own.html": "/console/countries",
    "country_file.html": "/console/countries/XA",
    "reporting_periods.html": "/console/reporting",
    "reporting.html": f"/console/reporting/{quarter_before(today() - timedelta(days=46))}",
    "jobs.html": "/console/jobs",
    "people.html": "/console/grants",
    "audit.html": "/console/audit",
    "imports.html": "/console/imports",
    "import_new.html": "/console/imports/new",
    "records_list.html": "/console/membership/experts",
    "records_form.html": "/console/actions/correspondence/new",
    "failure_page.html": "/console/actions/tasks/nobody",
    "nothing_kept.html": "/console/resume",
    "signed_in.html": "/console/signed-in",
    "signed_out.html": "/console/signed-out",
    "not_signed_in.html": "/console/callback",
}
"""Pages by their templates, which the administrator of the demo opens."""
_OF_RECORDS = {
    "records_record.html": "{actions/tasks}",
    "records_history.html": "{actions/tasks}/history",
    "records_step.html": "{actions/tasks}/do/cancel",
    "screening.html": "/console/experts/{membership/experts:}/screen",
    "centre_file.html": "/console/centres/{centres/centres:}",
    "client.html": "/console/clients/{access/clients:}",
    "records_list.html": "/console/actions/results",
    "records_form.html": "{membership/experts}/edit",
    "manuscript.html": "/console/contributions/{actions/contributions:}",
    "duplicate.html": "/console/duplicates/{membership/duplicates:}",
    "merge.html": "/console/merges/{membership/merges:}",
    "webhook.html": "/console/webhooks/{access/webhooks:}",
}
"""Pages of the first record of a list: its address, or with `:` its id."""


_NOT_HERE = {
    *("records_secret.html", "resume.html", "not_set_up.html"),
    *("records_pending.html", "import_columns.html", "import_checked.html"),
}
"""Pages that show a secret once, what was kept over a sign-in, that there is no console, or a step half-way."""


@pytest.fixture(scope="module")
def worked_on(
    running: dict[str, Any], reported: dict[str, str], secretariat: Client, tmp_path_factory: Any
) -> list[str]:
    """Addresses of what an administrator ordered: an import, and a step of several records. Beside them a merge and a
    webhook."""
    pair = [
        secretariat.create("/membership/v1/experts", {"names": [{"full": f"Twin {number}"}], "country": "XA"})
        for number in (1, 2)
    ]
    merged = {"resource": "experts", "winner_id": pair[0]["id"], "loser_id": pair[1]["id"]}
    secretariat.create("/membership/v1/merges", merged)
    admin = Person(running["base_url"], running["demo"]["accounts"]["admin"])
    admin.create("/access/v1/webhooks", {"name": "Ministry", "url": "https://8.8.8.8/hook", "types": ["*"]})
    file = tmp_path_factory.mktemp("list") / "list.csv"
    file.write_text("full_name,country\nNora Nobody,ZZ\n")
    admin.upload("/membership/v1/imports", file, resource="experts", mode="dry_run")
    result = admin.get("/actions/v1/results", limit=1)["items"][0]
    order = {"action": "accept", "items": [{"id": result["id"], "version": 999}]}
    job = admin.start("/actions/v1/results/bulk_transitions", order)
    admin.finished(job)
    (imported,) = admin.get("/membership/v1/imports", limit=1)["items"]
    admin.close()
    return [f"/console/imports/{imported['id']}", f"/console/actions/results/many/{job.rpartition('/')[2]}?verb=accept"]


@pytest.fixture(params=_LOOKS, ids=lambda look: f"{look[2]} {look[1]} {look[0]}px")
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[BrowserContext, str]]:
    width, scheme, language = request.param
    found = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale=language)
    found.set_default_timeout(PATIENCE)
    yield found, language
    found.close()


def _address(page: Page, base: str, given: str) -> str:
    """The address of a page of a record, whose list is named in braces."""
    for name in re.findall(r"{([a-z/_]+):?}", given):
        page.goto(f"{base}/console/{name}")
        found = _FIRST.search(page.content())
        assert found is not None, name
        given = given.replace(f"{{{name}}}", found[1]).replace(f"{{{name}:}}", found[1].rpartition("/")[2])
    return given


def test_every_page_of_the_console_is_opened() -> None:
    static = files("services.portal.console.frame").joinpath("static")
    templates = [file for file in static.iterdir() if file.name.endswith(".html")]
    pages = {file.name for file in templates if file.read_text().startswith("{% extends")}
    ordered = {"import.html", "records_many.html"}
    assert pages == _PAGES.keys() | _OF_RECORDS.keys() | _NOT_HERE | ordered


def _wrong_in(page: Page, width: int) -> list[str]:
    """The barriers of a page, and the widths at which it scrolls sideways."""
    found = barriers(page)
    for each in (width, 320):
        page.set_viewport_size({"width": each, "height": 900})
        if page.evaluate(OVERFLOW):
            found.append(f"scrolls sideways at {each}px")
    page.set_viewport_size({"width": width, "height": 900})
    return found


def test_pages_of_the_console_have_no_barrier(
    context: tuple[BrowserContext, str], running: dict[str, Any], worked_on: list[str]
) -> None:
    found, language = context
    base = running["base_url"]
    page, asked, faults = found.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    enter_console(page, running, running["demo"]["accounts"]["admin"])
    page.goto(f"{base}/console/language/{language}?to=/console/")
    of_records = [_address(page, base, given) for given in _OF_RECORDS.values()]
    wrong = {}
    width = (page.viewport_size or {"width": 0})["width"]
    for path in (*_PAGES.values(), *of_records, *worked_on):
        page.goto(f"{base}{path}")
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        if faults_of_page := _wrong_in(page, width):
            wrong[path] = faults_of_page
    assert wrong == {}
    assert [url for url in asked if not url.startswith(base)] == []
    assert [fault for fault in faults if "status of 40" not in fault] == []
    cookies = {cookie["name"]: cookie for cookie in found.cookies()}
    assert cookies["console"]["httpOnly"]
    assert cookies["console"]["sameSite"] == "Lax"
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def _reach(page: Page, wanted: Locator) -> None:
    """Moves the focus forward to an element, which then shows that it has it."""
    for _ in range(_MOST_STOPS):
        if wanted.evaluate("element => element === document.activeElement"):
            assert wanted.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not reach {wanted}.")


def _typed(page: Page, field: Locator, text: str) -> None:
    _reach(page, field)
    page.keyboard.type(text)


def _pressed(page: Page, wanted: Locator) -> None:
    _reach(page, wanted)
    page.keyboard.press("Enter")


def _chosen(page: Page, group: Locator, wanted: Locator) -> None:
    """Chooses one of a group of radio buttons. The group is one stop of the keyboard; arrows move inside."""
    _reach(page, group.first)
    page.keyboard.press("Space")
    for _ in range(group.count()):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"The keyboard does not choose {wanted}.")


def _sign_in_by_keyboard(page: Page, running: dict[str, Any], person: dict[str, Any]) -> None:
    page.goto(f"{running['base_url']}/console/")
    _typed(page, page.locator("#username"), person["username"])
    _typed(page, page.locator("#password"), person["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{running['base_url']}/console/**")


@pytest.fixture
def keyboard(browser: Browser) -> Iterator[Page]:
    """A page without scripts, which these tests use by its keyboard alone."""
    context = browser.new_context(java_script_enabled=False, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def test_an_officer_imports_a_thousand_rows_by_keyboard_and_undoes_them(
    keyboard: Page, running: dict[str, Any], tmp_path: Path
) -> None:
    page, word, file = keyboard, uuid4().hex[:10], tmp_path / "list.csv"
    good = [f"Nadia {word} {number},XH\n" for number in range(997)]
    file.write_text("".join(["full_name,country\n", *good, *["Nobody,ZZ\n"] * 3]))
    _sign_in_by_keyboard(page, running, running["demo"]["accounts"]["officer2"])
    _pressed(page, page.get_by_role("link", name="Imports", exact=True))
    _pressed(page, page.locator("main a[href='/console/imports/new']").first)
    _typed(page, page.locator("#kind"), "Experts")
    expect(page.locator("#kind")).to_have_value("membership.experts")
    _reach(page, page.locator("#file"))
    page.locator("#file").set_input_files(file)
    _pressed(page, page.locator("main form.entry button"))
    expect(page.locator("main")).to_contain_text(f"Nadia {word} 9")
    _pressed(page, page.locator("main form.entry button"))
    expect(page.locator("main")).to_contain_text("Nothing is written yet", timeout=PATIENCE)
    expect(page.locator("dl")).to_contain_text("997")
    _reach(page, page.locator("a[download]"))
    with page.expect_download() as started:
        page.keyboard.press("Enter")
    assert len(Path(started.value.path()).read_text().splitlines()) == 4
    _pressed(page, page.locator("main form.entry button"))
    expect(page.get_by_role("button", name="Undo the import")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("dl")).to_contain_text("997")
    _pressed(page, page.get_by_role("button", name="Undo the import"))
    expect(page.locator(".lead")).to_have_text("Undone", timeout=PATIENCE)


def test_an_officer_screens_an_applicant_by_keyboard(keyboard: Page, running: dict[str, Any]) -> None:
    page = keyboard
    _sign_in_by_keyboard(page, running, running["demo"]["accounts"]["officer2"])
    _pressed(page, page.get_by_role("link", name="Approve", exact=True).first)
    expect(page).to_have_url(re.compile("/console/experts/[0-9a-f-]{36}/screen$"))
    name = page.get_by_role("heading", level=1).inner_text()
    _chosen(page, page.locator("[name=_decision]"), page.get_by_role("radio", name="Approve"))
    _pressed(page, page.get_by_role("button", name="Decide and go on"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text(name)
    page.goto(f"{running['base_url']}/console/membership/experts?q={quote(name)}")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Active member")


def test_an_officer_sees_a_round_at_work(keyboard: Page, running: dict[str, Any]) -> None:
    """Who owes what, late ones marked, a reminder, results with a violation, and what came in."""
    page = keyboard
    enter_console(page, running, running["demo"]["accounts"]["officer2"])
    page.get_by_role("link", name="Reporting", exact=True).press("Enter")
    page.locator("main a[href^='/console/reporting/']").first.press("Enter")
    expect(page.locator(".lead")).to_have_text("Late: 3. Owed: 4. Sent: 1.")
    owed = page.locator("#owed ~ table").first
    for country, state in (
        ("Thetaland", "overdue"),
        ("Muland", "overdue"),
        ("Lambdaland", "Changes requested"),
        ("Iotaland", "Draft"),
    ):
        expect(owed.get_by_role("row", name=country)).to_contain_text(state)
    expect(owed.get_by_role("checkbox")).to_have_count(3)
    results = page.locator("#results ~ table").first
    expect(results.get_by_role("checkbox")).to_have_count(7)
    expect(results.get_by_role("row").nth(1)).to_contain_text("differs from the previous one by more than half")
    expect(page.locator("#sent ~ table").get_by_role("row", name="Kappaland")).to_contain_text("In review")


async def _entered(database_url: str, role: str, kind: str, scope: str | None) -> dict[str, str]:
    email, password = f"{uuid4().hex}@demo.example", f"{uuid4().hex} of Betaland"
    async with setting_up(database_url) as uow:
        account = await enter_account(uow, email, "Omar Official", password)
        await enter_grant(uow, "account", account, role, kind, scope)
    return {"username": email, "password": password, "account_id": str(account)}


@pytest.fixture(scope="module")
def enter(running: dict[str, Any]) -> Iterator[Callable[..., dict[str, str]]]:
    """Enters a person with a role, the kind of its scope and the scope."""
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as thread:  # this one has a running event loop
        patch.setenv("ESCM_ROLE_PASSWORD", running["role_password"])
        yield lambda *granted: thread.submit(asyncio.run, _entered(running["database_url"], *granted)).result()


@pytest.fixture
def administrator(running: dict[str, Any], enter: Callable[..., dict[str, str]]) -> tuple[dict[str, str], pyotp.TOTP]:
    """An administrator with the app that makes the codes of their second factor."""
    person = enter("secretariat_admin", "global", None)
    return person, _with_app(running, person)


def _with_app(running: dict[str, Any], person: dict[str, str]) -> pyotp.TOTP:
    """The app that makes the codes of a person's second factor."""
    api = Person(running["base_url"], person)
    factor = api.create("/access/v1/factors", {"kind": "totp", "name": "My phone"})
    app = pyotp.TOTP(factor["secret"])
    earlier = app.generate_otp(int(datetime.now(UTC).timestamp()) // 30 - 1)
    api.step(f"/access/v1/factors/{factor['id']}", "confirm", fields={"code": earlier})
    api.close()
    return app


def _sign_in_with_code(page: Page, running: dict[str, Any], person: dict[str, str], app: pyotp.TOTP) -> None:
    page.goto(f"{running['base_url']}/console/")
    _typed(page, page.locator("#username"), person["username"])
    _typed(page, page.locator("#password"), person["password"])
    page.keyboard.press("Enter")
    _typed(page, page.locator("[name=code]"), app.now())
    page.keyboard.press("Enter")
    page.wait_for_url(f"{running['base_url']}/console/**")


def test_an_administrator_merges_a_pair_by_keyboard_and_undoes_it(
    browser: Browser, running: dict[str, Any], administrator: tuple[dict[str, str], pyotp.TOTP]
) -> None:
    person, app = administrator
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    _sign_in_with_code(page, running, person, app)
    page.goto(f"{running['base_url']}/console/membership/duplicates?status=open")
    _reach(page, page.get_by_role("rowheader").first.get_by_role("link"))
    page.keyboard.press("Enter")
    _reach(page, page.get_by_role("link", name="Compare the two"))
    page.keyboard.press("Enter")
    choice = page.get_by_role("radio").first
    _reach(page, choice)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio").first, "Enter on a choice shows what would move").to_be_checked()
    expect(page).to_have_url(re.compile("/console/duplicates/[0-9a-f-]{36}#moves$"))
    _reach(page, page.get_by_role("button", name="Merge them"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/console/merges/"))
    _reach(page, page.get_by_role("textbox"))
    page.keyboard.type("They are two people.")
    _reach(page, page.get_by_role("button", name="Undo the merge"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("dl").first).to_contain_text("Undone")
    context.close()


@pytest.fixture(scope="module")
def officials(enter: Callable[..., dict[str, str]]) -> dict[str, dict[str, str]]:
    """A focal point and a national author of Betaland."""
    return {role: enter(role, "country", "XB") for role in ("government_focal_point", "national_author")}


@pytest.mark.parametrize("role", ["government_focal_point", "national_author"])
def test_officials_find_their_country_and_leave_nothing_behind(
    browser: Browser, running: dict[str, Any], officials: dict[str, dict[str, str]], role: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    enter_console(page, running, officials[role])
    page.get_by_role("link", name="Countries", exact=True).press("Enter")
    page.get_by_role("link", name="Betaland", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Betaland")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
    assert [one["name"] for one in context.cookies() if one["name"] in ("console", "escm")] == []
    page.goto(f"{running['base_url']}/console/")
    expect(page.locator("#password")).to_be_visible()
    context.close()


def test_a_focal_point_confirms_a_role_as_the_second_person(
    browser: Browser, running: dict[str, Any], enter: Callable[..., dict[str, str]]
) -> None:
    """From the sign-in of who proposes the role to its confirmation, without a script."""
    publisher = enter("national_author", "country", "XB")
    pages = []
    for person in (enter("government_focal_point", "country", "XB") for _ in range(2)):
        app = _with_app(running, person)
        page = browser.new_context(java_script_enabled=False).new_page()
        page.set_default_timeout(PATIENCE)
        _sign_in_with_code(page, running, person, app)
        pages.append(page)
    first, second = pages
    first.goto(f"{running['base_url']}/console/access/grants/new")
    first.locator("#f-principal-kind").select_option("account")
    first.locator("#f-principal-id").fill(publisher["account_id"])
    first.locator("#f-role").select_option("national_publisher")
    first.locator("#f-scope_kind").select_option("country")
    first.locator("#f-scope_id").fill("XB")
    first.locator("#f-reason").fill("Publishes what the ministry approved.")
    first.locator("main form button").last.press("Enter")
    expect(first.get_by_role("status")).to_have_text("Created.")
    ref = re.search(r"GRT?[A-Z]*-[0-9]+", first.locator("main").inner_text())
    assert ref is not None
    second.goto(f"{running['base_url']}/console/")
    waiting = second.get_by_role("row").filter(has_text=ref[0])
    waiting.get_by_role("link", name="Confirm").press("Enter")
    second.get_by_role("link", name="Confirm", exact=True).press("Enter")
    second.get_by_role("button", name="Confirm", exact=True).last.press("Enter")
    expect(second.get_by_role("status")).to_have_text("Done.")
    expect(second.locator("dl").first).to_contain_text("Active")
    second.goto(f"{running['base_url']}/console/")
    expect(second.locator("main")).not_to_contain_text(ref[0])
    for page in pages:
        page.context.close()
