"""Principals of the sandbox see fictional countries only: nothing of a real one, not even public records."""

from collections.abc import Callable, Iterable, Iterator

import asyncpg
import pytest

from deploy.matrix.responses import MAY_BE_PUBLISHED, WITHOUT_COUNTRY
from shared.kernel.countries import FICTIONAL_CODES
from shared.kernel.principal import Grant, Principal, PrincipalKind
from tests.authorization.canaries import WORD, lists, plain_lists, traces
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import CountryFixture, Seeder
from tests.authorization.test_canaries import _KINDS, _events, _sequence
from tests.authorization.test_row_level_security import PROTECTED, without_app_filter
from tests.support import callers
from tests.support.callers import Caller, grant
from tests.support.tiers import long

__all__ = ["without_app_filter"]
REAL, TEXT = "GH", "realword"
NATIONAL = ("government_focal_point", "national_author", "auditor")
WHO = {
    "sandbox": (grant("secretariat_admin", "global"),),
    "sandbox_xa": tuple(grant(role, "country", "XA") for role in NATIONAL),
    "sandbox_real": (*(grant(role, "country", REAL) for role in NATIONAL), grant("api_client", "region", "Africa")),
}


@pytest.fixture(autouse=True)
def sandboxes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, grants in WHO.items():
        monkeypatch.setitem(callers.CALLERS, name, _boxed(name, *grants))  # type: ignore[arg-type]


def _boxed(name: str, *grants: Grant) -> Principal:
    known = callers.machine(name, *grants)
    return Principal(PrincipalKind.CLIENT, known.id, name, grants, sandbox=True)


@pytest.fixture(scope="module")
async def real(services: Services, seeder: Seeder, superuser: asyncpg.Connection) -> list[CountryFixture]:
    """A real country's records, the published ones last."""
    found = [await seeder.seed(REAL, TEXT, published=published) for published in (False, True)]
    await _sequence(superuser)
    return found


@pytest.fixture(params=[*long("one layer alone hides the same", "both layers"), "row-level security alone"])
def layers(request: pytest.FixtureRequest) -> None:
    if request.param != "both layers":
        request.getfixturevalue("without_app_filter")


async def _shown(services: Services, name: str | None, asked: Iterable[tuple[str, str]]) -> bytes:
    """The responses of these lists, counts, searches and streams to requests that would match the real country's
    records."""
    found = b""
    for service, address in asked:
        response = await Caller(services[service], name).get(address.replace(WORD, TEXT).replace("XC", REAL))
        found += response.content if response.status_code == 200 else b""
    return found


@pytest.mark.usefixtures("layers")
@pytest.mark.parametrize(
    "asked",
    [plain_lists, *long("asks every question", lists)],
    ids=["plain lists", "every question"],
)
@pytest.mark.parametrize("name", ["sandbox_real", *long("reads every list", "sandbox", "sandbox_xa")])
async def test_no_list_number_search_or_stream_shows_a_real_country(
    services: Services, real: list[CountryFixture], name: str, asked: Callable[[], Iterator[tuple[str, str]]]
) -> None:
    shown = await _shown(services, name, asked())
    assert [
        mark for country_fixture in real for mark in traces(country_fixture) - {WORD} if mark.encode() in shown
    ] == []


async def test_the_same_questions_find_what_is_published_there_for_everybody_else(
    services: Services, real: list[CountryFixture]
) -> None:
    shown = await _shown(services, None, plain_lists())
    for plural in ("experts", "institutions", "committees", "centres", "programmes"):
        assert real[-1].id(plural).encode() in shown, plural


@pytest.mark.usefixtures("layers")
@pytest.mark.parametrize("name", ["sandbox_real", *long("reads every record", "sandbox", "sandbox_xa")])
async def test_no_record_of_a_real_country_is_there(services: Services, real: list[CountryFixture], name: str) -> None:
    for service, plurals in _KINDS.items():
        for plural in plurals if service != "access" else ():
            for country_fixture in real:
                for tail in ("", "/history", "/transitions"):
                    path = f"/{service}/v1/{plural}/{country_fixture.id(plural)}{tail}"
                    assert (await Caller(services[service], name).get(path)).status_code == 404, path


@pytest.mark.parametrize("name", WHO)
async def test_no_event_and_no_entry_of_the_trail_is_of_a_real_country(
    services: Services, real: list[CountryFixture], name: str
) -> None:
    events = await _events(services, name)
    assert {event["data"]["country"] for event in events} <= FICTIONAL_CODES
    trail = await Caller(services["access"], name).get("/access/v1/audit")
    assert all(mark not in trail.text for country_fixture in real for mark in traces(country_fixture))


async def test_numbers_count_fictional_countries_alone(
    services: Services,
    real: list[CountryFixture],
    country_fixtures: dict[tuple[str, bool], CountryFixture],
    superuser: asyncpg.Connection,
) -> None:
    count = "SELECT count(*) FROM member_expert WHERE {} AND country = ANY($1) AND (country = ANY($2) OR {})"
    living = "merged_into IS NULL"
    published = "status IN ('active', 'grace') AND visibility <> 'restricted'"
    for name, reach in (("sandbox", FICTIONAL_CODES), ("sandbox_xa", {"XA"}), ("sandbox_real", set())):
        shown = await Caller(services["membership"], name).get("/membership/v1/statistics?by=country")
        known = await superuser.fetchval(count.format(living, published), list(FICTIONAL_CODES), list(reach))
        assert shown.json()["total"] == known, name
        assert {item["country"] for item in shown.json()["items"]} <= FICTIONAL_CODES
        assert shown.json()["definition"].startswith("Experts of fictional countries")


@pytest.mark.parametrize("name", WHO)
async def test_the_countries_are_the_fictional_ones(services: Services, name: str) -> None:
    caller = Caller(services["actions"], name)
    listed = (await caller.get("/actions/v1/countries", params={"limit": 200})).json()["items"]
    assert {item["code"] for item in listed} == FICTIONAL_CODES
    assert (await caller.get("/actions/v1/countries/XA")).status_code == 200
    assert (await caller.get(f"/actions/v1/countries/{REAL}")).status_code == 404
    assert (await caller.get(f"/actions/v1/countries?country={REAL}")).status_code == 400


async def test_what_fictional_countries_publish_and_what_lies_in_none_is_there(
    services: Services, country_fixtures: dict[tuple[str, bool], CountryFixture]
) -> None:
    for service, plurals in PROTECTED.items():
        for plural in plurals:
            caller = Caller(services[service], "sandbox_real")
            statuses = [
                (await caller.get(f"/{service}/v1/{plural}/{country_fixtures['XB', published].id(plural)}")).status_code
                for published in (True, False)
            ]
            assert statuses == [200 if plural in MAY_BE_PUBLISHED else 404, 404], plural
            path = f"/{service}/v1/{plural}/{country_fixtures['XA', False].id(plural)}"
            found = 404 if plural in WITHOUT_COUNTRY else 200
            assert (await Caller(services[service], "sandbox_xa").get(path)).status_code == found, plural
    frameworks = await Caller(services["actions"], "sandbox_real").get("/actions/v1/frameworks")
    assert "3+1/2026" in {item["code"] for item in frameworks.json()["items"]}


async def test_it_writes_in_fictional_countries_and_hands_nothing_on(
    services: Services, country_fixtures: dict[tuple[str, bool], CountryFixture]
) -> None:
    body = {"names": [{"full": "A Trial"}], "visibility": "network"}
    for country, status in (("XA", 201), (REAL, 403)):
        response = await Caller(services["membership"], "sandbox").post(
            "/membership/v1/experts", {**body, "country": country}
        )
        assert response.status_code == status, response.text
    scope = {"scope_kind": "country", "scope_id": "XA"}
    client = {"name": "Way out", "resources": ["membership.*"], "verbs": ["read"], "secret": True, **scope}
    holder = {"kind": "account", "id": country_fixtures["XA", False].id("accounts")}
    grants = {"principal": holder, "role": "national_author", **scope}
    for path, wanted in (("clients", client), ("grants", grants)):
        response = await Caller(services["access"], "sandbox").post(f"/access/v1/{path}", wanted)
        assert (response.status_code, response.json()["reason"]) == (403, "role_not_yours_to_hand_on"), path
