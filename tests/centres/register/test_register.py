"""The register of centres: what it shows today and showed on each day, its changes, for everybody."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest
from geojson_pydantic import Feature, FeatureCollection, Point

from services.centres.designation.centres.schedules import apply_scheduled
from services.centres.settings import CentresSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now, today
from tests.actions.neighbours import enter
from tests.support.callers import CALLERS, Caller
from tests.support.centres import Members, centre_body, entered, recommended, stepped, unused_country
from tests.support.clock import Calendar
from tests.support.register import (
    CHANGES,
    REGISTER,
    Membership,
    changed,
    changes,
    designated,
    items,
    public_expert,
    public_host,
)

FORMER = {"former": "true"}


def yesterday() -> str:
    return str(today() - timedelta(days=1))


def kinds(lines: list[dict[str, Any]]) -> list[str]:
    return [line["change"] for line in lines]


async def test_a_designated_centre_is_in_the_register_from_the_day_on(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    host = await public_host(members, country, "University of the River")
    director = await public_expert(members, country, "Dora River")
    places = {"host_institution_id": host["id"], "director_id": director["id"]}
    centre = await designated(admin, members, superuser, country, **places)
    response = await anonymous.get(REGISTER, params={"country": country})
    shown = response.json()
    assert set(shown) == {"items", "next", "as_of", "definition", "disclaimer"}
    assert (shown["next"], shown["as_of"]) == (None, str(today()))
    assert shown["items"] == [
        {
            "id": centre["id"],
            "registration_number": f"ESNRC-{country}-01",
            "names": {"en": f"Centre of {country}"},
            "country": country,
            "host": {"id": host["id"], "name": "University of the River"},
            "unit": "Institute of Soils",
            "director": {"id": director["id"], "name": "Dora River"},
            "status": "active",
            "term": centre["term"],
            "themes": ["biosphere-integrity", "peat"],
            "position": {"lat": 1.5, "lon": -2.25},
            "website": None,
            "successor": None,
        }
    ]
    assert await items(anonymous, country, as_of=str(today())) == shown["items"]
    assert await items(anonymous, country, as_of=yesterday()) == []
    assert await items(anonymous, country, as_of="1990-01-01") == []
    (line,) = await changes(anonymous, country)
    assert line == {
        "on": str(today()),
        "registration_number": f"ESNRC-{country}-01",
        "names": {"en": f"Centre of {country}"},
        "country": country,
        "change": "designated",
        "from": None,
        "to": "active",
        "note": None,
    }


async def test_a_day_keeps_the_name_and_the_place_that_it_showed(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection, days: Calendar
) -> None:
    country = unused_country()
    centre = await designated(admin, members, superuser, country)
    days.pass_days()
    position = {"lat": 2.5, "lon": 3}
    await changed(admin, centre, names={"en": "Institute of Peat"}, position=position, themes=["peat"])
    (now,) = await items(anonymous, country)
    (before,) = await items(anonymous, country, as_of=yesterday())
    assert (now["names"]["en"], before["names"]["en"]) == ("Institute of Peat", f"Centre of {country}")
    assert (now["position"], before["position"]["lat"]) == (position, 1.5)
    lines = await changes(anonymous, country, after=yesterday())
    assert kinds(lines) == ["renamed", "moved"]
    assert (lines[0]["from"], lines[0]["to"]) == (before["names"], now["names"])
    assert (lines[1]["from"], lines[1]["to"]) == (before["position"], position)
    director = await public_expert(members, country)
    await changed(admin, centre, director_id=director["id"])
    (line,) = await changes(anonymous, country, change="director_changed")
    assert (line["from"], line["to"]["name"]) == (before["director"], director["display_name"])


async def test_the_website_of_the_profile_is_shown_from_the_day_on(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection, days: Calendar
) -> None:
    country, site = unused_country(), "https://soils.example.org/"
    centre = await designated(admin, members, superuser, country)
    days.pass_days()
    changed_profile = await admin.change(f"{centre['links']['self']}/profile", website=site)
    assert changed_profile.status_code == 200, changed_profile.text
    (shown,), (before,) = await items(anonymous, country), await items(anonymous, country, as_of=yesterday())
    assert (shown["website"], before["website"]) == (site, None)
    assert kinds(await changes(anonymous, country)) == ["designated"]


async def test_a_suspended_centre_is_gone_and_former_shows_it(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection, days: Calendar
) -> None:
    country = unused_country()
    centre = await designated(admin, members, superuser, country, public_note="The first of its country.")
    days.pass_days()
    note = {"public_note": "Its work rests."}
    suspended = await stepped(admin, centre, "suspend", reason="Money is missing", fields=note)
    assert suspended["public_note"] == "Its work rests."
    assert await items(anonymous, country) == []
    assert [one["status"] for one in await items(anonymous, country, former="true")] == ["suspended"]
    assert [one["status"] for one in await items(anonymous, country, as_of=yesterday())] == ["active"]
    days.pass_days()
    await stepped(admin, centre, "reinstate")
    await stepped(admin, centre, "close", reason="Merged into another", fields={"public_note": "Closed."})
    assert await items(anonymous, country, former="false") == []
    lines = await changes(anonymous, country)
    assert [(line["change"], line["from"], line["to"], line["note"]) for line in lines] == [
        ("designated", None, "active", "The first of its country."),
        ("suspended", "active", "suspended", "Its work rests."),
        ("reinstated", "suspended", "active", None),
        ("closed", "active", "closed", "Closed."),
    ]
    for path in (REGISTER, CHANGES):
        text = (await anonymous.get(path, params={"country": country})).text
        assert "Money is missing" not in text
        assert "Merged into another" not in text
    history = (await admin.get(f"{centre['links']['self']}/history")).json()["items"]
    noted = [one["after"] for line in history for one in line["changes"] if one["pointer"] == "/public_note"]
    assert noted == ["Closed.", None, "Its work rests.", "The first of its country."]


async def test_a_note_has_500_characters_and_belongs_to_steps_of_the_register(
    admin: Caller, members: Members, superuser: asyncpg.Connection
) -> None:
    centre = await designated(admin, members, superuser, unused_country())
    path = centre["links"]["self"]
    long = await admin.step(path, "suspend", reason="Audit", fields={"public_note": "x" * 501})
    assert (long.status_code, long.json()["errors"][0]["pointer"]) == (422, "/fields/public_note")
    patched = await admin.change(path, public_note="x")
    assert (patched.status_code, patched.json()["errors"][0]["code"]) == (422, "unknown_field")
    draft = await entered(admin, "/centres/v1/centres", await centre_body(members, unused_country()))
    refused = await admin.step(draft["links"]["self"], "submit", fields={"public_note": "x"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/fields/public_note")


async def test_a_term_that_ends_and_begins_again_is_in_the_register(
    admin: Caller,
    anonymous: Caller,
    members: Members,
    superuser: asyncpg.Connection,
    database: Database,
    days: Calendar,
) -> None:
    country = unused_country()
    centre = await designated(admin, members, superuser, country, public_note="Begins.")
    days.pass_days(1462)
    while await items(anonymous, country):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await apply_scheduled(uow)
    (former,) = await items(anonymous, country, former="true")
    assert (former["status"], former["term"]["number"]) == ("expired", 1)
    days.pass_days()
    renewed = await stepped(admin, centre, "renew")
    assert (await items(anonymous, country))[0]["term"] == renewed["term"]
    lines = await changes(anonymous, country)
    assert [(line["change"], line["note"]) for line in lines] == [
        ("designated", "Begins."), ("expired", None), ("renewed", None),
    ]  # fmt: skip


async def test_a_term_is_shown_from_its_first_day(
    admin: Caller,
    anonymous: Caller,
    members: Members,
    superuser: asyncpg.Connection,
    database: Database,
    days: Calendar,
) -> None:
    country = unused_country()
    centre = await designated(admin, members, superuser, country)
    days.pass_days(1462)
    while await items(anonymous, country):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await apply_scheduled(uow)
    renewed = await stepped(admin, centre, "renew", fields={"starts": str(today() + timedelta(days=30))})
    before, eve = centre["term"], today()
    assert [one["term"] for one in await items(anonymous, country)] == [before]
    as_feature = await anonymous.get(centre["links"]["self"], headers={"Accept": "application/geo+json"})
    assert as_feature.json()["properties"]["term"] == before
    days.pass_days(30)
    assert [one["term"] for one in await items(anonymous, country)] == [renewed["term"]]
    assert [one["term"] for one in await items(anonymous, country, as_of=str(eve))] == [before]


async def test_every_format_has_the_same_centres(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    for _ in range(3):
        await designated(admin, members, superuser, country, names={"en": '=Peat, "soil"', "fr": "Tourbe"})
    await designated(admin, members, superuser, country, position=None)
    await stepped(admin, await designated(admin, members, superuser, country), "suspend", reason="Audit")
    for query in ({}, FORMER, {"theme": "peat"}):
        shown = await items(anonymous, country, **query)
        assert len(shown) == (5 if query == FORMER else 4)
        answers = {
            name: await anonymous.get(REGISTER, params={"country": country, "format": name, **query})
            for name in ("csv", "geojson", "jsonld", "json")
        }
        assert answers["json"].json()["items"] == shown
        types = [answers[name].headers["content-type"] for name in ("csv", "geojson", "jsonld")]
        assert types == ["text/csv; charset=utf-8", "application/geo+json", "application/ld+json"]
        rows = list(csv.DictReader(io.StringIO(answers["csv"].text)))
        assert [row["registration_number"] for row in rows] == [one["registration_number"] for one in shown]
        for row, one in zip(rows, shown, strict=True):
            assert set(row) == set(one)
            assert {name for name, cell in row.items() if not cell} == {
                name for name, value in one.items() if value is None
            }
            assert row["host"] == str(one["host"]).replace("'", '"').replace(": ", ":").replace(", ", ",")
        parsed = FeatureCollection[Feature[Point, dict[str, Any]]].model_validate_json(answers["geojson"].text)
        assert [feature.properties["registration_number"] for feature in parsed.features if feature.properties] == [
            one["registration_number"] for one in shown
        ]
        for feature, one in zip(parsed.features, shown, strict=True):
            if one["position"] is None:
                assert feature.geometry is None
            else:
                assert feature.geometry is not None
                assert tuple(feature.geometry.coordinates) == (one["position"]["lon"], one["position"]["lat"])
        graph = answers["jsonld"].json()["@graph"]
        assert {each["@type"] for each in graph} == {"ResearchOrganization"}
        assert [each["identifier"] for each in graph] == [one["registration_number"] for one in shown]


async def test_a_centre_is_read_as_geojson_and_as_linked_data(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection, settings: CentresSettings
) -> None:
    country = unused_country()
    host = await public_host(members, country, "University of Peat")
    director = await public_expert(members, country, "Pia Peat")
    names = {"fr": "Centre de la tourbe", "en": "Peat Centre"}
    places = {"host_institution_id": host["id"], "director_id": director["id"], "names": names}
    centre = await designated(admin, members, superuser, country, **places)
    path = centre["links"]["self"]
    for somebody in (anonymous, admin):
        feature = await somebody.get(path, headers={"Accept": "application/geo+json"})
        assert feature.headers["content-type"] == "application/geo+json"
        assert feature.headers["vary"].startswith("Accept")
        parsed = Feature[Point, dict[str, Any]].model_validate_json(feature.text)
        (shown,) = await items(anonymous, country)
        assert parsed.properties == {name: shown[name] for name in shown if name not in ("id", "position")}
        linked = await somebody.get(path, headers={"Accept": "application/ld+json"})
        page = f"{settings.issuer}/en/centres/{centre['id']}"
        assert linked.json() == {
            "@context": "https://schema.org",
            "@type": "ResearchOrganization",
            "@id": page,
            "url": page,
            "identifier": f"ESNRC-{country}-01",
            "name": "Peat Centre",
            "alternateName": ["Centre de la tourbe"],
            "parentOrganization": {"@type": "Organization", "name": "University of Peat"},
            "employee": {"@type": "Person", "name": "Pia Peat", "jobTitle": "Director"},
            "address": {"@type": "PostalAddress", "addressCountry": country},
            "location": {"@type": "Place", "geo": {"@type": "GeoCoordinates", "latitude": 1.5, "longitude": -2.25}},
            "knowsAbout": ["biosphere integrity", "peat"],
        }
        known = await somebody.get(
            path, headers={"Accept": "application/ld+json", "If-None-Match": linked.headers["etag"]}
        )
        assert known.status_code == 304
    for accept, kind in (
        ("application/json", "application/json; charset=utf-8"),
        ("application/geo+json;q=0.5, application/json", "application/json; charset=utf-8"),
        ("application/geo+json;q=0.5, application/ld+json", "application/ld+json"),
        ("*/*", "application/json; charset=utf-8"),
    ):
        assert (await anonymous.get(path, headers={"Accept": accept})).headers["content-type"] == kind
    hidden = await recommended(admin, members, unused_country(), position=None)
    path = hidden["links"]["self"]
    assert (await anonymous.get(path, headers={"Accept": "application/geo+json"})).status_code == 404
    bare = (await admin.get(path, headers={"Accept": "application/geo+json"})).json()
    assert (bare["geometry"], bare["properties"]["director"]) == (None, None)


async def test_an_unpublished_director_has_no_name_on_any_day(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection, days: Calendar
) -> None:
    country = unused_country()
    director, successor = [await public_expert(members, country) for _ in range(2)]
    centre = await designated(admin, members, superuser, country, director_id=director["id"])
    days.pass_days()
    await changed(admin, centre, director_id=successor["id"])

    async def names() -> list[str | None]:
        shown = [await items(anonymous, country, as_of=day) for day in (yesterday(), str(today()))]
        return [one["director"] and one["director"]["name"] for (one,) in shown]

    first, second = director["display_name"], successor["display_name"]
    for _ in range(3):
        assert await names() == [first, second]
    await changed(members.admin, director, names=[{"full": "Another Name"}])
    assert await names() == ["Another Name", second]
    await changed(members.admin, director, visibility="network")
    for _ in range(3):
        assert await names() == [None, second]
    (line,) = await changes(anonymous, country, change="director_changed")
    assert (line["from"], line["to"]["name"]) == (None, second)
    await changed(members.admin, successor, visibility="restricted")
    assert await names() == [None, None]
    assert await changes(anonymous, country, change="director_changed") == []
    await changed(members.admin, director, visibility="public")
    assert await names() == ["Another Name", None]


async def test_a_centre_that_is_not_public_never_appears(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection, days: Calendar
) -> None:
    country = unused_country()
    for visibility in ("restricted", "network"):
        await designated(admin, members, superuser, country, visibility=visibility)
    for somebody in (anonymous, admin):
        assert await items(somebody, country, former="true") == []
        assert await changes(somebody, country) == []
    centre = await designated(admin, members, superuser, country)
    days.pass_days()
    centre = await changed(admin, centre, visibility="network")
    await changed(admin, centre, names={"en": "Hidden name"})
    assert await items(anonymous, country, former="true") == []
    assert len(await items(anonymous, country, as_of=yesterday())) == 1
    days.pass_days()
    await changed(admin, centre, visibility="public")
    assert [one["names"]["en"] for one in await items(anonymous, country)] == ["Hidden name"]
    assert await items(anonymous, country, as_of=yesterday()) == []
    assert kinds(await changes(anonymous, country)) == ["designated", "renamed"]


async def test_a_centre_that_is_published_later_enters_on_that_day(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection, days: Calendar
) -> None:
    country = unused_country()
    centre = await designated(admin, members, superuser, country, visibility="network", public_note="Welcome.")
    days.pass_days()
    await changed(admin, centre, visibility="public")
    assert await items(anonymous, country, as_of=yesterday()) == []
    (line,) = await changes(anonymous, country)
    assert (line["on"], line["change"], line["note"]) == (str(today()), "designated", "Welcome.")


async def test_hosts_follow_their_institutions(
    admin: Caller,
    anonymous: Caller,
    members: Members,
    superuser: asyncpg.Connection,
    membership: Membership,
    days: Calendar,
) -> None:
    country = unused_country()
    host = await public_host(members, country, "Old Name")
    await designated(admin, members, superuser, country, host_institution_id=host["id"])
    shown = []
    for values in (
        {"names": [{"value": "New Name", "language": "en", "types": ["ror_display"]}]},
        {"visibility": "network"},
        {"visibility": "public"},
    ):
        days.pass_days()
        await changed(members.admin, host, **values)
        await membership.deliver()
        shown.append((await items(anonymous, country))[0]["host"])
    assert shown == [{"id": host["id"], "name": name} for name in ("New Name", None, "New Name")]
    days.pass_days()
    await stepped(members.admin, host, "withdraw", reason="Created in error")
    await membership.deliver()
    past = [(await items(anonymous, country, as_of=str(today() - timedelta(days=n))))[0]["host"] for n in range(5)]
    assert [one["name"] for one in past] == [None, "New Name", None, "New Name", "Old Name"]
    assert kinds(await changes(anonymous, country)) == ["designated"]


async def test_pages_go_on_by_number(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    for _ in range(3):
        await stepped(admin, await designated(admin, members, superuser, country), "suspend", reason="Audit")
    for path, query in ((REGISTER, FORMER), (CHANGES, {})):
        whole = (await anonymous.get(path, params={"country": country, **query})).json()["items"]
        address, found = f"{path}?country={country}&limit=2{'&former=true' * bool(query)}", []
        while address:
            response = await anonymous.get(address)
            page = response.json()
            assert len(page["items"]) <= 2
            found += page["items"]
            assert (response.headers.get("link") is None) == (page["next"] is None)
            address = page["next"]
        assert found == whole
        assert len(found) == (3 if query else 6)


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        (REGISTER, {"as_of": str(date(2999, 1, 1))}, "invalid_parameter"),
        (REGISTER, {"as_of": "soon"}, "invalid_parameter"),
        (REGISTER, {"format": "xml"}, "invalid_parameter"),
        (REGISTER, {"former": "yes"}, "invalid_parameter"),
        (REGISTER, {"country": "ZZ"}, "invalid_parameter"),
        (REGISTER, {"region": "Atlantis"}, "invalid_parameter"),
        (REGISTER, {"limit": "201"}, "invalid_parameter"),
        (REGISTER, {"format": "csv", "limit": "5"}, "invalid_parameter"),
        (REGISTER, {"cursor": "x"}, "invalid_cursor"),
        (REGISTER, {"status": "active"}, "unknown_parameter"),
        (CHANGES, {"after": "soon"}, "invalid_parameter"),
        (CHANGES, {"change": "exploded"}, "invalid_parameter"),
        (CHANGES, {"cursor": "x"}, "invalid_cursor"),
        (CHANGES, {"as_of": "2026-01-01"}, "unknown_parameter"),
    ],
)
async def test_a_wrong_parameter_is_refused(anonymous: Caller, path: str, query: dict[str, str], code: str) -> None:
    response = await anonymous.get(path, params=query)
    assert (response.status_code, response.json()["code"]) == (400, code), response.text


async def test_a_region_and_a_theme_narrow_the_register(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection
) -> None:
    centre = await designated(admin, members, superuser, "PK", themes=["permafrost"])
    for query, is_found in (
        ({"region": "Asia"}, True), ({"region": "Europe"}, False), ({"theme": "permafrost"}, True),
        ({"theme": "peat"}, False), ({"theme": "permafrost", "region": "142", "country": "PK,KE"}, True),
        ({"region": "Asia", "country": "KE"}, False),
    ):  # fmt: skip
        found = (await anonymous.get(REGISTER, params={"limit": "200", **query})).json()["items"]
        assert (centre["id"] in [one["id"] for one in found]) is is_found, query


async def test_the_days_of_a_deleted_centre_stay(anonymous: Caller, superuser: asyncpg.Connection) -> None:
    country, number = unused_country(), {"registration_serial": 1, "designated_on": today()}
    values = {"status": "active", "names": '{"en": "Entered in error"}', "country": country}
    earlier = {"updated_at": now() - timedelta(days=1), "registration_number": f"ESNRC-{country}-01"}
    key = await enter(superuser, "centre_centre", **values, **number, **earlier)
    assert len(await items(anonymous, country)) == 1
    await superuser.execute("DELETE FROM centre_centre WHERE id = $1", key)
    assert await items(anonymous, country, former="true") == []
    assert [one["names"]["en"] for one in await items(anonymous, country, as_of=yesterday())] == ["Entered in error"]


async def test_the_service_changes_no_entry(database: Database) -> None:
    for statement in (
        "UPDATE escm.centre_register_entry SET note = 'x'",
        "DELETE FROM escm.centre_register_entry",
        "INSERT INTO escm.centre_register_entry (registration_number) VALUES ('x')",
    ):
        async with database.acquire() as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


async def test_a_sandbox_reads_fictional_countries_only(
    admin: Caller, members: Members, superuser: asyncpg.Connection, centres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandboxed = replace(CALLERS["government_xa"], name="sandboxed", sandbox=True)
    monkeypatch.setitem(CALLERS, "sandboxed", sandboxed)  # type: ignore[arg-type]
    real = await designated(admin, members, superuser, unused_country())
    fictional = await designated(admin, members, superuser, "XB")
    seen = Caller(centres, "sandboxed")
    for _ in range(3):
        found = [one["id"] for one in (await seen.get(REGISTER, params={"limit": "200"})).json()["items"]]
        assert fictional["id"] in found
        assert real["id"] not in found
        everybody = (await admin.get(REGISTER, params={"limit": "200"})).json()["items"]
        assert {real["id"], fictional["id"]} <= {one["id"] for one in everybody}
