"""What people find on their way through the console: names instead of numbers, forms that can be filled, pages that
open."""

import json
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.portal.console.describing.fields import Field, field_of, opening_in
from services.portal.console.frame.templates import with_records
from services.portal.console.records.reading import Name
from services.portal.console.records.shown import value_shown
from shared.kernel.clock import now, to_text
from tests.actions.neighbours import change, enter
from tests.support.console import Browser, ConsoleSystem
from tests.support.console_api import ConsoleApi
from tests.support.console_forms import submit
from tests.support.databases import as_superuser

_HERE = "FJ"
_LATER = date(2099, 1, 1)
_SOMEBODY = [{"given": "Amina", "family": "Walker"}]


@pytest.fixture(scope="session")
async def superuser(console_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    async with as_superuser(console_database_url) as connection:
        yield connection


async def _signed_in(console: ConsoleSystem, *grants: tuple[str, str, str | None]) -> Browser:
    found = await console.person(*grants)
    await found.open("/console/")
    return found


@pytest.fixture(scope="session")
async def admin(console: ConsoleSystem) -> Browser:
    return await _signed_in(console, ("secretariat_admin", "global", None))


async def _expert(console: ConsoleSystem, superuser: asyncpg.Connection, admin: Browser) -> UUID:
    body = {"names": _SOMEBODY, "country": _HERE, "visibility": "network"}
    made = UUID((await ConsoleApi(console, admin).create("/membership/v1/experts", body))["id"])
    await change(superuser, "member_expert", made, status="active")
    return made


async def _request(superuser: asyncpg.Connection, **more: Any) -> UUID:
    said = {"titles": json.dumps({"en": "Map of the reefs"}), "need": json.dumps({"en": "Somebody who reads images."})}
    return await enter(
        superuser,
        "action_support_request",
        country=_HERE,
        visibility="restricted",
        documents="[]",
        codes="[]",
        kind="science",
        mode="remote",
        **said,
        **more,
    )


async def _call(superuser: asyncpg.Connection) -> UUID:
    past = now() - timedelta(days=1)
    criteria = json.dumps([{"key": "merit", "titles": {"en": "Merit <of> work"}, "weight": 1}])
    instants = {"opens": past - timedelta(days=9), "nominee_deadline": past, "nominator_deadline": past}
    said = {
        "titles": json.dumps({"en": "Fellows for reefs"}),
        "criteria": criteria,
        "status": "assessing",
        "kind": "membership",
    }
    said |= {"code": uuid4().hex[:8], "eligibility": json.dumps({"documents": []}), "panel": "[]"}
    return await enter(superuser, "member_call", country=None, **said, **instants)


async def test_a_step_is_offered_whose_form_says_what_is_missing(superuser: asyncpg.Connection, admin: Browser) -> None:
    page = f"/console/membership/calls/{await _call(superuser)}"
    assert f'href="{page}/do/decide"' in (await admin.get(page)).text
    form = await admin.get(f"{page}/do/decide")
    assert re.search(r'<input id="f-document-title"[^>]* required', form.text)
    given = {"document.title": "Minutes", "document.date": "2026-12-01", "document.url": "https://example.org/m.pdf"}
    refused = await submit(admin, form)
    assert refused.status_code == 409
    done = await submit(admin, form, **given)
    assert done.status_code == 200, done.text
    assert "<strong>Decided</strong>" in done.text


async def test_a_score_has_a_number_for_each_criterion(
    console: ConsoleSystem, superuser: asyncpg.Connection, admin: Browser
) -> None:
    nominee, api = await _signed_in(console), ConsoleApi(console, admin)
    expert = await _expert(console, superuser, admin)
    account = (await ConsoleApi(console, nominee).get("/access/v1/accounts/me"))["id"]
    await api.step(f"/membership/v1/experts/{expert}", "link_account", account_id=account)
    until = to_text(now() + timedelta(days=9))
    said = {"code": f"REEFS-{uuid4().hex[:8].upper()}", "kind": "membership", "titles": {"en": "Fellows for reefs"}}
    criteria = [{"key": "merit", "titles": {"en": "Merit <of> work"}, "weight": 2}]
    instants = {"opens": to_text(now()), "nominee_deadline": until, "nominator_deadline": until}
    call = await api.create("/membership/v1/calls", {**said, **instants, "seats": 1, "criteria": criteria})
    await api.step(f"/membership/v1/calls/{call['id']}", "open")
    body = {"call_id": call["id"], "nominator": {"name": "Dean", "email": "dean@example.org"}}
    nomination = await ConsoleApi(console, nominee).create("/membership/v1/nominations", body)
    page = f"/console/membership/nominations/{nomination['id']}"
    assert "<bdi>Amina Walker · Fellows for reefs</bdi></h1>" in (await admin.get(page)).text
    form = await admin.get(f"{page}/scores/new")
    assert 'name="scores.merit"' in form.text
    assert "Merit &lt;of&gt; work" in form.text
    assert "JSON" not in form.text
    wrong = await submit(admin, form, **{"scores.merit": "much"})
    assert wrong.status_code == 422
    assert 'href="#f-scores-merit"' in wrong.text


async def test_a_country_confirms_help_as_a_step_of_its_own(
    console: ConsoleSystem, superuser: asyncpg.Connection, admin: Browser
) -> None:
    official = await _signed_in(console, ("government_focal_point", "country", _HERE))
    document = json.dumps({"title": "Map", "date": "2026-12-01", "url": "https://example.org/map.pdf"})
    expert = await _expert(console, superuser, admin)
    request = await _request(superuser, status="delivered", delivery_document=document, expert_ids=[expert])
    known = {
        "request_id": request,
        "expert_id": expert,
        "status": "accepted",
        "country": _HERE,
    }
    offer = await enter(
        superuser, "action_offer", **known, visibility="restricted", respond_by=_LATER, accepted_on=date(2026, 12, 1)
    )
    page = (await official.open("/console/")).text
    for place in (f"offers/{offer}", f"support_requests/{request}"):
        assert f'href="/console/actions/{place}/do/confirm"' in page
    assert re.search(r'<bdi>[^<]*Map of the reefs</bdi></a> <bdi class="note">OFF-', page)
    assert "Waiting for a second person" not in page
    rating = await official.get(f"/console/actions/support_requests/{request}/do/confirm")
    assert "The rating, from 1 (worst) to 5 (best)." in rating.text
    rated = await submit(official, rating, rating="5", text="A useful map.")
    assert "<strong>Closed</strong>" in rated.text


async def test_a_step_shows_the_record_that_it_is_about(
    console: ConsoleSystem, superuser: asyncpg.Connection, admin: Browser
) -> None:
    request = await _request(superuser, status="matching")
    known = {
        "request_id": request,
        "expert_id": await _expert(console, superuser, admin),
        "status": "accepted",
        "country": _HERE,
    }
    offer = await enter(
        superuser, "action_offer", **known, visibility="restricted", respond_by=_LATER, accepted_on=date(2026, 12, 1)
    )
    step = (await admin.get(f"/console/actions/offers/{offer}/do/confirm")).text
    assert '<details class="panel" open>' in step
    assert f'href="/console/actions/support_requests/{request}"' in step
    below = (await admin.get(f"/console/actions/support_requests/{request}")).text
    assert f'<a href="/console/actions/offers/{offer}">' in below
    assert "<strong>Accepted</strong>" in below


async def test_lists_that_refuse_the_filter_are_not_offered(
    console: ConsoleSystem, superuser: asyncpg.Connection, admin: Browser
) -> None:
    names = json.dumps({"en": "Ministry of Reefs"})
    body = await enter(
        superuser, "action_government_body", names=names, status="active", kind="ministry", country=_HERE
    )
    page, offered = f"/console/actions/government_bodies/{body}", f"/console/actions/programmes?lead_body_id={body}"
    assert f'href="{offered}"' in (await admin.get(page)).text
    assert (await admin.get(offered)).status_code == 200
    anybody = await _signed_in(console)
    assert (await anybody.get(page)).status_code == 200
    assert "lead_body_id" not in (await anybody.get(page)).text
    assert (await anybody.get(offered)).status_code == 400


async def test_a_new_record_begins_with_what_the_list_is_narrowed_to(admin: Browser) -> None:
    page = (await admin.get(f"/console/actions/tasks?country={_HERE}&status=open")).text
    assert f'href="/console/actions/tasks/new?country={_HERE}"' in page
    form = (await admin.get(f"/console/actions/tasks/new?country={_HERE}")).text
    assert f'<option value="{_HERE}" selected>' in form


async def test_the_reason_of_the_last_step_stands_on_the_record(console: ConsoleSystem, admin: Browser) -> None:
    api = ConsoleApi(console, admin)
    said = {"titles": {"en": "Ask"}, "text": {"en": "Ask them."}, "due": "2099-01-01", "country": _HERE}
    task = await api.create("/actions/v1/tasks", {**said, "owner": {"role": "secretariat_officer"}})
    await api.step(f"/actions/v1/tasks/{task['id']}", "cancel", reason="They <answered>.")
    page = (await admin.get(f"/console/actions/tasks/{task['id']}")).text
    assert "They &lt;answered&gt;." in page


async def test_a_second_person_finds_the_step_on_the_record(
    console: ConsoleSystem, superuser: asyncpg.Connection, admin: Browser
) -> None:
    said = {"title": "Survey", "country": _HERE}
    sent = await ConsoleApi(console, admin).http.post(
        "/actions/v1/evidence", data=said, files={"file": ("survey.txt", b"Fifty reefs.\n")}
    )
    assert sent.status_code == 201, sent.text
    await change(superuser, "action_evidence", UUID(sent.json()["id"]), status="quarantined")
    evidence = f"/console/actions/evidence/{sent.json()['id']}"
    assert "/pending/" not in (await admin.get(evidence)).text
    proposed = await submit(admin, await admin.get(f"{evidence}/do/release"), reason="A false alarm.")
    assert proposed.status_code == 200, proposed.text
    second = await _signed_in(console, ("secretariat_admin", "global", None))
    assert f'href="{evidence}"' in (await second.get("/console/?kind=evidence")).text
    (place,) = re.findall(rf'href="({evidence}/pending/[0-9a-f-]+)"', (await second.get(evidence)).text)
    decided = await second.follow(await second.fill(await second.get(place), decision="confirm"))
    assert "<strong>Available</strong>" in decided.text
    assert "/pending/" not in decided.text


async def test_a_period_is_named_by_its_year(superuser: asyncpg.Connection, admin: Browser) -> None:
    days = {name: date(2051, 1, 1) for name in ("starts", "ends", "opens_on", "due_on", "closes_on")}
    await enter(superuser, "action_period", framework="3+1/2051", code="2051", status="open", country=None, **days)
    form = await admin.get("/console/actions/results/new")
    page = await submit(admin, form, indicator_id="no such indicator", period_id="2051", method="measured")
    assert 'href="#f-indicator_id"' in page.text
    assert 'href="#f-period_id"' not in page.text
    unknown = await submit(admin, form, indicator_id="no such indicator", period_id="1851", method="measured")
    assert 'href="#f-period_id"' in unknown.text


async def test_a_file_belongs_to_the_country_of_what_the_form_names(
    console: ConsoleSystem, superuser: asyncpg.Connection
) -> None:
    author, title = await _signed_in(console, ("national_author", "country", _HERE)), f"Survey {uuid4()}"
    titles = json.dumps({"en": "Restore reefs"})
    await enter(superuser, "action_framework", code="3+1/2051", country=None, status="current")
    programme = await enter(superuser, "action_programme", country=_HERE, status="exploring", framework="3+1/2051")
    known = {"programme_id": programme, "country": _HERE, "status": "planned", "kind": "action", "pillar": "action-1"}
    action = await enter(superuser, "action_action", titles=titles, participants="[]", tags="[]", **known)
    form = await author.get(f"/console/actions/results/new?action_id={action}")
    place, hidden = "/console/actions/results/new", _hidden(form.text)
    said = {**hidden, "action_id": str(action), "evidence.0.title": title, "evidence.0.date": "2026-01-10"}
    files = {"evidence.0.evidence_id.file": ("survey.txt", b"Forty reefs.\n", "text/plain")}
    sent = await author._sent("POST", place, {"Sec-Fetch-Site": "same-origin"}, data=said, files=files)
    assert sent.status_code == 422
    found = await superuser.fetch("SELECT country FROM action_evidence WHERE title = $1", title)
    assert [one["country"] for one in found] == [_HERE]


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.partition("<main")[2]))


def test_a_record_that_one_may_not_read_has_no_id() -> None:
    key = "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"
    field = Field("round_id", "reference", refers="/actions/v1/review_rounds")
    hidden = value_shown(field, key, {("/actions/v1/review_rounds", key): None})
    assert hidden is not None
    assert (hidden.kind, hidden.text) == ("hidden", "")
    named = value_shown(field, key, {("/actions/v1/review_rounds", key): Name("RRD-000001", "Round", None)})
    assert named is not None
    assert (named.kind, named.named and named.named.title) == ("reference", "Round")


def test_what_an_expert_is_matched_by_is_read_by_people() -> None:
    expert = {
        "id": "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33",
        "ref": "EXP-000123",
        "display_name": "Amina",
        "country": "XA",
    }
    shown = value_shown(Field("expert", "group"), expert)
    assert shown is not None
    assert shown.named == Name("EXP-000123", "Amina", f"/console/membership/experts/{expert['id']}")


def test_an_address_of_the_api_leads_to_the_record() -> None:
    said = with_records("It is <wrong>.\n/centres/v1/centres/CTR-000004\n/actions/v1/countries/XA")
    assert str(said) == (
        'It is &lt;wrong&gt;.\n<a href="/console/centres/centres/CTR-000004"><bdi>CTR-000004</bdi></a>\n'
        '<a href="/console/countries/XA"><bdi>XA</bdi></a>'
    )
    assert str(with_records("see /centres/v1/centres/CTR-000004")) == "see /centres/v1/centres/CTR-000004"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("For confirm: the rating.", "The rating."),
        ("For `deliver`: what was delivered.", "What was delivered."),
        ("What they agree to. Default: `{'results': False}`.", "What they agree to."),
        ("Whether it counts. Default: `false`.", "Whether it counts. Default: `false`."),
    ],
)
def test_descriptions_say_nothing_to_programs(said: str, read: str) -> None:
    assert field_of("x", {"type": "string", "description": said}, opening_in({})).description == read
