"""What waits for people at the console, and the page of a country."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from services.portal.console.countries.parts import CountryFile
from services.portal.console.frame.templates import PAGES
from services.portal.console.work import queue
from tests.support.console import ORIGIN, Browser, ConsoleSystem


async def call_api(console: ConsoleSystem, person: Browser, method: str, path: str, **more: Any) -> httpx.Response:
    """A call of the API by a person, without the console."""
    form = {"grant_type": "password", "username": person.email, "password": person.password}
    token = (await person.http.post("/access/v1/oauth/token", data=form)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
    return await person.http.request(method, path, headers=headers, **more)


@pytest.fixture(scope="module")
async def admin(console: ConsoleSystem) -> Browser:
    return await console.person(("secretariat_admin", "global", None), name="Amina Example")


async def _task(console: ConsoleSystem, admin: Browser, title: str, due: str, country: str = "XA") -> dict[str, Any]:
    owner = {"role": "secretariat_officer"}
    body = {"country": country, "titles": {"en": title}, "text": {"en": "Soon."}, "due": due, "owner": owner}
    made = await call_api(console, admin, "POST", "/actions/v1/tasks", json=body)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def test_steps_that_wait_stand_on_the_first_page_overdue_first(console: ConsoleSystem, admin: Browser) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"))
    later = await _task(console, admin, "Write to the ministry", "2099-01-01")
    late = await _task(console, admin, "Answer <the> ministry", "2020-01-01")
    page = (await officer.open("/console/")).text
    assert "Answer &lt;the&gt; ministry" in page
    assert page.index(late["ref"]) < page.index(later["ref"])
    assert f'href="/console/actions/tasks/{late["id"]}"' in page
    assert f'href="/console/actions/tasks/{late["id"]}/do/start"' in page
    assert 'class="late"' in page
    assert 'href="/console/countries/XA"' in page


async def test_nobody_sees_what_waits_for_others(console: ConsoleSystem, admin: Browser) -> None:
    task = await _task(console, admin, "For Alphaland alone", "2099-01-01")
    other = await console.person(("secretariat_officer", "country", "XB"))
    page = (await other.open("/console/")).text
    assert task["ref"] not in page
    assert "For Alphaland alone" not in page


async def test_a_person_without_work_reads_why(console: ConsoleSystem) -> None:
    nobody = await console.person()
    page = (await nobody.open("/console/")).text
    assert "Nothing waits for you." in page
    assert "/console/grants" not in page


async def test_what_waits_for_a_second_person_stands_apart(console: ConsoleSystem, admin: Browser) -> None:
    second = await console.person(("secretariat_admin", "global", None))
    someone = await console.person()
    account = (await call_api(console, someone, "GET", "/access/v1/accounts/me")).json()["id"]
    body = {
        "principal": {"kind": "account", "id": account},
        "role": "secretariat_admin",
        "scope_kind": "global",
        "reason": "She leads the office.",
    }
    made = await call_api(console, admin, "POST", "/access/v1/grants", json=body)
    assert made.status_code == 201, made.text
    page = (await second.open("/console/?kind=grants")).text
    waiting = page.partition("Waiting for a second person")[2]
    assert made.json()["ref"] in waiting
    assert f'href="/console/access/grants/{made.json()["id"]}"' in waiting


async def test_the_page_of_a_country_says_what_the_next_stage_lacks(console: ConsoleSystem, admin: Browser) -> None:
    officer = await console.person(("secretariat_officer", "country", "XC"))
    task = await _task(console, admin, "Find a focal point", "2020-01-01", "XC")
    page = await officer.open("/console/countries/XC")
    assert page.status_code == 200
    assert "Gammaland" in page.text
    assert "Next: " in page.text
    tasks = page.text.partition("Open tasks")[2].partition("</section>")[0]
    assert "Find a focal point" in tasks
    assert f'href="/console/actions/tasks/{task["id"]}"' in tasks
    assert 'class="late"' in tasks
    assert 'href="/console/actions/tasks/new?country=XC"' in tasks


async def test_a_country_names_its_focal_points_and_the_reports_that_it_still_owes(
    console: ConsoleSystem, admin: Browser
) -> None:
    names = [{"given": "Ines", "family": "Focal"}]
    expert = await call_api(console, admin, "POST", "/membership/v1/experts", json={"country": "XC", "names": names})
    person = {"expert_id": expert.json()["id"]}
    made = await call_api(console, admin, "POST", "/actions/v1/focal_points", json={"country": "XC", "person": person})
    assert made.status_code == 201, made.text
    officer = await console.person(("secretariat_officer", "country", "XC"))
    page = (await officer.open("/console/countries/XC")).text
    shown = page.partition("Focal points")[2].partition("</section>")[0]
    assert "Ines Focal" in shown
    assert person["expert_id"] not in shown


@pytest.mark.parametrize(("light", "is_owed"), [("red", True), ("yellow", True), (None, False)])
def test_a_report_that_was_submitted_is_not_owed(light: str | None, is_owed: bool) -> None:
    report = {"period": "2024", "due_on": "2025-03-31", "light": light, "on_time": light is None, "report": None}
    record = {"code": "XJ", "stage": 0, "facts": [], "reports": [report]}
    frame = {"caller": None, "sections": [], "here": "", "done": "", "translations": {}}
    shown = PAGES.page("country_file.html", "en", file=CountryFile(record, "", "", []), **frame)
    assert (b"2025-03-31" in shown) == is_owed


async def test_who_may_begin_nothing_sees_no_button_for_it(console: ConsoleSystem) -> None:
    reader = await console.person(("auditor", "global", None))
    page = (await reader.open("/console/countries/XA")).text
    assert "/new?country=XA" not in page


@pytest.mark.parametrize("path", ["/console/countries/ZZ", "/console/countries/xa", "/console/countries/%41"])
async def test_an_unknown_country_is_not_found(console: ConsoleSystem, path: str) -> None:
    person = await console.person(("secretariat_officer", "country", "XA"))
    assert (await person.open(path)).status_code == 404


async def test_a_country_is_chosen_by_its_code(console: ConsoleSystem) -> None:
    person = await console.person(("government_focal_point", "country", "XB"))
    page = await person.open("/console/countries")
    assert 'href="/console/countries/XB"' in page.text
    chosen = await person.get("/console/countries?code=XA")
    assert str(chosen.headers["location"]).removeprefix(ORIGIN) == "/console/countries/XA"


async def test_a_service_that_is_away_is_said_on_a_page(
    console: ConsoleSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await console.person(("secretariat_officer", "country", "XA"))
    await person.open("/console/")

    async def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away", request=request)

    with monkeypatch.context() as patch:
        patch.setattr(console.asking, "handle_async_request", away)
        shown = await person.get("/console/countries/XA")
    assert shown.status_code == 503
    assert "Number of this request" in shown.text
    assert (await person.get("/console/")).status_code == 200


async def test_the_next_page_of_work_is_found_by_a_link(
    console: ConsoleSystem, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_SHOWN", "2")
    officer = await console.person(("secretariat_officer", "country", "XB"))
    made = [await _task(console, admin, f"Task {number}", "2019-01-01", "XB") for number in range(3)]
    first = await officer.open("/console/?kind=tasks")
    link = re.search(r'<a rel="next" href="([^"]+)"', first.text)
    assert link is not None
    second = await officer.get(unescape(link[1]))
    assert [[one["ref"] in page.text for one in made] for page in (first, second)] == [
        [True, True, False],
        [False, False, True],
    ]
