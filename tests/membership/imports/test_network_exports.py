"""Exports and API keys: without a living grant that reads the kind they contain what the public sees."""

import csv
import io
from typing import Any

import asyncpg
import httpx
import pytest

from services.membership.settings import MembershipSettings
from shared.auth.published import PrincipalCache
from shared.database.pool import Database
from shared.kernel.principal import Grant, Principal, PrincipalKind
from tests.membership.imports.conftest import EXPORTS
from tests.support import callers
from tests.support.callers import CALLERS, Caller, grant, machine, person
from tests.support.imports import Importer
from tests.support.membership import EXPERTS, INSTITUTIONS, expert
from tests.support.principals import enter_principal

_MEMBER = "author_xa"
_EMAIL = "shown@network.example"
_PATHS = {"experts": EXPERTS, "institutions": INSTITUTIONS}
_PUBLISHED = {"experts": ("member_expert", "active"), "institutions": ("member_institution", "verified")}


def _key(name: str, *resources: str) -> Principal:
    """A key of the member's, for these resources alone."""
    (held,) = CALLERS[_MEMBER].grants
    narrowed = Grant(held.role, held.scope_kind, held.scope_id, held.starts, None, frozenset(resources))
    return Principal(PrincipalKind.KEY, person(name).id, name, (narrowed,), owner=CALLERS[_MEMBER].id)


_ELSEWHERE = frozenset({"access.grants"})
_OUTSIDE = {
    "experts": ("exporting stranger", "exporting machine", "exporting key of institutions"),
    "institutions": ("exporting stranger", "exporting machine", "exporting key of experts"),
}
"""A caller without a living grant that reads the kind."""
_ENTERED = (
    person("exporting stranger"),
    machine("exporting machine", grant("api_client", "global", resources=_ELSEWHERE, verbs=frozenset({"read"}))),
    _key("exporting key of experts", "membership.experts"),
    _key("exporting key of institutions", "membership.institutions"),
)


@pytest.fixture
async def world(
    secretariat: Importer, database: asyncpg.Connection, settings: MembershipSettings, monkeypatch: pytest.MonkeyPatch
) -> dict[tuple[str, str], str]:
    """By kind and visibility, the number of a published record of XB; and callers as rows."""
    found = {}
    for visibility in ("public", "network"):
        emails = [{"value": _EMAIL, "visibility": visibility}]
        name = [{"value": f"University of {visibility}", "language": "en", "types": ["ror_display"]}]
        for plural, body in (("experts", expert(emails=emails)), ("institutions", {"names": name})):
            body |= {"country": "XB", "visibility": visibility}
            response = await secretariat.caller.post(_PATHS[plural], body)
            assert response.status_code == 201, response.text
            found[plural, visibility] = response.json()["ref"]
            table, status = _PUBLISHED[plural]
            await database.execute(f"UPDATE {table} SET status = $2 WHERE id = $1", response.json()["id"], status)
    for principal in _ENTERED:
        await enter_principal(database, principal)
    pool = await Database.open(settings.database_dsn(), size=1)
    principals = PrincipalCache(pool, age=0, bound=10)
    for principal in _ENTERED:
        assert principal.id is not None
        known = (await principals.get(principal.kind, principal.id)).principal
        monkeypatch.setitem(callers.CALLERS, principal.name, known)  # type: ignore[arg-type]
    await pool.close()
    return found


async def _exported(importer: Importer, plural: str, file_format: str = "csv", **filters: str) -> str:
    body = {"resource": plural, "format": file_format, "filters": {"country": "XB", **filters}, "safe": False}
    response = await importer.caller.post(EXPORTS, body)
    assert response.status_code == 202, response.text
    job = await importer.end_of(response.headers["location"])
    assert job["status"] == "succeeded", job
    return (await importer.caller.get(job["result_url"])).text


def _refs(text: str) -> set[str]:
    return {row["ref"] for row in csv.DictReader(io.StringIO(text))}


@pytest.mark.parametrize("plural", _PATHS)
async def test_an_export_of_whoever_is_not_of_the_network_is_that_of_the_public(
    service: httpx.AsyncClient, world: dict[tuple[str, str], str], plural: str
) -> None:
    whole = await _exported(Importer(service, _MEMBER), plural)
    assert _refs(whole) == {world[plural, "public"], world[plural, "network"]}
    for file_format in ("csv", "ndjson"):
        files = [await _exported(Importer(service, name), plural, file_format) for name in _OUTSIDE[plural]]
        assert len(set(files)) == 1
        assert world[plural, "public"] in files[0]
        assert world[plural, "network"] not in files[0]
    public = await Caller(service, None).get(_PATHS[plural], params={"country": "XB", "format": "csv"})
    assert _refs(public.text) == _refs(await _exported(Importer(service, _OUTSIDE[plural][0]), plural))


async def test_an_applicants_export_adds_their_own_record(
    service: httpx.AsyncClient,
    world: dict[tuple[str, str], str],
    database: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = await Caller(service, "applicant").post(
        EXPERTS, expert(country="XB", emails=[{"value": "own@network.example"}])
    )
    assert own.json()["status"] == "applied", own.text
    held = grant("expert", "self", own.json()["id"])
    await enter_principal(database, person("applicant", held))
    of_applicant = person("applicant", Grant(held.role, "self", held.scope_id, held.starts, None, of_applicant=True))
    monkeypatch.setitem(callers.CALLERS, "applicant", of_applicant)  # type: ignore[arg-type]
    found = _refs(await _exported(Importer(service, "applicant"), "experts"))
    assert found == {world["experts", "public"], own.json()["ref"]}


async def test_a_key_reads_what_the_public_reads_of_kinds_that_it_is_not_for(
    service: httpx.AsyncClient, world: dict[tuple[str, str], str]
) -> None:
    for plural, names in _OUTSIDE.items():
        other = next(kind for kind in _OUTSIDE if kind != plural)
        path, (*_, name) = _PATHS[plural], names
        for query in ({"country": "XB"}, {"country": "XB", "format": "ndjson"}, {"q": "network"}):
            public, shown = [await Caller(service, who).get(path, params=query) for who in (None, name)]
            assert shown.status_code == 200
            assert world[plural, "network"] not in shown.text
            assert _numbers(shown) == _numbers(public)
        hidden = await Caller(service, name).get(f"{path}/{world[plural, 'network']}")
        assert hidden.status_code == 404, hidden.text
        assert world[other, "network"] in (await Caller(service, name).get(_PATHS[other])).text
    refused = await Caller(service, "exporting key of institutions").get(EXPERTS, params={"email": _EMAIL})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter")
    body = {"resource": "experts", "filters": {"email": _EMAIL}}
    for name in _OUTSIDE["experts"]:
        response = await Caller(service, name).post(EXPORTS, body)
        assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter"), name


def _numbers(response: httpx.Response) -> Any:
    """The records' numbers, in their order."""
    return [part.split('"')[0] for part in response.text.split('"ref":"')[1:]]
