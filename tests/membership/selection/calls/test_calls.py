"""Calls are drafted, opened, extended, assessed, decided and published."""

from datetime import timedelta
from typing import Any

import pytest

from shared.kernel.clock import to_text
from tests.membership.selection.calls.conftest import CALLS, CV, Round, done, refused
from tests.support.callers import Caller


async def test_a_call_has_a_life_and_its_published_states_are_public(round_: Round, anonymous: Caller) -> None:
    draft = (await round_.admin.post(CALLS, round_.body(country="XA"))).json()
    assert (draft["status"], draft["ref"][:4], draft["panel"]) == ("draft", "CAL-", [])
    path = draft["links"]["self"]
    assert (await anonymous.get(path)).status_code == 404
    await done(round_.admin, draft, "open")
    shown = await anonymous.get(path)
    assert shown.status_code == 200
    assert not shown.json().keys() & {"panel", "decision", "created_by"}
    assert (await anonymous.get(f"{CALLS}?code={draft['code']}")).json()["items"][0]["id"] == draft["id"]
    assert await refused(round_.admin, draft, "decide", fields={"document": CV}) == "not_in_this_state"
    round_.call = draft
    await round_.assess()
    assert (await anonymous.get(f"{path}/results")).status_code == 404
    for document, pointer in ({**CV, "url": None}, ""), ({**CV, "evidence_id": draft["id"]}, "/evidence_id"):
        unknown = await round_.admin.step(path, "decide", fields={"document": document})
        fault = unknown.json()["errors"][0]
        assert (unknown.status_code, fault["pointer"]) == (422, f"/fields/document{pointer}")
    decided = await done(round_.admin, draft, "decide", fields={"document": CV})
    assert decided["decision"]["title"] == CV["title"]
    published = await done(round_.admin, draft, "publish")
    assert published["published_at"] is not None
    results = (await anonymous.get(f"{path}/results")).json()
    assert {name: results[name] for name in ("selected", "items", "unlisted")} == {
        "selected": 0, "items": [], "unlisted": 0,
    }  # fmt: skip
    lines = (await round_.admin.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["publish", "decide", "assess", "open", "create"]


async def test_an_officer_keeps_the_calls_of_the_own_country(round_: Round, admin: Caller) -> None:
    officer = admin.known_as("officer")
    made = await officer.post(CALLS, round_.body(country="XA"))
    assert made.status_code == 201, made.text
    await done(officer, made.json(), "open")
    for country in ("XC", None):
        refusal = await officer.post(CALLS, round_.body(country=country))
        assert (refusal.status_code, refusal.json()["reason"]) == (403, "country_forbidden")
    international = (await admin.post(CALLS, round_.body(visibility="restricted"))).json()
    assert (await officer.get(international["links"]["self"])).status_code == 404
    assert (await admin.known_as("author_xa").post(CALLS, round_.body(country="XA"))).status_code == 403


async def test_an_extension_keeps_the_first_deadlines(round_: Round) -> None:
    call = await round_.open(members=0)
    later = to_text(round_.started + timedelta(days=5))
    fields = {"nominee_deadline": later, "nominator_deadline": later}
    missing = await round_.admin.step(round_.path, "extend", fields=fields)
    assert (missing.status_code, missing.json()["errors"][0]["code"]) == (422, "reason_required")
    extended = await done(round_.admin, call, "extend", reason="A holiday", fields=fields)
    first = {"nominee": call["nominee_deadline"], "nominator": call["nominator_deadline"]}
    assert (extended["status"], extended["first_deadlines"]) == ("open", first)
    assert (extended["nominee_deadline"], extended["nominator_deadline"]) == (later, later)
    earlier = {"nominator_deadline": to_text(round_.started + timedelta(days=4))}
    for fields, pointer in ((earlier, "nominator_deadline"), ({}, "nominee_deadline")):
        refusal = await round_.admin.step(round_.path, "extend", reason="Why", fields=fields)
        assert (refusal.status_code, refusal.json()["errors"][0]["pointer"]) == (422, f"/fields/{pointer}")
    again = await done(
        round_.admin,
        call,
        "extend",
        reason="More",
        fields={"nominator_deadline": to_text(round_.started + timedelta(days=9))},
    )
    assert again["first_deadlines"] == first


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"code": "a b"}, "/code", "invalid_format"),
        ({"seats": 0}, "/seats", "out_of_range"),
        ({"seats": 501}, "/seats", "out_of_range"),
        ({"criteria": []}, "/criteria", "too_short"),
        ({"criteria": [{"key": "a", "titles": {"en": "A"}}] * 2}, "/criteria/1/key", "not_unique"),
        ({"nominee_deadline": "2020-01-01T00:00:00Z"}, "/nominee_deadline", "invalid_date"),
        ({"nominator_deadline": "2020-01-01T00:00:00Z"}, "/nominator_deadline", "invalid_date"),
        ({"opens": "2026-01-01T00:00:00"}, "/opens", "invalid_value"),
        ({"panel": [{"expert_id": "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"}]}, "/panel/0/expert_id", "unknown_reference"),
        ({"eligibility": {"regions": ["Atlantis"]}}, "/eligibility/regions/0", "not_one_of"),
        ({"nominator_kinds": ["university"]}, "/nominator_kinds/0", "not_one_of"),
        ({"targets": {"gender": {"female": 2}}}, "/targets/gender/female", "out_of_range"),
    ],
)
async def test_bounds_of_a_call(round_: Round, fields: dict[str, Any], pointer: str, code: str) -> None:
    response = await round_.admin.post(CALLS, round_.body(**fields))
    assert response.status_code == 422, response.text
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [(pointer, code)]


async def test_code_and_country_stay_and_an_open_call_changes_in_little(round_: Round) -> None:
    call = await round_.open(members=0)
    twice = await round_.admin.post(CALLS, round_.body(code=call["code"]))
    assert (twice.status_code, twice.json()["errors"][0]["code"]) == (409, "not_unique")
    etag = (await round_.admin.get(round_.path)).headers["etag"]
    for body, status in (
        ({"code": "ANOTHER"}, 422), ({"country": "XA"}, 422), ({"self_nomination": True}, 409),
        ({"nominee_deadline": call["nominator_deadline"]}, 409), ({"seats": 2, "texts": {"en": "More."}}, 200),
    ):  # fmt: skip
        response = await round_.admin.patch(round_.path, body, etag=etag)
        assert response.status_code == status, response.text
    _, expert = await round_.scorer()
    etag = (await round_.admin.get(round_.path)).headers["etag"]
    seats = [{"expert_id": expert, "office": "chair"}] * 2
    doubled = await round_.admin.patch(round_.path, {"panel": seats}, etag=etag)
    assert (doubled.status_code, doubled.json()["errors"][0]["pointer"]) == (422, "/panel/1/expert_id")


async def test_a_call_is_cancelled_with_a_reason_and_is_not_opened_late(round_: Round, anonymous: Caller) -> None:
    draft = (await round_.admin.post(CALLS, round_.body())).json()
    round_.later(days=1, seconds=1)
    assert await refused(round_.admin, draft, "open") == "deadline_passed"
    assert (await round_.admin.step(draft["links"]["self"], "cancel")).status_code == 422
    assert (await done(round_.admin, draft, "cancel", reason="No money"))["status"] == "cancelled"
    assert (await anonymous.get(draft["links"]["self"])).status_code == 404
