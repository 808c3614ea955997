"""A reference to a hidden record has the same response as a reference to no record."""

import re
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from deploy.matrix.operations import Operation
from services.access.access import ROLE_SCOPES
from tests.authorization.canaries import references
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import CountryFixture, Seeder
from tests.authorization.kinds import TABLES
from tests.authorization.naming import NAMING, fields_naming, naming
from tests.authorization.requests import Request
from tests.authorization.steps import STEPPING, each_place
from tests.support import callers
from tests.support.callers import Caller, grant, machine
from tests.support.tiers import sampled

_OWN, _STEPPING, *_HIDDEN = "UG", "RW", "BI", "TZ", "KE"
"""Countries in which no other test creates records."""
_CALLER = machine(
    "every office",
    *(
        grant(role, "country", code)
        for code in (_OWN, _STEPPING)
        for role in ROLE_SCOPES
        if "country" in ROLE_SCOPES[role]
    ),
)
"""A client with every role that is held over a country."""
_NAMED = ("experts", "institutions", "committees", "centres", "programmes", "actions", "government_bodies")
"""Kinds to which bodies refer."""
_OTHERS = (
    "accounts", "clients", "grants", "merges", "winners", "duplicates", "affiliations", "terms", "endorsements",
    "congresses",
)  # fmt: skip
_WITHOUT_COUNTRY = {
    name: {"accounts"}
    for name in (
        "createGrant", "transitionGrant", "createDelegation", "createFocalPoint", "updateFocalPoint",
        "transitionFocalPoint",
    )
}  # fmt: skip
"""A caller with the id of an active account of any country may give it a role or an office, or delegate to it, in their
own country."""
_VARYING = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[A-Z]{3}-\d{6,}|\d{4}-\d\d-\d\dT[\d:.]+Z|\"version\":\d+"
    r"|Entered \w+ \d+|[0-9a-f]{32}@|\"code\":\"[0-9A-Z]{16}[0-9A-Z*~$=]\"|\"status_index\":\d+"
)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(callers.CALLERS, _CALLER.name, _CALLER)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
async def own(seeder: Seeder) -> CountryFixture:
    return await seeder.seed(_OWN, "namingword")


@pytest.fixture(scope="module")
async def stepping(seeder: Seeder) -> CountryFixture:
    """Records that are put into all of their states."""
    return await seeder.seed(_STEPPING, "steppingword")


@pytest.fixture(scope="module")
async def hidden(seeder: Seeder, superuser: asyncpg.Connection) -> dict[str, CountryFixture]:
    """Unpublished records, restricted or of visibility `network`; and restricted ones in a published state."""
    country_fixtures = {
        name: await seeder.seed(country, f"{name}word", published=name == "published")
        for name, country in zip(("restricted", "network", "published"), _HIDDEN, strict=True)
    }
    for name, visibility in (("network", "network"), ("published", "restricted")):
        for plural in _NAMED:
            statement = f"UPDATE {TABLES[plural]} SET visibility = $2 WHERE id = $1"
            await superuser.execute(statement, country_fixtures[name].id(plural), visibility)
    for country_fixture in country_fixtures.values():
        milestone = country_fixture.id("milestones")
        await superuser.execute("UPDATE action_milestone SET visibility = 'restricted' WHERE id = $1", milestone)
    congress = country_fixtures["published"].id("congresses")
    await superuser.execute("UPDATE member_congress SET visibility = 'restricted' WHERE id = $1", congress)
    return country_fixtures


def _keys(hidden: dict[str, CountryFixture], *others: str) -> list[tuple[str, str, str]]:
    """Kind, id and number of every hidden record that is referred to; the first is the id of no record."""
    kinds = {"restricted": (*_NAMED, *others), "network": _NAMED, "published": _NAMED}
    records = [(plural, hidden[name].records[plural]) for name, plurals in kinds.items() for plural in plurals]
    of_records = [(plural, str(record["id"]), record.get("ref") or "NIL-000001") for plural, record in records]
    return [("nothing", str(uuid4()), "NIL-000000"), *of_records]


def _shown(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, _VARYING.sub("…", response.text)


class Sender:
    """Sends requests to one operation, with the item's present ETag."""

    def __init__(self, services: Services, operation: Operation) -> None:
        self._caller = Caller(services[operation.service], _CALLER.name)
        self._etag: str | None = None

    async def send(self, request: Request) -> httpx.Response:
        if request.item is not None and self._etag is None:
            self._etag = (await self._caller.get(request.item)).headers.get("etag")
        response = await self._caller.request(request.method, request.path, json=request.json, etag=self._etag)
        if response.status_code < 400:
            self._etag = None
        return response


@pytest.mark.parametrize(
    "operation", sampled("sends each body once for each hidden record", NAMING, 4, lambda each: each.id)
)
async def test_a_body_that_names_what_is_hidden_is_treated_as_one_that_names_nothing(
    services: Services, own: CountryFixture, hidden: dict[str, CountryFixture], operation: Operation
) -> None:
    sender = Sender(services, operation)
    nothing, *named = _keys(hidden, *_OTHERS)
    expected = [_shown(await sender.send(request)) for request in naming(operation, own, *nothing[1:])]
    for plural, key, ref in named:
        if plural in _WITHOUT_COUNTRY.get(operation.id, ()):
            continue
        for request, response in zip(naming(operation, own, key, ref), expected, strict=True):
            assert _shown(await sender.send(request)) == response, f"{plural}: {request}"


@pytest.mark.long("takes every step in every state, once for each hidden record")
@pytest.mark.parametrize("operation", STEPPING, ids=lambda each: each.id)
async def test_a_step_that_names_what_is_hidden_is_treated_as_one_that_names_nothing(
    services: Services,
    superuser: asyncpg.Connection,
    stepping: CountryFixture,
    hidden: dict[str, CountryFixture],
    operation: Operation,
) -> None:
    async for place in each_place(services, superuser, operation, stepping):
        expected: dict[Any, tuple[int, str]] = {}
        for plural, key, _ in _keys(hidden, "accounts", "clients") if place.fields else ():
            if plural in _WITHOUT_COUNTRY.get(operation.id, ()):
                continue
            for form, fields in fields_naming(place.fields, key, is_record=plural in _NAMED):
                await place.enter(superuser)
                body = {"action": place.action, "reason": "Because.", "fields": fields}
                request = Request("POST", f"{place.path}/transitions", body, place.path)
                response = _shown(await Sender(services, operation).send(request))
                assert response == expected.setdefault(form, response), f"{plural}: {request}"


async def test_each_place_is_reported_by_its_pointer(
    services: Services, own: CountryFixture, hidden: dict[str, CountryFixture]
) -> None:
    for country_fixture in hidden.values():
        for service, path, body, field in references(country_fixture, own):
            response = await Caller(services[service], _CALLER.name).post(path, body)
            assert response.status_code == 422, f"{path} {field}: {response.text}"
            assert response.json()["errors"][0]["pointer"] == f"/{field}", response.text
