"""A reporting round at the console: who owes a report, reminders, and results with what is wrong with them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.kernel.clock import today
from tests.actions.programme import living_committee
from tests.portal.console.test_work import call_api
from tests.support.console import Browser, ConsoleSystem
from tests.support.console_api import ConsoleApi
from tests.support.console_forms import submit
from tests.support.results import NUMBER, side

COUNTRY, LATER = "KI", "NR"
YEAR = "2025"
ROUND = f"/console/reporting/{YEAR}"
TASKS, RESULTS, INDICATORS = "/actions/v1/tasks", "/actions/v1/results", "/actions/v1/indicators"
_PERIOD = ("/actions/v1/periods", "/actions/v1/reports/expected", TASKS)


@pytest.fixture(scope="session")
async def admin(console: ConsoleSystem) -> Browser:
    found = await console.person(("secretariat_admin", "global", None), name="Ada Example")
    await found.open("/console/")
    return found


@pytest.fixture
def api(console: ConsoleSystem, admin: Browser) -> ConsoleApi:
    return ConsoleApi(console, admin)


async def _launched(api: ConsoleApi, superuser: asyncpg.Connection, framework: str, country: str) -> str:
    """The id of a programme that was under way in the year of the round."""
    await living_committee(superuser, country)
    made = await api.create("/actions/v1/programmes", {"country": country, "framework": framework})
    await api.step(f"/actions/v1/programmes/{made['id']}", "launch")
    begun = "UPDATE action_programme SET started_on = $2 WHERE id = $1"
    await superuser.execute(begun, UUID(made["id"]), date(int(YEAR), 1, 1))
    return str(made["id"])


@pytest.fixture(scope="session")
async def begun(console: ConsoleSystem, admin: Browser, console_database_url: str) -> dict[str, Any]:
    """A framework with an open period whose reports were due a month ago, owed by two countries."""
    api = ConsoleApi(console, admin)
    code, now = f"T-{uuid4().hex[:12]}/2026", today()
    pillars = [{"key": f"action-{n}", "titles": {"en": f"Action {n}"}, "order": n} for n in (1, 2, 3)]
    core = {"core": {"titles": {"en": "Core"}}, "pillars": pillars, "valid_from": f"{YEAR}-01-01"}
    await api.create("/actions/v1/frameworks", {"code": code, **core})
    days = {"opens_on": now - timedelta(days=90), "due_on": now - timedelta(days=30), "closes_on": now.replace(2090)}
    span = {"code": YEAR, "starts": f"{YEAR}-01-01", "ends": f"{YEAR}-12-31"}
    body = {"framework": code, **span, **{name: day.isoformat() for name, day in days.items()}}
    period = await api.create("/actions/v1/periods", body)
    superuser = await asyncpg.connect(console_database_url, server_settings={"search_path": "escm"})
    programmes = {country: await _launched(api, superuser, code, country) for country in (COUNTRY, LATER)}
    await superuser.close()
    return {"framework": code, "period": period, "programmes": programmes}


@pytest.fixture(scope="session")
async def author(console: ConsoleSystem) -> Browser:
    found = await console.person(("national_author", "country", COUNTRY), name="Aroha Example")
    await found.open("/console/")
    return found


def _row(page: str, name: str) -> str:
    return page.partition(f">{name}</a>")[2].partition("</tr>")[0]


async def test_periods_lead_to_their_rounds(begun: dict[str, Any], author: Browser) -> None:
    page = await author.get("/console/reporting")
    assert page.status_code == 200, page.text
    assert f'href="{ROUND}"' in page.text
    assert begun["framework"] in page.text


async def test_who_is_late_stands_first_with_the_day(begun: dict[str, Any], admin: Browser) -> None:
    page = (await admin.get(ROUND)).text
    owed = page.partition('id="owed"')[2].partition('id="results"')[0]
    assert "Late: 2. Owed: 2. Sent: 0." in page
    for country in ("Kiribati", "Nauru"):
        assert begun["period"]["due_on"] in _row(owed, country)
        assert "overdue" in _row(owed, country)
        assert "nobody has begun it" in _row(owed, country)


async def test_countries_see_what_they_owe_and_remind_nobody(begun: dict[str, Any], author: Browser) -> None:
    assert begun
    page = (await author.get(ROUND)).text
    assert _row(page, "Kiribati")
    assert "Nauru" not in page
    assert "/remind" not in page


async def test_a_reminder_is_a_task_of_the_authors_and_is_given_once(
    begun: dict[str, Any], console: ConsoleSystem, admin: Browser, author: Browser, api: ConsoleApi
) -> None:
    programme = begun["programmes"][COUNTRY]
    page = await admin.get(ROUND)
    reminded = await submit(admin, page, item=programme)
    assert reminded.status_code == 200, reminded.text
    assert "The authors have been reminded." in reminded.text
    assert f'value="{programme}"' not in reminded.text
    (task,) = (await api.get(TASKS, about=programme))["items"]
    assert task["titles"]["en"] == f"Send the report about {YEAR}"
    assert task["titles"]["ar"] != task["titles"]["en"]
    assert (task["owner"]["role"], task["country"], task["priority"]) == ("national_author", COUNTRY, "high")
    assert task["due"] > today().isoformat()
    again = await submit(admin, page, item=programme)
    assert "Choose at least one record." in again.text
    assert len((await api.get(TASKS, about=programme))["items"]) == 1
    assert task["ref"] in (await author.get("/console/")).text
    refused = await call_api(console, author, "POST", TASKS, json={"country": COUNTRY})
    assert refused.status_code in (403, 422)


async def test_a_form_that_names_foreign_programmes_reminds_nobody(
    begun: dict[str, Any], author: Browser, api: ConsoleApi
) -> None:
    own = await author.get(ROUND)
    page = await author.get("/console/")
    given = page.text.partition('name="form_token" value="')[2].partition('"')[0]
    form = {"form_token": given, "item": begun["programmes"][LATER]}
    done = await author.follow(await author.post(f"{ROUND}/remind", form))
    assert own.status_code == done.status_code == 200
    assert (await api.get(TASKS, about=begun["programmes"][LATER]))["items"] == []


async def _submitted(api: ConsoleApi, author: ConsoleApi, begun: dict[str, Any]) -> dict[str, Any]:
    """A result whose value is less than a rule expects."""
    indicators = []
    for _ in range(2):
        body = {"code": f"I-{uuid4().hex[:12]}", "titles": {"en": "Restored land"}, "framework": begun["framework"]}
        made = await api.create("/actions/v1/indicators", {**body, **NUMBER})
        await api.step(f"/actions/v1/indicators/{made['id']}", "publish")
        indicators.append(made)
    instruction = {"en": "Restored land is part of all land.", "fr": "Les terres restaurées font partie des terres."}
    rule = {
        "code": f"R-{uuid4().hex[:12]}",
        "titles": {"en": "Part"},
        "severity": "warning",
        "instruction": instruction,
    }
    sides = {
        "left": side(indicators[0]["code"]),
        "operator": "less_than_or_equal_to",
        "right": side(indicators[1]["code"]),
    }
    rule = await api.create("/actions/v1/validation_rules", {**rule, "framework": begun["framework"], **sides})
    await api.step(f"/actions/v1/validation_rules/{rule['id']}", "publish")
    found = []
    for indicator, value in zip(indicators, ("20000.50", "10"), strict=True):
        subject = {"indicator_id": indicator["id"], "period_id": begun["period"]["id"], "country": COUNTRY}
        found.append(await author.create(RESULTS, {**subject, "method": "measured", "value": value}))
    return await author.step(f"{RESULTS}/{found[0]['id']}", "submit")


@pytest.mark.long("makes indicators, a rule and results")
async def test_results_show_what_is_wrong_and_are_returned_from_the_page(
    begun: dict[str, Any], console: ConsoleSystem, admin: Browser, author: Browser, api: ConsoleApi
) -> None:
    result = await _submitted(api, ConsoleApi(console, author), begun)
    before = len(console.asking.asked)
    page = await admin.get(ROUND)
    asked = [request.url.path for request in console.asking.asked[before:]]
    assert sorted(asked) == sorted([*_PERIOD, *[RESULTS] * 3, INDICATORS])
    row = page.text.partition(f'href="/console/actions/results/{result["id"]}"')[2].partition("</tr>")[0]
    assert "Restored land is part of all land." in row
    assert "warning" in row
    assert "<bdi>20,000.50 hectares</bdi>" in row
    listed = (await admin.get(f"/console/actions/results?period={YEAR}")).text
    assert f'href="/console/actions/results/{result["id"]}"><bdi>Restored land · {begun["framework"]} {YEAR}' in listed
    await admin.get("/console/language/fr")
    french = (await admin.get(ROUND)).text
    assert "Les terres restaurées font partie des terres." in french
    await admin.get("/console/language/en")
    theirs = (await author.get(ROUND)).text
    assert 'action="/console/actions/results/many"' not in theirs
    assert result["ref"] in theirs
    form = {"item": f"{result['id']}:{result['version']}", "verb": "return", "reason": "Say how it was measured."}
    sent = await admin.follow(await admin.fill(page, "/results/many", **form))
    assert sent.status_code == 200, sent.text


@pytest.mark.parametrize("period", ["1999", "2025-X", "..%2fgrants", "20255"])
async def test_an_unknown_period_is_not_found(admin: Browser, period: str) -> None:
    assert (await admin.get(f"/console/reporting/{period}")).status_code == 404
