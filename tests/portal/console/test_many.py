"""A step of several records at once: a job, with the outcome of each."""

import re

import pytest

from services.membership.settings import MembershipSettings
from services.membership.worker import create_worker
from tests.support.console import Browser, ConsoleSystem
from tests.support.console_api import ConsoleApi
from tests.support.workers import at_work, drop_jobs, without_relay

EXPERTS, LIST = "/membership/v1/experts", "/console/membership/experts"


@pytest.fixture(scope="session")
async def officer(console: ConsoleSystem) -> Browser:
    found = await console.person(("secretariat_officer", "country", "TO"), name="Oona Example")
    await found.open("/console/")
    return found


async def test_each_record_has_its_outcome(
    console: ConsoleSystem, officer: Browser, console_database_url: str, redis_url: str
) -> None:
    api = ConsoleApi(console, officer)
    body = {"country": "TO", "names": [{"full": "Many Times"}]}
    with_mail = await api.create(EXPERTS, {**body, "emails": [{"value": "m@example.org"}]})
    without = await api.create(EXPERTS, body)
    page = await officer.get(f"{LIST}?country=TO")
    assert '<option value="invite">' in page.text
    assert '<option value="terminate">' not in page.text
    items = re.findall(r'name="item" value="([^"]+)"', page.text)
    assert {item.partition(":")[0] for item in items} >= {with_mail["id"], without["id"]}
    chosen = [item for item in items if item.startswith((with_mail["id"], without["id"]))]
    hidden = _hidden(page.text)
    await drop_jobs(console_database_url)
    begun = await officer.follow(await officer.post(f"{LIST}/many", {**hidden, "item": chosen, "verb": "invite"}))
    assert begun.status_code == 200, begun.text
    assert "Look again" in begun.text
    address = str(begun.url).removeprefix("https://console.test")
    settings = MembershipSettings(database_url=console_database_url, redis_url=redis_url)
    async with at_work(without_relay(create_worker(settings))):
        for _ in range(500):
            ended = await officer.get(address)
            if "Look again" not in ended.text:
                break
    assert "2 of 2" in ended.text
    assert ended.text.count('class="fault"') == 1
    assert (await api.get(f"{EXPERTS}/{with_mail['id']}"))["status"] == "invited"
    assert (await api.get(f"{EXPERTS}/{without['id']}"))["status"] == "prospect"


async def test_without_a_choice_nothing_is_ordered(officer: Browser) -> None:
    page = await officer.get(f"{LIST}?country=TO")
    sent = await officer.follow(await officer.post(f"{LIST}/many", _hidden(page.text)))
    assert sent.status_code == 200
    assert "Choose at least one record." in sent.text


def _hidden(text: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(form_token|form_key)" value="([^"]*)"', text))


async def test_every_kind_is_reached_from_one_page(officer: Browser) -> None:
    page = await officer.get("/console/records")
    assert page.status_code == 200
    assert f'href="{LIST}"' in page.text


async def test_a_list_is_fetched_by_a_link_that_needs_no_token(console: ConsoleSystem, officer: Browser) -> None:
    await ConsoleApi(console, officer).create(EXPERTS, {"country": "TO", "names": [{"full": "In A File"}]})
    page = await officer.get(f"{LIST}?country=TO&q=file")
    sent = await officer.post(f"{LIST}/csv", {**_hidden(page.text), "country": "TO", "q": "file"})
    assert sent.status_code == 303, sent.text
    found = await console.browser().get(sent.headers["location"].removeprefix("https://console.test"))
    assert found.status_code == 200, found.text
    assert "In A File" in found.text
