"""Records of visibility `network` are visible to holders of a living grant that reads their kind, and hidden from
others."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from deploy.matrix.operations import operations
from shared.kernel.principal import Grant, Principal, PrincipalKind
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import ADMIN, CountryFixture, Seeder
from tests.authorization.kinds import TABLES
from tests.support import callers
from tests.support.callers import Caller, grant, machine, person

_KINDS = {
    "membership": ("experts", "institutions"),
    "centres": ("committees", "seats", "centres", "terms"),
    "actions": (
        "programmes", "actions", "milestones", "endorsements", "correspondence", "government_bodies", "focal_points",
        "meetings",
    ),
}  # fmt: skip
_TABLES = {plural: TABLES[plural] for plurals in _KINDS.values() for plural in plurals}
_OWN = str(uuid4())
_SELF: dict[str, Any] = {"scope_kind": "self", "scope_id": _OWN}
_ELSEWHERE = frozenset({"access.grants"})
_MEMBER = person("network member", grant("expert", **_SELF))
_OUTSIDE = {
    who.name: who
    for who in (
        person("network stranger"),
        person("network applicant", grant("expert", **_SELF, of_applicant=True)),
        machine("network machine", grant("api_client", "country", "XA", resources=_ELSEWHERE)),
        machine("network global machine", grant("api_client", "global", resources=_ELSEWHERE)),
        Principal(
            PrincipalKind.KEY,
            uuid4(),
            "network key",
            (grant("national_author", "country", "XA", resources=_ELSEWHERE),),
        ),
    )
}


@pytest.fixture(scope="module")
async def networked(seeder: Seeder, superuser: asyncpg.Connection) -> AsyncIterator[CountryFixture]:
    """Published records of XC, of visibility `network`."""
    country_fixture = await seeder.seed("XC", "networkword", published=True)
    for plural, table in _TABLES.items():
        await superuser.execute(f"UPDATE {table} SET visibility = 'network' WHERE id = $1", country_fixture.id(plural))
    yield country_fixture
    for plural, table in _TABLES.items():
        await superuser.execute(
            f"UPDATE {table} SET visibility = 'restricted' WHERE id = $1", country_fixture.id(plural)
        )
    await superuser.execute(
        "UPDATE centre_committee SET status = 'dissolved' WHERE id = $1", country_fixture.id("committees")
    )


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    for who in (_MEMBER, *_OUTSIDE.values()):
        monkeypatch.setitem(callers.CALLERS, who.name, who)  # type: ignore[arg-type]


@pytest.mark.parametrize("service", _KINDS)
async def test_members_see_what_others_are_not_shown(
    services: Services, networked: CountryFixture, service: str
) -> None:
    for plural in _KINDS[service]:
        key, path = networked.id(plural), f"/{service}/v1/{plural}"
        addresses = [f"{path}/{key}", f"{path}?limit=200&country=XC", f"{path}?country=XC&format=ndjson"]
        for address in addresses:
            assert key in (await Caller(services[service], _MEMBER.name).get(address)).text, address
            for name in _OUTSIDE:
                shown = await Caller(services[service], name).get(address)
                assert key not in shown.text.replace(f"{path}/{key}", ""), f"{name} {address}"
                assert shown.status_code == (404 if address.endswith(key) else 200), f"{name}: {shown.text}"


@pytest.mark.parametrize("name", _OUTSIDE)
async def test_lists_and_numbers_are_those_of_the_public(
    services: Services, networked: CountryFixture, name: str
) -> None:
    fields = "id,ref,status,country"
    for operation in operations():
        if "{" in operation.path or operation.method != "GET" or operation.service not in _KINDS:
            continue
        more = [f"fields={fields}", "fields=id&q=networkword", "fields=id&include=total_estimate"]
        queries = more if {"fields", "q"} <= operation.queries else []
        queries = (
            [*queries, "by=country,status", "of=institutions"] if operation.path.endswith("statistics") else queries
        )
        for query in queries:
            address = f"{operation.path}?{query}"
            public = await Caller(services[operation.service], None).get(address)
            if public.status_code == 200:
                shown = await Caller(services[operation.service], name).get(address)
                assert _compared(shown) == _compared(public), address
    texts = ["/membership/v1/institutions/match?affiliation=University%20networkword"]
    texts += ["/actions/v1/countries/XC?fields=counts,programme"]
    for address in texts:
        service = address.split("/")[1]
        public, shown = [await Caller(services[service], who).get(address) for who in (None, name)]
        assert shown.json() == public.json(), address


def _compared(response: httpx.Response) -> dict[str, Any]:
    """The response without counts of the caller's own scope: that of an applicant includes their own record."""
    found: dict[str, Any] = {k: v for k, v in response.json().items() if k != "definition"}
    if "as_of" in found:
        found["items"] = [{k: v for k, v in item.items() if k != "links"} for item in found["items"]]
    return found


async def test_addresses_of_the_network_are_for_its_members(services: Services) -> None:
    caller = Caller(services["membership"], ADMIN)
    address = f"{uuid4().hex}@example.org"
    body = {"names": [{"full": "Net Work"}], "country": "XB", "visibility": "public"}
    response = await caller.post(
        "/membership/v1/experts", {**body, "emails": [{"value": address, "visibility": "network"}], "invite": True}
    )
    path = f"/membership/v1/experts/{response.json()['id']}"
    for step in ("apply", "start_review", "approve"):
        assert (await caller.step(path, step)).status_code == 200
    assert address in (await Caller(services["membership"], _MEMBER.name).get(path)).text
    for name in (None, *_OUTSIDE):
        outsider = Caller(services["membership"], name)
        assert address not in (await outsider.get(path)).text, name
        refused = await outsider.get("/membership/v1/experts", params={"email": address})
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter"), name
        if name is not None:
            body = {"resource": "experts", "filters": {"email": address}}
            exported = await outsider.post("/membership/v1/exports", body)
            assert exported.status_code == 400, exported.text


async def test_an_applicant_sees_their_own_record(services: Services, country_fixtures: Any, monkeypatch: Any) -> None:
    key = country_fixtures["XA", False].id("experts")
    own = Grant("expert", "self", key, _MEMBER.grants[0].starts, None, of_applicant=True)
    monkeypatch.setitem(callers.CALLERS, "own applicant", person("own applicant", own))
    caller = Caller(services["membership"], "own applicant")
    item = await caller.get(f"/membership/v1/experts/{key}")
    assert item.status_code == 200
    assert "clock" in item.json()
    assert key in (await caller.get("/membership/v1/experts?sort=-updated_at")).text
