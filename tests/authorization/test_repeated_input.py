"""Problem documents repeat nothing of a body: canaries in every place of every body of every operation."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from deploy.matrix.operations import Operation, operations
from tests.authorization.bodies import CANARY, STRANGE, schema_of, strange_bodies
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import ADMIN, CountryFixture, Seeder
from tests.authorization.requests import BODIES, Started, request_for
from tests.authorization.steps import STEPPING, each_place
from tests.support.callers import Caller
from tests.support.tiers import sampled

_WRITES = [each for each in operations() if each.method in ("POST", "PATCH", "PUT", "DELETE")]
_NOTHING = Started("", "", "")
_FILE = ("a.csv", b"full_name,country\n", "text/csv")
_JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
async def country_fixture(services: Services, seeder: Seeder) -> CountryFixture:
    """Records that no other test reads."""
    return await _settled(services, seeder, "NP")


@pytest.fixture(scope="module")
async def stepping(services: Services, seeder: Seeder) -> CountryFixture:
    """Records that are put into all of their states."""
    return await _settled(services, seeder, "BT")


async def _settled(services: Services, seeder: Seeder, country: str) -> CountryFixture:
    country_fixture = await seeder.seed(country, f"repeated{country.lower()}")
    entered = await Caller(services["actions"], ADMIN).post(
        "/actions/v1/frameworks", BODIES["createFramework"](country_fixture)
    )
    country_fixture.records["frameworks"] = entered.json()
    return country_fixture


def _repeats(response: httpx.Response) -> bool:
    """Whether an error response contains sent text, other than in the path."""
    if response.status_code < 400:
        return False
    document = {name: value for name, value in response.json().items() if name != "instance"}
    return CANARY in (orjson.dumps(document).decode() + str(response.headers)).lower()


async def _etag(caller: Caller, item: str | None) -> str | None:
    return None if item is None else (await caller.get(item)).headers.get("etag")


async def _refused(caller: Caller, method: str, path: str, etag: str | None, **more: Any) -> httpx.Response:
    response = await caller.request(method, path, etag=etag, **more)
    is_away = response.status_code == 503 and response.json()["code"] == "provider_unreachable"
    assert response.status_code < 500 or is_away, f"{method} {path} {more}: {response.text}"
    assert not _repeats(response), f"{method} {path} {more}: {response.text}"
    return response


@pytest.mark.parametrize(
    "operation", sampled("sends canaries in each place of each body", _WRITES, 4, lambda each: each.id)
)
async def test_no_body_is_repeated(services: Services, country_fixture: CountryFixture, operation: Operation) -> None:
    caller, request = Caller(services[operation.service], ADMIN), request_for(operation, country_fixture, _NOTHING)
    schema = schema_of(operation.service, operation.method, operation.path)
    etag, sent = await _etag(caller, request.item), []
    bodies = [{"json": body} for body in strange_bodies(operation.service, schema, request.json)]
    for body in (*bodies, *({"content": content, "headers": _JSON} for content in _broken())):
        sent.append(await _refused(caller, request.method, request.path, etag, **body))
        if sent[-1].status_code < 400:
            etag = await _etag(caller, request.item)
    media = {"Content-Type": "text/csv"}
    await _refused(caller, request.method, request.path, etag, content=CANARY.encode(), headers=media)
    for name in (None, "applicant", "author_xa"):
        other = Caller(services[operation.service], name)
        await _refused(other, request.method, request.path, None, json={CANARY: CANARY})
    assert any(response.status_code >= 400 for response in sent)


def _broken() -> Iterator[bytes]:
    whole = orjson.dumps({CANARY: CANARY})
    yield from (whole[:-1], whole[:-2], whole + whole, f'{{"{CANARY}": {CANARY}}}'.encode(), b"\xff" + whole)
    yield f'{{"{CANARY}": 1, "{CANARY}": 2}}'.encode()
    yield f'"{CANARY}"'.encode() * 100_000


@pytest.mark.long("takes every step in every state")
@pytest.mark.parametrize("operation", STEPPING, ids=[each.id for each in STEPPING])
async def test_no_step_repeats_its_fields_or_reason(
    services: Services, superuser: asyncpg.Connection, stepping: CountryFixture, operation: Operation
) -> None:
    caller = Caller(services[operation.service], ADMIN)
    async for place in each_place(services, superuser, operation, stepping):
        named: list[dict[str, Any]] = [{}, dict.fromkeys((*place.fields, CANARY), STRANGE[0])]
        named += [dict.fromkeys(place.fields, value) for value in STRANGE if place.fields]
        for fields in named:
            await place.enter(superuser)
            body = {"action": place.action, "reason": STRANGE[0], "fields": fields}
            etag = await _etag(caller, place.path)
            await _refused(caller, "POST", f"{place.path}/transitions", etag, json=body)


def _forms() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Service, path and form of every operation with one, with canaries in each field, and in unknown ones."""
    token: dict[str, Any] = {
        "grant_type": "password", "username": f"{CANARY}@example.org", "password": CANARY, "scope": CANARY,
        "client_id": CANARY, "client_secret": CANARY, "client_assertion": f"{CANARY}.{CANARY}.{CANARY}",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "refresh_token": CANARY,
        "token": CANARY, "token_type_hint": CANARY, CANARY: CANARY,
    }  # fmt: skip
    for path in ("/access/v1/oauth/token", "/access/v1/oauth/revoke", "/access/v1/oauth/introspect"):
        yield "access", path, {"data": token}
        for name, value in token.items():
            yield "access", path, {"data": {name: value}}
            yield "access", path, {"data": {**token, name: CANARY}}
            yield "access", path, {"data": {key: other for key, other in token.items() if key != name}}
            for grant_type in ("client_credentials", "refresh_token"):
                yield "access", path, {"data": {"grant_type": grant_type, name: value}}
    good = {"resource": "experts", "mapping": orjson.dumps({"full_name": "full_name"}).decode()}
    wrong = [{name: CANARY} for name in ("resource", "mode", "on_error", "registry", "mapping", CANARY)]
    wrong += [
        {"mapping": orjson.dumps(mapping).decode()} for mapping in ({CANARY: CANARY}, {"full_name": CANARY}, CANARY)
    ]
    contents = (f"{CANARY},{CANARY}\n", f'full_name\n"{CANARY}', f"{CANARY}\0", f'[{{"{CANARY}": 1', f"<{CANARY}>")
    files = [(f"{CANARY}.csv", content.encode(), "text/csv") for content in contents]
    files += [(f"{CANARY}.ndjson", content.encode(), CANARY) for content in contents]
    files += [(f"{CANARY}.xlsx", CANARY.encode(), CANARY), (CANARY, CANARY.encode(), f"text/{CANARY}")]
    sent = [{"files": {"file": _FILE}, "data": {**good, **form}} for form in wrong]
    sent += [{"files": {"file": file}, "data": good} for file in files]
    yield from (("membership", "/membership/v1/imports", form) for form in (*sent, {"files": {CANARY: _FILE}}))


def _forms_of_evidence() -> Iterator[tuple[str, str, dict[str, Any]]]:
    good = {"title": "Minutes", "country": "XA"}
    names = ("country", "category", "date", "language", "scope_id", "replaces_id", "sha256", "keep_until", CANARY)
    files = [(CANARY, f"<{CANARY}>".encode(), f"text/{CANARY}"), (f"{CANARY}.pdf", b"", CANARY)]
    sent = [{"files": {"file": _FILE}, "data": {**good, name: CANARY}} for name in names]
    sent += [{"files": {"file": file}, "data": good} for file in files]
    yield from (("actions", "/actions/v1/evidence", form) for form in (*sent, {"files": {CANARY: _FILE}}))


async def test_no_form_is_repeated(services: Services) -> None:
    statuses = {
        (await _refused(Caller(services[service], name), "POST", path, None, **form)).status_code
        for service, path, form in (*_forms(), *_forms_of_evidence())
        for name in ((None, ADMIN) if service == "access" else (ADMIN, "applicant"))
    }
    assert {400, 401, 403, 415, 422} <= statuses


@pytest.mark.long("sends each parameter of each operation twelve times")
async def test_no_parameter_is_repeated(services: Services, country_fixture: CountryFixture) -> None:
    """The same for a filter of an export, which has the same rules."""
    for operation in operations():
        request = request_for(operation, country_fixture, _NOTHING) if operation.method == "GET" else None
        for name in operation.queries if request else ():
            for value in (CANARY, f"-{CANARY}", f"{CANARY}," * 50):
                for caller in (Caller(services[operation.service], who) for who in (None, ADMIN)):
                    await _refused(caller, "GET", request.path, None, params={name: value})
                    await _refused(caller, "GET", request.path, None, params={name: "1", CANARY: value})
                body = {"resource": operation.resource, "filters": {name: value}}
                await _refused(Caller(services["membership"], ADMIN), "POST", "/membership/v1/exports", None, json=body)
