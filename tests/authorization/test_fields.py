"""Promise 28: no body sets a field of the server, and no response has a field outside the caller's schema."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from deploy.matrix.operations import Operation, operations
from tests.authorization.bodies import schema_of
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import ADMIN, CountryFixture
from tests.authorization.requests import Started, body_for, request_for
from tests.support.callers import Caller

CountryFixtures = dict[tuple[str, bool], CountryFixture]
SERVER_SET = (
    "id", "ref", "version", "status", "created_at", "created_by", "updated_at", "updated_by", "allowed_actions",
    "links",
)  # fmt: skip
COLUMNS = (
    "account_id", "merged_into", "erased_at", "search_key", "previous_status", "password_hash", "secrets",
    "email_key", "display_name", "registration_number", "term", "clock", "assignee", "asserted",
    "designated_on", "verified_on", "claimed_by", "owner_id", "owner_kind", "digest", "hint", "last_used",
)  # fmt: skip
_OF_BODIES = {
    ("POST", "centres", "report_templates", "version"): "invalid_type",
    ("POST", "actions", "report_templates", "version"): "invalid_type",
    ("POST", "actions", "delegations", "account_id"): "invalid_format",
    ("POST", "actions", "focal_points", "account_id"): "invalid_format",
    ("PATCH", "actions", "focal_points", "account_id"): "invalid_format",
}
"""The fields of bodies with a name of the server's (decisions 95 and 105), and why their values here are refused."""
_NOTHING = Started("", "", "")
_WITHOUT_BODY = {"confirmCentreProfile"}
_MOVING = b'"behind"'
"""Where a webhook says how far it is behind."""
_ENTERING = [
    operation
    for operation in operations()
    if operation.method == "POST"
    and operation.id.startswith(("create", "request", "confirm"))
    and operation.id not in _WITHOUT_BODY
    and operation.resource != "sandbox"
    and schema_of(operation.service, "POST", operation.path)
]
_CHANGING = [operation for operation in operations() if operation.method == "PATCH"]


def _named(found: list[Operation]) -> Any:
    return pytest.mark.parametrize("operation", found, ids=[operation.id for operation in found])


async def _refused(caller: Caller, method: str, path: str, body: Any, field: str, etag: str | None) -> None:
    response = await caller.request(method, path, json={**body, field: _value(field)}, etag=etag)
    assert response.status_code == 422, f"{field}: {response.text}"
    faults = [(error["code"], error["pointer"]) for error in response.json()["errors"]]
    _, service, _, resource, *rest = path.split("/")
    own = _OF_BODIES.get((method, service, rest[-1] if len(rest) > 1 else resource, field), "unknown_field")
    assert (own, f"/{field}") in faults, f"{field}: {response.text}"


def _value(field: str) -> Any:
    return {"version": 7, "allowed_actions": [], "links": {}, "secrets": []}.get(field, "x")


def _fields(operation: Operation) -> Iterator[str]:
    """All fields of the server; the links of an institution are its web pages, and an erratum names a version of a
    text."""
    own = {"links"} if operation.resource in ("institutions", "congresses") else set()
    own |= {"version"} if operation.resource == "errata" else set()
    yield from (field for field in (*SERVER_SET, *COLUMNS) if field not in own)


@_named(_ENTERING)
async def test_a_body_that_enters_a_record_sets_nothing_of_the_servers(
    services: Services, country_fixtures: CountryFixtures, operation: Operation
) -> None:
    caller, country_fixture = Caller(services[operation.service], ADMIN), country_fixtures["XA", False]
    for field in _fields(operation):
        body = body_for(operation.id, country_fixture)
        path = request_for(operation, country_fixture, _NOTHING).path
        await _refused(caller, "POST", path, body, field, None)


@_named(_CHANGING)
async def test_a_patch_sets_nothing_of_the_servers_and_changes_nothing(
    services: Services, country_fixtures: CountryFixtures, operation: Operation
) -> None:
    caller, path = (
        Caller(services[operation.service], ADMIN),
        request_for(operation, country_fixtures["XA", False], _NOTHING).path,
    )
    before = await caller.get(path)
    for field in _fields(operation):
        await _refused(caller, "PATCH", path, {}, field, before.headers["etag"])
    assert (await caller.get(path)).content.partition(_MOVING)[0] == before.content.partition(_MOVING)[0]


_WHO = {"created_by", "updated_by"}
_WHEN = {"created_at", "updated_at"}
PRIVATE: dict[str, tuple[str, set[str]]] = {
    "experts": (
        "membership",
        {
            "account_id",
            "asserted",
            "assignee",
            "available_for_support",
            "clock",
            "gender",
            "profile_confirmed_on",
            "restricted_at",
            "restricted_for",
            *_WHO,
            *_WHEN,
        },
    ),
    "institutions": ("membership", _WHO),
    "committees": ("centres", {"bylaws", "decision", "decision_id", *_WHO, *_WHEN}),
    "seats": ("centres", {"reason", *_WHO, *_WHEN}),
    "centres": (
        "centres",
        {
            "application_answers",
            "assignee",
            "clock",
            "closure_cause",
            "evaluation",
            "final_report",
            "former",
            "host_letter",
            "pending_change",
            "pending_closure",
            "review_by",
            "terms_of_reference",
            "work_plan",
            *_WHO,
            *_WHEN,
        },
    ),
    "terms": (
        "centres",
        {
            "suspension_proposed_on",
            "conditions",
            "consent_lapsed_on",
            "decision",
            "decision_id",
            "endorsement_id",
            "terms_of_reference",
            "waiver",
            "work_plan",
            *_WHO,
            *_WHEN,
        },
    ),
    "programmes": ("actions", {"lead_body_id", "waiver", *_WHO}),
    "actions": ("actions", {"budget", *_WHO}),
    "milestones": ("actions", {"claimed_by", "evidence", *_WHO}),
    "endorsements": ("actions", {"document", "withdrawal_reason", *_WHO}),
    "evidence": ("actions", _WHO),
    "indicators": ("actions", _WHO),
    "targets": ("actions", _WHO),
    "validation_rules": ("actions", _WHO),
    "results": ("actions", {"evidence", *_WHO}),
    "correspondence": ("actions", _WHO),
    "government_bodies": ("actions", _WHO),
    "focal_points": ("actions", {"account_id", "letter", *_WHO}),
    "meetings": ("actions", {"participants", *_WHO}),
}
"""Each kind's service, and the fields of a published record that only covering grants may read."""


@pytest.mark.parametrize("plural", PRIVATE)
async def test_a_published_record_shows_its_private_fields_in_no_form_to_others(
    services: Services, country_fixtures: CountryFixtures, plural: str
) -> None:
    service, private = PRIVATE[plural]
    key = country_fixtures["XB", True].id(plural)
    path = f"/{service}/v1/{plural}"
    whole = set((await Caller(services[service], ADMIN).get(f"{path}/{key}")).json())
    others = ["author_xa", "applicant", *([None] if await _is_open(services, service, path) else [])]
    for name in others:
        caller = Caller(services[service], name)
        item = (await caller.get(f"{path}/{key}")).json()
        assert whole - set(item) == private, name
        for form in (_page, _ndjson, _csv):
            records = await form(caller, f"{path}?country=XB")
            (record,) = [record for record in records if record["id"] == key]
            assert not {field for field in private if record.get(field)}, name
        picked = await caller.get(f"{path}/{key}", params={"fields": ",".join(sorted(private))})
        assert picked.status_code == 400 or not set(picked.json()) & private, picked.text
        assert (await caller.get(f"{path}/{key}/history")).status_code == (401 if name is None else 403)


async def _is_open(services: Services, service: str, path: str) -> bool:
    return (await Caller(services[service], None).get(path)).status_code == 200


async def _page(caller: Caller, address: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await caller.get(f"{address}&limit=200")).json()["items"]
    return items


async def _ndjson(caller: Caller, address: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (await caller.get(f"{address}&format=ndjson")).text.splitlines()]


async def _csv(caller: Caller, address: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO((await caller.get(f"{address}&format=csv")).text)))


async def test_an_address_that_is_not_public_is_shown_to_nobody_else(
    services: Services, country_fixtures: CountryFixtures
) -> None:
    country_fixture = country_fixtures["XB", True]
    address = f"{country_fixture.word}@example.org"
    for name, is_shown in (
        (ADMIN, True),
        ("author_xb", True),
        ("author_xa", False),
        ("applicant", False),
        (None, False),
    ):
        caller = Caller(services["membership"], name)
        for query in ("", "?country=XB", "?country=XB&format=ndjson", "?country=XB&format=csv"):
            path = (
                f"/membership/v1/experts{query}" if query else f"/membership/v1/experts/{country_fixture.id('experts')}"
            )
            assert (address in (await caller.get(path)).text) is is_shown, f"{name} {path}"
