"""An officer screens applicants on one page each."""

from typing import Any

import pytest

from tests.support.console import Browser, ConsoleSystem
from tests.support.console_api import ConsoleApi
from tests.support.console_forms import submit

EXPERTS = "/membership/v1/experts"


@pytest.fixture(scope="session")
async def screener(console: ConsoleSystem) -> Browser:
    """An officer of a country in which only these tests work."""
    found = await console.person(("secretariat_officer", "country", "XC"), name="Olav Example")
    await found.open("/console/")
    return found


@pytest.fixture
def api(console: ConsoleSystem, screener: Browser) -> ConsoleApi:
    return ConsoleApi(console, screener)


async def _applicant(api: ConsoleApi, name: str, **more: Any) -> dict[str, Any]:
    body = {"names": [{"given": name, "family": "Applicant"}], "country": "XC", "emails": [{"value": "a@example.org"}]}
    made = await api.create(EXPERTS, {**body, **more})
    path = f"{EXPERTS}/{made['id']}"
    await api.step(path, "invite")
    await api.step(path, "apply")
    return made


@pytest.mark.long("reads all that waits for a person in every service")
async def test_an_expert_is_screened_in_four_requests(screener: Browser, api: ConsoleApi) -> None:
    first = await _applicant(api, "Berta")
    begun = len(screener.seen)
    work = await screener.get("/console/")
    assert work.status_code == 200
    page = await screener.get(f"/console/experts/{first['id']}/screen")
    assert page.status_code == 200, page.text
    assert "Berta Applicant" in page.text
    following = await submit(screener, page, _decision="approve")
    assert len(screener.seen) - begun == 4
    assert (await api.get(f"{EXPERTS}/{first['id']}"))["status"] == "active"
    assert following.status_code == 200, following.text


async def test_a_rejection_takes_a_reason_and_leads_to_the_next_applicant(screener: Browser, api: ConsoleApi) -> None:
    second, third = await _applicant(api, "Carla"), await _applicant(api, "Dagny")
    refused = await submit(screener, await screener.get(f"/console/experts/{second['id']}/screen"), _decision="reject")
    assert refused.status_code == 422, "a rejection takes a reason"
    assert "A reason is required" in refused.text or "reason" in refused.text
    given = {"_decision": "reject", "reason": "Not in this field."}
    following = await submit(screener, refused, **given)
    assert str(following.url).partition("?")[0].endswith("/screen"), third
    assert (await api.get(f"{EXPERTS}/{second['id']}"))["status"] == "rejected"


@pytest.fixture(scope="session")
async def auditor(console: ConsoleSystem) -> Browser:
    found = await console.person(("auditor", "global", None))
    await found.open("/console/")
    return found


async def test_whoever_may_not_decide_sees_no_decision(auditor: Browser, api: ConsoleApi) -> None:
    applicant = await _applicant(api, "Dora")
    page = await auditor.get(f"/console/experts/{applicant['id']}/screen")
    assert page.status_code == 200, page.text
    assert 'name="_decision"' not in page.text


async def test_a_decision_that_nobody_offered_is_refused(screener: Browser, api: ConsoleApi) -> None:
    applicant = await _applicant(api, "Elsa")
    page = await screener.get(f"/console/experts/{applicant['id']}/screen")
    refused = await submit(screener, page, _decision="terminate")
    assert refused.status_code == 400
    assert (await api.get(f"{EXPERTS}/{applicant['id']}"))["status"] == "applied"


async def test_only_who_decides_is_led_to_the_screening(screener: Browser, auditor: Browser, api: ConsoleApi) -> None:
    applicant = await _applicant(api, "Fanny")
    screening = f'href="/console/experts/{applicant["id"]}/screen"'
    for reader, is_led in ((screener, True), (auditor, False)):
        page = await reader.get(f"/console/membership/experts/{applicant['id']}")
        assert (page.status_code, screening in page.text) == (200, is_led)
    await api.step(f"{EXPERTS}/{applicant['id']}", "start_review")
    await api.step(f"{EXPERTS}/{applicant['id']}", "approve")
    assert screening not in (await screener.get(f"/console/membership/experts/{applicant['id']}")).text
    assert (await screener.get(f"/console/experts/{applicant['id']}/screen")).status_code == 200
