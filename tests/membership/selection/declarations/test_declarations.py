"""An expert declares interests for a year; the office assesses; renewal asks for this year's signature."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from shared.kernel.clock import today
from tests.support.callers import Caller
from tests.support.membership import EXPERTS

DECLARATIONS = "/membership/v1/declarations"
NOTICES = "/membership/v1/notices"
INTEREST = {
    "kind": "funding",
    "party": "Mining Company of Alphaland",
    "from": "2024-01-01",
    "to": None,
    "text": "A grant.",
}
Member = Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]]
At = Callable[[str | None], Caller]


def _body(record: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"expert_id": record["id"], "year": today().year, "notice_version": "2026", "interests": [INTEREST], **more}


async def _draft(who: Caller, record: dict[str, Any], **more: Any) -> str:
    """A draft under the latest notice."""
    latest = (await who.get(f"{NOTICES}?purpose=conflict_of_interest&sort=-created_at&limit=1")).json()["items"][0]
    made = await who.post(DECLARATIONS, _body(record, notice_version=latest["notice_version"], **more))
    assert made.status_code == 201, made.text
    return str(made.json()["links"]["self"])


async def _signed(who: Caller, record: dict[str, Any], **more: Any) -> str:
    path = await _draft(who, record, **more)
    signed = await who.step(path, "sign")
    assert (signed.status_code, signed.json()["status"]) == (200, "signed"), signed.text
    return path


async def test_a_member_declares_confirms_and_is_renewed(member: Member, admin: Caller) -> None:
    who, record = await member()
    expert = f"{EXPERTS}/{record['id']}"
    assert (await who.step(expert, "confirm_profile")).status_code == 200
    path = await _signed(who, record)
    read = (await who.get(path)).json()
    assert (read["interests"], read["signed_on"]) == ([INTEREST], today().isoformat())
    renewed = await who.step(expert, "renew")
    assert (renewed.status_code, renewed.json()["status"]) == (200, "active"), renewed.text
    lines = (await who.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["sign", "create"]


async def test_a_declaration_of_another_year_renews_nobody(member: Member) -> None:
    who, record = await member()
    await who.step(f"{EXPERTS}/{record['id']}", "confirm_profile")
    await _signed(who, record, year=today().year - 1)
    assert (await who.step(f"{EXPERTS}/{record['id']}", "renew")).json()["reason"] == "conflict_of_interest_missing"


async def test_a_later_signature_supersedes_the_earlier_ones_of_the_year(member: Member, admin: Caller) -> None:
    who, record = await member()
    other = await _signed(who, record, year=today().year + 1)
    paths = [await _signed(who, record) for _ in range(3)]
    states = [(await who.get(path)).json()["status"] for path in (other, *paths)]
    assert states == ["signed", "superseded", "superseded", "signed"]
    listed = (await who.get(f"{DECLARATIONS}?year={today().year}&status=signed")).json()["items"]
    assert [one["links"]["self"] for one in listed] == paths[-1:]


async def test_of_two_signatures_at_once_one_is_in_force(member: Member) -> None:
    who, record = await member()
    drafts = [await _draft(who, record) for _ in range(2)]
    signed = await asyncio.gather(*(who.step(path, "sign") for path in drafts))
    assert [response.status_code for response in signed] == [200, 200]
    assert sorted([(await who.get(path)).json()["status"] for path in drafts]) == ["signed", "superseded"]


@pytest.mark.parametrize("outcome", ["cleared", "managed", "excluded"])
async def test_the_office_assesses_a_signed_declaration(member: Member, admin: Caller, outcome: str) -> None:
    who, record = await member()
    path = await _signed(who, record)
    assert (await who.step(path, "assess", reason="x", fields={"outcome": outcome})).status_code == 403
    assert (await admin.step(path, "assess", fields={"outcome": outcome})).json()["errors"][0][
        "code"
    ] == "reason_required"
    unknown = await admin.step(path, "assess", reason="x", fields={"outcome": "forgotten"})
    assert unknown.status_code == 422
    assert (await admin.step(path, "assess", reason="x")).json()["errors"][0]["pointer"] == "/fields/outcome"
    done = await admin.step(path, "assess", reason="Looked at.", fields={"outcome": outcome})
    assert (done.status_code, done.json()["status"]) == (200, outcome)


async def test_nobody_signs_for_another(member: Member, admin: Caller) -> None:
    _, record = await member()
    path = await _draft(admin, record)
    assert (await admin.step(path, "sign")).json()["reason"] == "not_the_person"


async def test_only_the_person_and_the_office_know_of_it(member: Member, anonymous: Caller, caller: At) -> None:
    who, record = await member()
    other, _ = await member()
    path = await _signed(who, record)
    assert (await anonymous.get(path)).status_code == 401
    for name in ("author_xa", "author_xb", "focal_xa"):
        assert (await caller(name).get(path)).status_code in (403, 404)
        assert (await caller(name).get(DECLARATIONS)).json().get("items", []) == []
    assert (await other.get(path)).status_code == 404
    refused = await other.post(DECLARATIONS, _body(record))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_reference")
    assert (await caller("officer").get(path)).status_code == 200


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"notice_version": "1999"}, "/notice_version", "unknown_reference"),
        ({"year": 2000}, "/year", "out_of_range"),
        ({"year": "this"}, "/year", "invalid_format"),
        ({"interests": [{"kind": "secret", "party": "x"}]}, "/interests/0/kind", "not_one_of"),
        ({"interests": [{"kind": "other"}]}, "/interests/0/party", "required"),
        ({"interests": [{**INTEREST, "to": "2020-01-01"}]}, "/interests/0/to", "invalid_date"),
        ({"interests": [{"kind": "other", "party": "x"}] * 51}, "/interests", "too_long"),
        ({"signed_on": "2026-01-01"}, "/signed_on", "unknown_field"),
    ],
)
async def test_a_declaration_is_checked(member: Member, change: dict[str, Any], pointer: str, code: str) -> None:
    who, record = await member()
    refused = await who.post(DECLARATIONS, _body(record, **change))
    assert refused.status_code == 422, refused.text
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [(pointer, code)]


async def test_a_draft_changes_and_a_signed_declaration_stays(member: Member, admin: Caller) -> None:
    who, record = await member()
    path = await _draft(who, record)
    changed = await who.patch(path, {"interests": []}, etag=(await who.get(path)).headers["etag"])
    assert (changed.status_code, changed.json()["interests"]) == (200, [])
    _, other = await member()
    moved = await who.patch(path, {"expert_id": other["id"]}, etag=changed.headers["etag"])
    assert moved.json()["errors"][0]["pointer"] == "/expert_id"
    signed = await who.step(path, "sign")
    late = await who.patch(path, {"interests": [INTEREST]}, etag=signed.headers["etag"])
    assert late.status_code == 409


async def test_a_declaration_follows_its_expert_to_another_country(
    member: Member, admin: Caller, superuser: asyncpg.Connection
) -> None:
    who, record = await member()
    path = await _signed(who, record)
    expert = f"{EXPERTS}/{record['id']}"
    moved = await admin.patch(expert, {"country": "XB"}, etag=(await admin.get(expert)).headers["etag"])
    assert moved.status_code == 200
    assert (await admin.get(path)).json()["country"] == "XB"


async def test_an_outdated_notice_is_not_signed(member: Member, admin: Caller) -> None:
    who, record = await member()
    path = await _draft(who, record)
    notice = {"purpose": "conflict_of_interest", "notice_version": "2026-b", "texts": {"en": "I have declared."}}
    assert (await admin.post(NOTICES, notice)).status_code == 201
    assert (await who.step(path, "sign")).json()["reason"] == "notice_outdated"
    changed = await who.patch(path, {"notice_version": "2026-b"}, etag=(await who.get(path)).headers["etag"])
    assert changed.status_code == 200
    assert (await who.step(path, "sign")).status_code == 200


async def test_everybody_reads_notices_and_administrators_enter_them(
    admin: Caller, anonymous: Caller, caller: At
) -> None:
    shipped = (await anonymous.get(f"{NOTICES}?purpose=conflict_of_interest&sort=created_at")).json()["items"][0]
    assert set(shipped["texts"]) == {"en", "fr", "es", "ar", "zh", "ru"}
    notice = {"purpose": "listing", "notice_version": "1", "texts": {"en": "I agree to be listed."}}
    assert (await caller("officer").post(NOTICES, notice)).status_code == 403
    made = await admin.post(NOTICES, notice)
    assert made.status_code == 201, made.text
    again = await admin.post(NOTICES, notice)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "not_unique")
    changed = await admin.patch(made.json()["links"]["self"], {"texts": {"en": "x"}}, etag=made.headers["etag"])
    assert changed.status_code == 405
