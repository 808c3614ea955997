"""The profile of a centre is public with it, and has a version of its own."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.centres.register.profiles import operations, schemas
from services.centres.register.profiles.domain import is_stale
from shared.contracts.centres import PROFILE_CONFIRMED, PROFILE_CREATED, PROFILE_UPDATED
from shared.kernel.clock import today
from shared.kernel.identifiers import doi
from tests.actions.neighbours import enter
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import CENTRES, Members, centre_body, designated, entered, unused_country

_TITLES = {"titles": {"en": "Soil laboratory"}}
_PROFILE: dict[str, Any] = {
    "website": "https://soils.example.org/",
    "established": 1998,
    "languages": ["en", "fr"],
    "staff": {"total": 40, "researchers": 25, "technical": 10, "women": 21},
    "facilities": [{**_TITLES, "description": "Analyses soil and water."}],
    "equipment": [{**_TITLES, "description": None}],
    "services": [{**_TITLES, "audience": "Farmers"}],
    "projects": [{**_TITLES, "url": "https://soils.example.org/peat", "action_id": None}],
    "publications": [{"doi": "10.1038/nphys1170", "url": None, "title": "Carbon in peat", "year": 2026}],
}
_Centre = dict[str, Any]


@pytest.fixture
async def centre(secretariat: Caller, members: Members, superuser: asyncpg.Connection) -> _Centre:
    """A published centre."""
    return await designated(secretariat, members, superuser, unused_country(), visibility="public")


@pytest.fixture
async def draft(secretariat: Caller, members: Members) -> _Centre:
    return await entered(secretariat, CENTRES, await centre_body(members, "XA"))


async def test_an_officer_of_the_country_writes_the_first_profile_of_a_centre(
    draft: _Centre, secretariat: Caller, entering: Any
) -> None:
    assert (await secretariat.change(draft["links"]["self"], visibility="restricted")).status_code == 200
    officer = entering("secretariat_officer", "country", "XA")
    changed = await officer.change(_path(draft), website="https://soils.example.org/")
    assert (changed.status_code, changed.json()["version"]) == (200, 1)


def _path(centre: _Centre) -> str:
    return f"{centre['links']['self']}/profile"


@pytest.fixture
def entering(secretariat: Caller, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Registers a person with one grant. Returns the caller."""

    def enter_person(role: str, scope_kind: str, scope_id: str) -> Caller:
        name = f"{role}-{uuid4()}"
        monkeypatch.setitem(CALLERS, name, person(name, grant(role, scope_kind, scope_id)))
        return secretariat.known_as(name)

    return enter_person


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("10.1038/nphys1170", "10.1038/nphys1170"),
        (" https://doi.org/10.1038/NPHYS1170 ", "10.1038/nphys1170"),
        ("http://dx.doi.org/10.1000.10/123", "10.1000.10/123"),
        ("doi: 10.1000/(sici)1<5::x>", "10.1000/(sici)1<5::x>"),
        ("11.1038/nphys1170", None),
        ("10.1038/", None),
        ("10.12/short", None),
        ("10.1038/two words", None),
        ("nphys1170", None),
    ],
)
def test_a_doi_is_read_in_each_of_its_forms(written: str, expected: str | None) -> None:
    assert doi(written) == expected


def test_a_profile_is_stale_after_twelve_months() -> None:
    assert not is_stale(date(2025, 11, 28), date(2026, 11, 28))
    assert is_stale(date(2025, 11, 28), date(2026, 11, 29))
    assert not is_stale(date(2024, 2, 29), date(2025, 2, 28))
    assert is_stale(date(2024, 2, 29), date(2025, 3, 1))


async def test_a_profile_is_empty_before_it_is_written(anonymous: Caller, centre: _Centre) -> None:
    found = await anonymous.get(_path(centre))
    shown = found.json()
    assert (found.status_code, shown["version"], shown["centre_id"]) == (200, 0, centre["id"])
    assert (shown["staff"], shown["publications"], shown["stale"], shown["updated_at"]) == (None, [], False, None)
    assert shown["links"]["self"] == _path(centre)


async def test_a_published_profile_is_public_and_an_unpublished_one_is_not(
    secretariat: Caller, anonymous: Caller, members: Members, centre: _Centre
) -> None:
    written = await secretariat.change(_path(centre), **_PROFILE)
    assert written.status_code == 200, written.text
    shown = (await anonymous.get(_path(centre))).json()
    assert {name: shown[name] for name in _PROFILE} == _PROFILE
    assert shown["version"] == 1
    draft = await entered(secretariat, CENTRES, await centre_body(members, "XA", visibility="public"))
    assert (await anonymous.get(_path(draft))).status_code == 404
    hidden = await secretariat.change(centre["links"]["self"], visibility="restricted")
    assert hidden.status_code == 200, hidden.text
    assert (await anonymous.get(_path(centre))).status_code == 404
    assert (await anonymous.known_as("author_xb").get(_path(centre))).status_code == 404
    assert (await anonymous.patch(_path(centre), {})).status_code == 401


async def test_a_change_of_the_profile_leaves_the_centre_as_it_is(secretariat: Caller, centre: _Centre) -> None:
    before = await secretariat.get(centre["links"]["self"])
    first = await secretariat.change(_path(centre), staff={"total": 4})
    second = await secretariat.patch(_path(centre), {"staff": {"women": 3}}, etag=first.headers["etag"])
    assert (second.json()["version"], second.json()["staff"]["total"], second.json()["staff"]["women"]) == (2, 4, 3)
    assert (await secretariat.get(centre["links"]["self"])).headers["etag"] == before.headers["etag"]
    unchanged = await secretariat.change(_path(centre), staff={"total": 4})
    assert unchanged.json()["version"] == 2
    read = await secretariat.get(_path(centre))
    known = await secretariat.get(_path(centre), headers={"If-None-Match": read.headers["etag"]})
    assert (known.status_code, read.headers["etag"]) == (304, unchanged.headers["etag"])


async def test_a_change_names_the_version_of_the_profile(secretariat: Caller, centre: _Centre) -> None:
    missing = await secretariat.patch(_path(centre), {"established": 1999})
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    read = (await secretariat.get(_path(centre))).headers["etag"]
    assert (await secretariat.patch(_path(centre), {"established": 1999}, etag=read)).status_code == 200
    stale = await secretariat.patch(_path(centre), {"established": 2000}, etag=read)
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    assert stale.json()["current_etag"] == (await secretariat.get(_path(centre))).headers["etag"]


async def test_more_women_than_people_are_refused_with_their_pointer(secretariat: Caller, centre: _Centre) -> None:
    refused = await secretariat.change(_path(centre), staff={"total": 4, "women": 5})
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [("/staff/women", "out_of_range")]
    assert (await secretariat.change(_path(centre), staff={"total": 5, "women": 5})).status_code == 200
    fewer = await secretariat.change(_path(centre), staff={"total": 4})
    assert [one["pointer"] for one in fewer.json()["errors"]] == ["/staff/women"]


@pytest.mark.parametrize(
    ("name", "value", "pointer", "code"),
    [
        ("website", "nowhere", "/website", "invalid_format"),
        ("established", 999, "/established", "out_of_range"),
        ("languages", ["english"], "/languages/0", "invalid_format"),
        ("languages", ["en"] * 51, "/languages", "too_long"),
        *(("staff", {part: 1_000_001}, f"/staff/{part}", "out_of_range") for part in ("total", "researchers", "women")),
        ("staff", {"technical": -1}, "/staff/technical", "out_of_range"),
        ("staff", {"total": 1.5}, "/staff/total", "invalid_type"),
        ("facilities", [_TITLES] * 51, "/facilities", "too_long"),
        ("equipment", [_TITLES] * 101, "/equipment", "too_long"),
        ("services", [_TITLES] * 51, "/services", "too_long"),
        ("projects", [_TITLES] * 101, "/projects", "too_long"),
        ("publications", [{"doi": "10.1000/1", "title": "x", "year": 2026}] * 501, "/publications", "too_long"),
        ("facilities", [{"titles": {}}], "/facilities/0/titles", "too_short"),
        ("services", [{**_TITLES, "audience": "x" * 501}], "/services/0/audience", "too_long"),
        ("projects", [{**_TITLES, "url": "x"}], "/projects/0/url", "invalid_format"),
        ("projects", [{**_TITLES, "action_id": str(uuid4())}], "/projects/0/action_id", "unknown_reference"),
        ("publications", [{"doi": "10.1", "title": "x", "year": 2026}], "/publications/0/doi", "invalid_doi"),
        ("publications", [{"title": "x", "year": 2026}], "/publications/0", "required"),
        ("publications", [{"doi": "10.1000/1", "title": "x"}], "/publications/0/year", "required"),
        ("publications", [{"doi": "10.1000/1", "title": "x", "year": 2101}], "/publications/0/year", "out_of_range"),
        ("confirmed_on", "2026-01-01", "/confirmed_on", "unknown_field"),
        ("version", 7, "/version", "unknown_field"),
    ],
)
async def test_every_list_and_number_has_bounds(
    secretariat: Caller, draft: _Centre, name: str, value: Any, pointer: str, code: str
) -> None:
    refused = await secretariat.change(_path(draft), **{name: value})
    assert refused.status_code == 422, refused.text
    assert (pointer, code) in [(one["pointer"], one["code"]) for one in refused.json()["errors"]], refused.text


async def test_lists_are_as_long_as_their_bounds(secretariat: Caller, draft: _Centre) -> None:
    sizes = {"facilities": 50, "equipment": 100, "services": 50, "projects": 100}
    full: dict[str, Any] = {name: [_TITLES] * size for name, size in sizes.items()}
    full["publications"] = [{"doi": f"10.1000/{n}", "title": "x", "year": 2026} for n in range(500)]
    full["staff"] = dict.fromkeys(("total", "researchers", "technical", "women"), 1_000_000)
    written = await secretariat.change(_path(draft), **full)
    assert written.status_code == 200, written.text
    assert {name: len(written.json()[name]) for name in (*sizes, "publications")} == {**sizes, "publications": 500}


async def test_a_project_names_an_action_that_the_caller_may_know_of(
    secretariat: Caller, centre: _Centre, superuser: asyncpg.Connection
) -> None:
    place = {"country": centre["country"], "visibility": "public"}
    programme = await enter(superuser, "action_programme", status="approved", framework="3+1/2026", **place)
    action = await enter(
        superuser,
        "action_action",
        status="planned",
        kind="action",
        pillar="core",
        programme_id=programme,
        titles='{"en": "Peat"}',
        participants="[]",
        tags="[]",
        **place,
    )
    written = await secretariat.change(_path(centre), projects=[{**_TITLES, "action_id": str(action)}])
    assert (written.status_code, written.json()["projects"][0]["action_id"]) == (200, str(action)), written.text


async def test_a_profile_is_stale_after_twelve_months_and_not_after_its_confirmation(
    secretariat: Caller, centre: _Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = await secretariat.post(f"{_path(centre)}/confirm")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "conflict")
    await secretariat.change(_path(centre), established=1998)
    assert (await secretariat.get(_path(centre))).json()["stale"] is False
    later = today() + timedelta(days=367)
    for module in (operations, schemas):
        monkeypatch.setattr(module, "today", lambda: later)
    read = await secretariat.get(_path(centre))
    assert (read.json()["stale"], read.json()["confirmed_on"]) == (True, None)
    changed = await secretariat.change(_path(centre), established=1999)
    assert changed.json()["stale"] is True, "a change does not confirm the rest"
    confirmed = await secretariat.post(f"{_path(centre)}/confirm")
    assert confirmed.status_code == 200, confirmed.text
    assert (confirmed.json()["stale"], confirmed.json()["confirmed_on"]) == (False, later.isoformat())
    assert confirmed.json()["version"] == 3
    stale = await secretariat.post(f"{_path(centre)}/confirm", etag=read.headers["etag"])
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")


async def test_director_host_committee_and_office_write_the_profile_and_nobody_else(
    centre: _Centre, entering: Any, members: Members
) -> None:
    country = str(centre["country"])
    writers = (
        ("centre_director", "centre", centre["id"]),
        ("institution_representative", "institution", centre["host_institution_id"]),
        ("committee_secretary", "country", country),
        ("secretariat_officer", "country", country),
    )
    for year, given in enumerate(writers, start=1990):
        by = entering(*given)
        written = await by.change(_path(centre), established=year)
        assert (written.status_code, written.json().get("established")) == (200, year), (given, written.text)
        assert (await by.post(f"{_path(centre)}/confirm")).status_code == 200, given
    others = (
        ("government_focal_point", "country", country),
        ("centre_director", "centre", str(uuid4())),
        ("institution_representative", "institution", await members.institution(country)),
    )
    for given in others:
        by = entering(*given)
        assert (await by.get(_path(centre))).status_code == 200
        assert (await by.change(_path(centre), established=2000)).status_code == 403, given
        assert (await by.post(f"{_path(centre)}/confirm")).status_code == 403, given


async def test_each_change_is_audited_and_announced(
    secretariat: Caller, centre: _Centre, superuser: asyncpg.Connection
) -> None:
    await secretariat.change(_path(centre), established=1998)
    await secretariat.change(_path(centre), established=1999)
    await secretariat.post(f"{_path(centre)}/confirm")
    key = await superuser.fetchval("SELECT id FROM centre_profile WHERE centre_id = $1", centre["id"])
    audited = await superuser.fetch("SELECT action FROM core_audit WHERE subject = $1 ORDER BY version", key)
    assert [row["action"] for row in audited] == ["create", "update", "confirm"]
    announced = await superuser.fetch("SELECT type FROM core_outbox WHERE subject = $1 ORDER BY id", key)
    facts = [PROFILE_CREATED, PROFILE_UPDATED, PROFILE_CONFIRMED]
    assert [row["type"] for row in announced] == facts
