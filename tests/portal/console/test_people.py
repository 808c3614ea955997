"""People and access at the console: lists by what one may read, secrets of programs, deliveries of webhooks."""

import re
from dataclasses import replace
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.portal.console.test_signing_in import put, session_in
from tests.portal.console.test_work import call_api
from tests.support.console import Browser, ConsoleSystem


@pytest.fixture(scope="module")
async def admin(console: ConsoleSystem) -> Browser:
    found = await console.person(("secretariat_admin", "global", None))
    await found.open("/console/")
    return found


@pytest.fixture
async def client(console: ConsoleSystem, admin: Browser) -> dict[str, Any]:
    body = {
        "name": f"Program {uuid4().hex}",
        "scope_kind": "global",
        "resources": ["membership.experts"],
        "verbs": ["read"],
    }
    made = await call_api(console, admin, "POST", "/access/v1/clients", json=body)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def test_people_see_the_lists_that_they_may_read(console: ConsoleSystem, admin: Browser) -> None:
    page = (await admin.get("/console/grants")).text
    for place in ("/console/access/grants", "/console/access/clients", "/console/access/accounts"):
        assert f'href="{place}"' in page
    assert 'href="/console/access/grants/new"' in page
    reader = await console.person(("committee_secretary", "country", "XA"))
    seen = (await reader.open("/console/grants")).text
    assert 'href="/console/access/clients/new"' not in seen


async def _by_two_factors(person: Browser, database_url: str) -> None:
    """The person's session at the console is one of a sign-in with two factors."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    session = session_in(person)
    await connection.execute("UPDATE access_session SET acr = '2', amr = '{pwd,otp}' WHERE id = $1", UUID(session.id))
    await connection.close()
    put(person, replace(session, expires=0))


async def test_a_program_gets_another_secret_which_is_shown_once(
    admin: Browser, client: dict[str, Any], console_database_url: str
) -> None:
    place = f"/console/clients/{client['id']}"
    page = await admin.get(place)
    assert client["client_id"] in page.text
    asked = await admin.fill(page, at="/secrets")
    assert "acr_values=2&max_age=900" in asked.headers["location"]
    await _by_two_factors(admin, console_database_url)
    added = await admin.fill(page, at="/secrets")
    assert added.status_code == 200, added.text
    assert "escm_" in added.text
    assert added.headers["cache-control"] == "no-store"
    again = await admin.get(place)
    assert "escm_" not in again.text
    removed = await admin.follow(await admin.fill(again, at="/secrets/oldest"))
    assert "It is removed." in removed.text
    assert "/secrets/oldest" not in removed.text
    assert (await admin.fill(again, at="/secrets/oldest")).status_code == 412


async def test_who_may_not_change_a_program_sees_no_button(console: ConsoleSystem, client: dict[str, Any]) -> None:
    auditor = await console.person(("auditor", "global", None))
    page = await auditor.open(f"/console/clients/{client['id']}")
    assert page.status_code == 200
    assert "/secrets" not in page.text
    stranger = await console.person()
    assert (await stranger.open(f"/console/clients/{client['id']}")).status_code in (403, 404)


async def test_what_was_sent_to_a_webhook_is_listed(console: ConsoleSystem, admin: Browser) -> None:
    body = {"name": "Ministry", "url": "https://8.8.8.8/hook", "types": ["escm.membership.*"]}
    made = await call_api(console, admin, "POST", "/access/v1/webhooks", json=body)
    assert made.status_code == 201, made.text
    page = await admin.get(f"/console/webhooks/{made.json()['id']}")
    assert page.status_code == 200
    assert "Last deliveries" in page.text
    assert "https://8.8.8.8/hook" in page.text
    assert str(made.json().get("secret")) not in page.text


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/console/clients", "/console/access/clients"),
        ("/console/webhooks", "/console/access/webhooks"),
    ],
)
async def test_short_addresses_lead_to_lists(admin: Browser, path: str, place: str) -> None:
    assert (await admin.get(path)).headers["location"] == place


async def test_the_audit_trail_is_read_by_its_readers_alone(console: ConsoleSystem, admin: Browser) -> None:
    assert 'href="/console/audit"' in (await admin.get("/console/grants")).text
    page = await admin.get("/console/audit")
    assert page.status_code == 200, page.text
    assert "Audit trail" in page.text
    following = re.search(r'href="(/console/audit\?[^"]+)"', page.text)
    if following:
        assert (await admin.get(unescape(following[1]))).status_code == 200
    assert (await admin.get("/console/audit?subject=nothing")).status_code == 400
    officer = await console.person(("secretariat_officer", "country", "XA"))
    await officer.open("/console/")
    assert "/console/audit" not in (await officer.get("/console/grants")).text
    assert (await officer.get("/console/audit")).status_code == 403
