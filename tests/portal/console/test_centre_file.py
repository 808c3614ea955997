"""The file of a centre: from the application to the designation, with few requests for each person."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import httpx
import pytest

from tests.support.centres import DOCUMENT, endorsed
from tests.support.console import Browser, ConsoleSystem, form_of
from tests.support.console_api import ConsoleApi
from tests.support.console_forms import inputs

CENTRES, EXPERTS = "/centres/v1/centres", "/membership/v1/experts"
_MOST = 12
"""Page loads and submissions of the staff, on the way to a designation."""


@pytest.fixture(scope="session")
async def officer(console: ConsoleSystem) -> Browser:
    found = await console.person(("secretariat_officer", "country", "FJ"), name="Odile Example")
    await found.open("/console/")
    return found


@pytest.fixture(scope="session")
async def admin(console: ConsoleSystem) -> Browser:
    found = await console.person(("secretariat_admin", "global", None), name="Alma Example")
    await found.open("/console/")
    return found


@pytest.fixture
def api(console: ConsoleSystem, admin: Browser) -> ConsoleApi:
    return ConsoleApi(console, admin)


async def _institution(api: ConsoleApi) -> dict[str, Any]:
    names = [{"value": "University of Reefs", "language": "en", "types": ["ror_display"]}]
    made = await api.create("/membership/v1/institutions", {"names": names, "country": "FJ"})
    await api.step(f"/membership/v1/institutions/{made['id']}", "verify")
    return made


async def _expert(api: ConsoleApi, name: str) -> dict[str, Any]:
    body = {"names": [{"full": name}], "country": "FJ", "emails": [{"value": "e@example.org"}]}
    made = await api.create(EXPERTS, body)
    for action in ("invite", "apply", "start_review", "approve"):
        await api.step(f"{EXPERTS}/{made['id']}", action)
    return made


async def _filed(api: ConsoleApi, host: dict[str, Any]) -> dict[str, Any]:
    director = await _expert(api, "Dora Director")
    papers = {"terms_of_reference": DOCUMENT, "work_plan": DOCUMENT, "host_letter": DOCUMENT}
    body = {"country": "FJ", "names": {"en": "Centre for Reefs"}, "host_institution_id": host["id"], "unit": "Reefs"}
    return await api.create(CENTRES, {**body, **papers, "director_id": director["id"]})


def _made(seen: Sequence[httpx.Response]) -> int:
    """How many of these requests a person made: opened a page or sent a form. Redirects are followed by the browser."""
    return sum(not before.is_redirect for before in seen[:-1]) + 1


async def _do(by: Browser, page: Any, at: str, **given: str) -> Any:
    """Sends the form of a step on the file, and follows to the file."""
    action, hidden = form_of(page, at)
    shown = {name: text for name, text in inputs(page).items() if name in given}
    return await by.follow(await by.post(action, {**shown, **hidden, **given}))


@pytest.mark.long("goes all the way to a designation, with what every step needs")
async def test_a_centre_is_designated_with_few_requests_a_person(
    officer: Browser, admin: Browser, api: ConsoleApi, console_database_url: str
) -> None:
    host = await _institution(api)
    centre = await _filed(api, host)
    path, here = f"{CENTRES}/{centre['id']}", f"/console/centres/{centre['id']}"
    await api.step(path, "submit")
    experts = [await _expert(api, f"Reviewer {number}") for number in (1, 2)]
    begun, begun_admin = len(officer.seen), len(admin.seen)
    await officer.get("/console/")
    page = await officer.get(here)
    assert page.status_code == 200, page.text
    page = await _do(officer, page, "/do/accept_complete")
    assert (await api.get(path))["status"] == "under_review"
    both = "\n".join(str(expert["ref"]) for expert in experts)
    page = await _do(officer, page, "/invite", expert_id=both, due="2027-12-01")
    assert page.status_code == 200, page.text
    invited = (await api.get(f"{path}/reviewers"))["items"]
    assert {one["expert_id"] for one in invited} == {str(one["id"]) for one in experts}
    scores = {"relevance": 5, "capacity": 4, "governance": 3, "plan": 4}
    for expert in experts:
        review = {"reviewer_id": expert["id"], "scores": scores, "recommendation": "designate"}
        await api.create(f"{path}/reviews", review)
    page = await officer.get(here)
    page = await _do(officer, page, "/do/recommend")
    assert (await api.get(path))["status"] == "awaiting_agreement"
    agreed = {
        "centre_id": str(centre["ref"]),
        "parties.0.name": "The host",
        "parties.0.institution_id": str(host["ref"]),
        "parties.1.name": "The network",
        "parties.1.signatory": "Chair",
    }
    paper = {f"document.{name}": text for name, text in DOCUMENT.items()}
    page = await _do(officer, page, "/agreements/new", kind="host", **agreed, **paper)
    assert page.status_code == 200, page.text
    (agreement,) = (await api.get("/centres/v1/agreements", centre_id=str(centre["id"])))["items"]
    page = await _do(officer, page, f"{agreement['id']}/do/send")
    page = await _do(officer, page, f"{agreement['id']}/do/sign", party="The network")
    assert page.status_code == 200, page.text
    fields = {"party": "The host", "document": DOCUMENT}
    signed = await api.step(f"/centres/v1/agreements/{agreement['id']}", "sign", **fields)
    assert signed["status"] == "in_force"
    connection = await asyncpg.connect(console_database_url, server_settings={"search_path": "escm"})
    await endorsed(connection, "FJ", level=2)
    await connection.close()
    await admin.get("/console/")
    page = await _do(admin, await admin.get(here), "/do/designate")
    assert (await api.get(path))["status"] == "active"
    assert _made(officer.seen[begun:]) + _made(admin.seen[begun_admin:]) <= _MOST


@pytest.fixture(scope="session")
async def focal(console: ConsoleSystem) -> Browser:
    found = await console.person(("government_focal_point", "country", "FJ"))
    await found.open("/console/")
    return found


@pytest.fixture(scope="session")
async def foreign(console: ConsoleSystem) -> Browser:
    """An author of another country."""
    found = await console.person(("national_author", "country", "PW"))
    await found.open("/console/")
    return found


@pytest.fixture(scope="session")
async def here(console: ConsoleSystem, admin: Browser) -> str:
    """The file of a draft."""
    api = ConsoleApi(console, admin)
    names = [{"value": "University of Atolls", "language": "en", "types": ["ror_display"]}]
    host = await api.create("/membership/v1/institutions", {"names": names, "country": "FJ"})
    body = {"country": "FJ", "names": {"en": "Centre for Atolls"}, "host_institution_id": host["id"]}
    return f"/console/centres/{(await api.create(CENTRES, body))['id']}"


async def test_a_file_says_what_is_missing_and_offers_no_step_that_is_refused(
    officer: Browser, focal: Browser, here: str
) -> None:
    page = await officer.get(here)
    assert page.status_code == 200, page.text
    assert "Missing:" in page.text or "There:" in page.text
    assert "/do/designate" not in page.text
    seen = await focal.get(here)
    assert seen.status_code in (200, 404), seen.text
    assert "/do/accept_complete" not in seen.text


async def test_a_centre_that_somebody_may_not_see_is_not_there_for_them(foreign: Browser, here: str) -> None:
    assert (await foreign.get(here)).status_code == 404
    assert (await foreign.get(here.replace("/centres/", "/centres/centres/"))).status_code == 404
