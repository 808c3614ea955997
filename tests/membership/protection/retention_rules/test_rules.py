"""Retention rules are drafted by administrators, activated by two, and read by nobody else but auditors."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from services.membership.protection.retention_rules.domain import instant_before
from tests.support.callers import Caller

RULES = "/membership/v1/retention_rules"
SHIPPED = {
    ("experts", "rejected", "P2Y"), ("experts", "lapsed", "P5Y"), ("declarations", None, "P5Y"),
    ("nominations", None, "P2Y"), ("supports", "pending", "P7D"), ("supports", "rejected", "P2Y"),
}  # fmt: skip
At = Callable[[str | None], Caller]


def rule(**more: Any) -> dict[str, Any]:
    return {"resource": "consents", "state": "withdrawn", "after": "P10Y", "action": "delete", "basis": "Proof", **more}


@pytest.fixture
async def made(admin: Caller, superuser: asyncpg.Connection) -> AsyncIterator[Callable[..., Any]]:
    """Drafts rules, which no later test finds active."""

    async def make(**fields: Any) -> str:
        response = await admin.post(RULES, rule(**fields))
        assert (response.status_code, response.json()["status"]) == (201, "draft"), response.text
        return str(response.json()["links"]["self"])

    yield make
    await superuser.execute("UPDATE member_retention_rule SET status = 'retired' WHERE created_by <> 'system'")


async def _activated(admin: Caller, path: str, second: str = "admin2") -> Any:
    proposed = await admin.step(path, "activate")
    assert proposed.status_code == 202, proposed.text
    return await admin.known_as(second).post(proposed.headers["location"], {"decision": "confirm"})


async def test_the_shipped_rules_are_in_force(admin: Caller) -> None:
    found = (await admin.get(f"{RULES}?status=active")).json()["items"]
    assert {(one["resource"], one["state"], one["after"]) for one in found} == SHIPPED
    assert all(one["basis"] and one["country"] is None for one in found)


@pytest.mark.parametrize("name", ["officer", "author_xa", "operator", "applicant", "government_xa"])
async def test_a_rule_does_not_exist_for_others(made: Callable[..., Any], caller: At, name: str) -> None:
    path = await made()
    other = caller(name)
    assert (await other.get(path)).status_code == 404
    assert (await other.get(f"{path}/preview")).status_code == 404
    assert (await other.get(RULES)).json()["items"] == []
    assert (await other.post(RULES, rule())).status_code == 403


async def test_auditors_read_rules_and_write_none(made: Callable[..., Any], caller: At, anonymous: Caller) -> None:
    path, auditor = await made(), caller("auditor")
    for address in (path, f"{path}/preview", f"{path}/history"):
        assert (await auditor.get(address)).status_code == 200
        assert (await anonymous.get(address)).status_code == 401
    assert (await auditor.step(path, "retire", reason="none")).status_code == 403


async def test_a_rule_takes_two_to_become_active(made: Callable[..., Any], admin: Caller) -> None:
    path = await made()
    assert (await _activated(admin, path, "admin")).status_code == 403
    (waiting,) = (await admin.get(f"{path}/transitions/pending")).json()["items"]
    confirmed = await admin.known_as("admin2").post(waiting["links"]["self"], {"decision": "confirm"})
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "active"), confirmed.text
    assert (await admin.step(path, "retire")).status_code == 422
    retired = await admin.step(path, "retire", reason="Another rule follows")
    assert retired.json()["status"] == "retired"


async def test_only_a_draft_changes(made: Callable[..., Any], admin: Caller) -> None:
    path = await made()

    async def patch(**fields: Any) -> Any:
        return await admin.patch(path, fields, etag=(await admin.get(path)).headers["etag"])

    assert (await patch(after="P11Y")).json()["after"] == "P11Y"
    await _activated(admin, path)
    assert (await patch(after="P1D")).status_code == 409


async def test_one_rule_is_in_force_for_a_state(made: Callable[..., Any], admin: Caller) -> None:
    first, same, every = await made(), await made(after="P1Y"), await made(state=None)
    assert (await _activated(admin, first)).status_code == 200
    for path in (same, every):
        refused = await admin.step(path, "activate")
        assert (refused.status_code, refused.json()["reason"]) == (409, "rule_in_force")
    await admin.step(first, "retire", reason="Another rule follows")
    assert (await _activated(admin, every)).status_code == 200
    refused = await admin.step(same, "activate")
    assert refused.json()["reason"] == "rule_in_force"


async def test_a_confirmation_finds_a_rule_that_came_first(made: Callable[..., Any], admin: Caller) -> None:
    first, second = await made(), await made(after="P1Y")
    proposed = [(await admin.step(path, "activate")).headers["location"] for path in (first, second)]
    other = admin.known_as("admin2")
    decided = [await other.post(path, {"decision": "confirm"}) for path in proposed]
    assert [one.status_code for one in decided] == [200, 409]


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"resource": "experts", "state": "active", "action": "erase"}, "/state", "not_one_of"),
        ({"resource": "experts", "state": None, "action": "erase"}, "/state", "required"),
        ({"resource": "experts", "state": "rejected", "action": "delete"}, "/action", "not_one_of"),
        ({"state": "given"}, "/state", "not_one_of"),
        ({"action": "erase"}, "/action", "not_one_of"),
        ({"resource": "seats"}, "/resource", "not_one_of"),
        ({"after": "P"}, "/after", "out_of_range"),
        ({"after": "P0D"}, "/after", "out_of_range"),
        ({"after": "P101Y"}, "/after", "out_of_range"),
        ({"after": "P99Y99999D"}, "/after", "out_of_range"),
        ({"after": "PT1H"}, "/after", "invalid_format"),
        ({"after": "2Y"}, "/after", "invalid_format"),
        ({"basis": ""}, "/basis", "too_short"),
    ],
)
async def test_a_rule_has_bounds(admin: Caller, fields: dict[str, Any], pointer: str, code: str) -> None:
    refused = await admin.post(RULES, rule(**fields))
    assert refused.status_code == 422, refused.text
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    ("after", "before"),
    [
        ("P2Y", "2026-02-28"),
        ("P1M", "2028-01-29"),
        ("P3M", "2027-11-29"),
        ("P2W", "2028-02-15"),
        ("P30D", "2028-01-30"),
        ("P1Y1M1W1D", "2027-01-21"),
        ("P100Y", "1928-02-29"),
    ],
)
def test_durations_go_by_the_calendar(after: str, before: str) -> None:
    at = datetime(2028, 2, 29, 12, 30, tzinfo=UTC)
    assert instant_before(after, at) == datetime.fromisoformat(f"{before}T12:30+00:00")
