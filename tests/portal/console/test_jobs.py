"""What a person ordered, at the console: how far it is, its file, and its cancellation."""

from uuid import uuid4

import pytest

from services.membership.settings import MembershipSettings
from services.membership.worker import create_worker
from tests.support.console import Browser, ConsoleSystem, form_of
from tests.support.console_api import ConsoleApi
from tests.support.workers import at_work, drop_jobs, without_relay

JOBS, EXPORTS = "/console/jobs", "/membership/v1/exports"


@pytest.fixture
async def officer(console: ConsoleSystem) -> Browser:
    found = await console.person(("secretariat_officer", "country", "TV"), name="Otto Example")
    await found.open("/console/")
    return found


async def _ordered(console: ConsoleSystem, officer: Browser) -> str:
    """The id of an export of the officer."""
    api = ConsoleApi(console, officer)
    made = await api.http.post(EXPORTS, json={"resource": "institutions", "filters": {"country": "TV"}})
    assert made.status_code == 202, made.text
    return str(made.json()["id"])


async def test_whoever_ordered_nothing_reads_so(officer: Browser) -> None:
    page = await officer.get(JOBS)
    assert page.status_code == 200, page.text
    assert "You have ordered nothing yet." in page.text


async def test_a_job_is_cancelled_from_the_list(console: ConsoleSystem, officer: Browser) -> None:
    job = await _ordered(console, officer)
    page = await officer.get(JOBS)
    assert "Export of a list" in page.text
    cancelled = await officer.follow(await officer.fill(page, f"{job}/cancel"))
    assert cancelled.status_code == 200, cancelled.text
    assert f"{job}/cancel" not in cancelled.text
    assert (await ConsoleApi(console, officer).get(f"/membership/v1/jobs/{job}"))["status"] == "cancelled"


@pytest.mark.long("runs a worker")
async def test_the_file_of_a_job_is_fetched_without_a_token(
    console: ConsoleSystem, officer: Browser, console_database_url: str, redis_url: str
) -> None:
    await drop_jobs(console_database_url)
    names = [{"value": f"University {uuid4().hex}", "language": "en", "types": ["ror_display"]}]
    made = await ConsoleApi(console, officer).create("/membership/v1/institutions", {"names": names, "country": "TV"})
    job = await _ordered(console, officer)
    settings = MembershipSettings(
        database_url=console_database_url,
        redis_url=redis_url,
        storage_path=console.app.apps["membership"].state.settings.storage_path,
    )
    async with at_work(without_relay(create_worker(settings))):
        for _ in range(500):
            page = await officer.get(JOBS)
            if f"{job}/file" in page.text:
                break
    sent = await officer.post(*form_of(page, f"{job}/file"))
    assert sent.status_code == 303, sent.text
    file = await console.browser().get(sent.headers["location"])
    assert file.status_code == 200, file.text
    assert made["ref"] in file.text


@pytest.mark.parametrize("what", ["file", "cancel"])
async def test_jobs_of_others_are_not_found(console: ConsoleSystem, officer: Browser, what: str) -> None:
    job = await _ordered(console, officer)
    other = await console.person(("secretariat_officer", "country", "TV"))
    page = await other.open("/console/")
    assert job not in (await other.get(JOBS)).text
    _, hidden = form_of(page, "/sign-out")
    for service, key in (("membership", job), ("membership", "x"), ("nowhere", job)):
        assert (await other.post(f"{JOBS}/{service}/{key}/{what}", hidden)).status_code == 404
