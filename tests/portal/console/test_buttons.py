"""No role sees a button that its token may not press."""

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.access.access import MACHINE_ROLE, ROLE_SCOPES
from tests.support.centres import DOCUMENT
from tests.support.console import Browser, ConsoleSystem
from tests.support.console_api import ConsoleApi

COUNTRY = "VU"
_PEOPLE = [
    (role, kind) for role, kinds in ROLE_SCOPES.items() if role != MACHINE_ROLE for kind in sorted(kinds - {"region"})
]
"""Every role that people hold, with each of its scopes: a region is its countries."""
_READERS = ("platform_operator", "auditor", "reviewer", "editor_in_chief", "editor")
"""Roles that press nothing here: they read, or work on records of other kinds."""
_LINK = re.compile(
    r'(?:href|action)="/console/([a-z]+)/([a-z_]+)(?:/([0-9a-f-]{36}))?/(new|edit|do/[a-z_]+)(?:\?[^"]*)?"'
)
_PATCH = {"Content-Type": "application/merge-patch+json"}


def _bodies(host: str) -> dict[str, dict[str, Any]]:
    named = {"country": COUNTRY, "names": {"en": "Named"}}
    return {
        "membership/experts": {"country": COUNTRY, "names": [{"full": "Erna Example"}]},
        "centres/committees": named,
        "centres/centres": {**named, "host_institution_id": host},
        "actions/correspondence": {"country": COUNTRY, "subject": "A letter", "direction": "in", "date": "2026-11-02"},
        "actions/tasks": {"country": COUNTRY, "titles": {"en": "A task"}, "due": "2030-01-01"},
        "actions/government_bodies": {"country": COUNTRY, "names": {"en": "Ministry"}, "kind": "ministry"},
    }


@pytest.fixture(scope="session")
async def records(console: ConsoleSystem) -> dict[str, str]:
    """The ids of records of one country, by list."""
    admin = await console.person(("secretariat_admin", "global", None))
    await admin.open("/console/")
    api = ConsoleApi(console, admin)
    names = [{"value": f"University {uuid4().hex[:8]}", "language": "en", "types": ["ror_display"]}]
    host = await api.create("/membership/v1/institutions", {"names": names, "country": COUNTRY})
    found = {"membership/institutions": str(host["id"])}
    for name, body in _bodies(str(host["id"])).items():
        service, plural = name.split("/")
        found[name] = str((await api.create(f"/{service}/v1/{plural}", body))["id"])
    return found


async def _pressed(
    http: httpx.AsyncClient, records: dict[str, str], service: str, plural: str, key: str, button: str
) -> httpx.Response:
    """What the API says to a press: a new record, a change of nothing, a step with a field that it does not have."""
    path = f"/{service}/v1/{plural}"
    if button == "new":
        named = {"names": [{"value": uuid4().hex, "language": "en", "types": ["ror_display"]}], "country": COUNTRY}
        focal_point = {"country": COUNTRY, "person": {"expert_id": records["membership/experts"]}}
        agreement = {"centre_id": records["centres/centres"], "kind": "host", "document": DOCUMENT, "parties": []}
        bodies = {
            **_bodies(records["membership/institutions"]),
            "membership/institutions": named,
            "centres/agreements": agreement,
            "actions/focal_points": focal_point,
        }
        return await http.post(path, json=bodies[f"{service}/{plural}"])
    path = f"{path}/{key}"
    tag = {"If-Match": (await http.get(path)).headers["etag"]}
    if button == "edit":
        return await http.patch(path, json={}, headers={**tag, **_PATCH})
    body = {"action": button.removeprefix("do/"), "fields": {"nonsense": 1}}
    return await http.post(f"{path}/transitions", json=body, headers=tag)


def _over(records: dict[str, str], kind: str) -> str | None:
    """What a grant of this scope is over: a record of the country, or the country."""
    own = {"record": "centres/centres", "institution": "membership/institutions", "self": "membership/experts"}
    found = {"global": None, "country": COUNTRY, "edition": str(uuid4()), "centre": records["centres/centres"]}
    return found[kind] if kind in found else records[own[kind]]


def _pages(records: dict[str, str]) -> list[str]:
    """The lists and files of the records, and the pages on which the work of several records meets."""
    centre, expert = records["centres/centres"], records["membership/experts"]
    meeting = ["/console/", f"/console/countries/{COUNTRY}", f"/console/centres/{centre}"]
    of_records = [page for name, key in records.items() for page in (f"/console/{name}", f"/console/{name}/{key}")]
    return [*meeting, f"/console/experts/{expert}/screen", *of_records]


@pytest.mark.long("opens the lists and records of one country, and presses every button there")
@pytest.mark.parametrize(("role", "kind"), _PEOPLE)
async def test_every_button_may_be_pressed(
    console: ConsoleSystem, records: dict[str, str], role: str, kind: str
) -> None:
    browser: Browser = await console.person((role, kind, _over(records, kind)))
    await browser.open("/console/")
    http = ConsoleApi(console, browser).http
    seen = set()
    for address in _pages(records):
        page = await browser.get(address)
        assert page.status_code in (200, 403, 404), (address, page.text[-2000:])
        seen |= set(_LINK.findall(page.text))
    refused = []
    for service, plural, key, button in sorted(seen):
        said = await _pressed(http, records, service, plural, key, button)
        if said.status_code in (401, 403) and said.json()["code"] != "insufficient_user_authentication":
            refused.append((plural, button, said.json()))
    assert refused == []
    assert seen or role in _READERS, "nothing to press"
