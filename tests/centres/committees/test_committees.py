"""Committees: their lifecycle, guards and visibility."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.support.callers import Caller
from tests.support.centres import (
    COMMITTEES,
    DOCUMENT,
    SEATS,
    Members,
    entered,
    proposed_committee,
    refused,
    seated,
    stepped,
    unused_country,
)

At = Callable[[str | None], Caller]


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


async def _changed(caller: Caller, record: dict[str, Any], **patch: Any) -> dict[str, Any]:
    path = record["links"]["self"]
    response = await caller.patch(path, patch, etag=(await caller.get(path)).headers["etag"])
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_a_committee_forms_and_is_recognised_by_the_secretariats_client_alone(
    secretariat: Caller, members: Members, anonymous: Caller
) -> None:
    country = unused_country()
    committee = await proposed_committee(secretariat, members, country, visibility="public")
    assert committee["ref"].startswith("COM-")
    assert (committee["status"], committee["formed_on"], committee["recognised_on"]) == ("proposed", None, None)
    for office in ("president", "secretary", "member"):
        await seated(secretariat, committee, office)
    committee = await stepped(secretariat, committee, "form")
    assert (committee["status"], committee["formed_on"]) == ("preparatory", DOCUMENT["date"])
    committee = await stepped(secretariat, committee, "request_recognition")
    assert (await anonymous.get(committee["links"]["self"])).status_code == 404
    committee = await stepped(secretariat, committee, "recognise")
    assert (committee["status"], committee["recognised_on"]) == ("recognised", _today())
    public = await anonymous.get(committee["links"]["self"])
    assert public.status_code == 200
    assert not {"decision", "bylaws", "created_by", "created_at", "previous_status"} & set(public.json())
    assert public.json()["allowed_actions"] == []
    listed = (await anonymous.get(COMMITTEES, params={"country": country})).json()["items"]
    assert [item["id"] for item in listed] == [committee["id"]]


async def test_an_ended_seat_does_not_form_a_committee_and_a_review_returns_it(admin: Caller, members: Members) -> None:
    country = unused_country()
    host = await members.institution(country)
    body = {"country": country, "names": {"en": "New", "fr": "Neuf"}, "host_institution_id": host}
    committee = await entered(admin, COMMITTEES, {**body, "bylaws": DOCUMENT, "partner_institution_ids": [host]})
    await seated(admin, committee, "president")
    ended = await seated(admin, committee, "secretary", **{"from": "2020", "to": "2022"})
    assert await refused(admin, committee, "form") == "secretary_missing"
    for office in ("secretary", "member"):
        await seated(admin, committee, office)
    shown = (await admin.get(committee["links"]["self"])).json()
    offered = {offer["action"]: offer for offer in shown["allowed_actions"]}
    assert offered["form"] == {"action": "form", "to": "preparatory", "allowed": False, "reason": "decision_missing"}
    committee = await stepped(admin, await _changed(admin, committee, decision=DOCUMENT), "form")
    committee = await stepped(admin, committee, "request_recognition")
    assert (await admin.step(committee["links"]["self"], "return")).json()["errors"][0]["pointer"] == "/reason"
    assert (await stepped(admin, committee, "return", reason="Bylaws unsigned"))["status"] == "preparatory"
    assert ended["status"] == "appointed"


async def test_a_country_has_one_living_committee(admin: Caller) -> None:
    body = {"country": unused_country(), "names": {"en": "First"}}
    first = await entered(admin, COMMITTEES, body)
    second = await admin.post(COMMITTEES, body)
    assert (second.status_code, second.json()["code"]) == (409, "conflict")
    assert second.json()["errors"][0]["pointer"] == "/country"
    assert (await stepped(admin, first, "abandon"))["status"] == "abandoned"
    assert (await admin.post(COMMITTEES, body)).status_code == 201


async def test_a_suspended_committee_returns_to_where_it_was(admin: Caller, members: Members) -> None:
    committee = await proposed_committee(admin, members, unused_country())
    await seated(admin, committee, "president")
    await seated(admin, committee, "secretary")
    committee = await stepped(admin, committee, "form")
    committee = await stepped(admin, committee, "suspend", reason="Dispute")
    assert [(o["action"], o["to"]) for o in committee["allowed_actions"]] == [
        ("reinstate", "preparatory"),
        ("dissolve", "dissolved"),
    ]
    assert (await stepped(admin, committee, "reinstate"))["status"] == "preparatory"
    lines = (await admin.get(f"{committee['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["reinstate", "suspend", "form", "create"]


async def test_bodies_name_what_they_refer_to(admin: Caller, members: Members) -> None:
    country, unknown = unused_country(), str(uuid4())
    known = await members.institution(country)
    body = {"country": country, "names": {"en": "X"}, "partner_institution_ids": [known, unknown]}
    response = await admin.post(COMMITTEES, body)
    assert response.status_code == 422
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [
        ("/partner_institution_ids/1", "unknown_reference")
    ]
    committee = await entered(admin, COMMITTEES, {"country": country, "names": {"en": "X"}})
    path = committee["links"]["self"]
    etag = (await admin.get(path)).headers["etag"]
    assert (await admin.patch(path, {"country": "XC"}, etag=etag)).status_code == 422
    assert (await admin.patch(path, {"status": "recognised"}, etag=etag)).json()["code"] == "unknown_field"
    assert (await admin.patch(path, {"names": {"en": "X"}}, etag=etag)).json()["version"] == 1
    assert (await admin.post(COMMITTEES, {"country": country, "names": {}})).status_code == 422


async def test_lists_filter_and_search(admin: Caller, members: Members) -> None:
    committee = await proposed_committee(admin, members, unused_country(), names={"en": "Plain", "ru": "Комитет Ёлка"})
    host = committee["host_institution_id"]
    for query in (
        {"host_institution_id": host},
        {"q": "елка"},
        {"status": "proposed", "country": committee["country"]},
    ):
        listed = (await admin.get(COMMITTEES, params=query)).json()["items"]
        assert [item["id"] for item in listed] == [committee["id"]], query
    assert (await admin.get(committee["links"]["self"].replace(committee["id"], committee["ref"]))).status_code == 200
    assert (await admin.get(COMMITTEES, params={"colour": "red"})).status_code == 400


async def test_access_to_a_committee(caller: At, admin: Caller, members: Members) -> None:
    committee = await proposed_committee(admin, members, "XA", visibility="restricted")
    seat = await seated(admin, committee, "president")
    for record, verb in ((committee, "form"), (seat, "end")):
        path = record["links"]["self"]
        assert (await caller("focal_xa").get(path)).status_code == 200
        assert (await caller("author_xb").get(path)).status_code == 404
        assert (await caller("auditor").get(path)).status_code == 200
        assert (await caller("author_xb").get(f"{path}/history")).status_code == 404
        assert (await caller("focal_xa").step(path, verb)).status_code == 403
    assert (await caller(None).get(committee["links"]["self"])).status_code == 404
    assert (await caller(None).get(SEATS)).status_code == 401
    refusal = await caller("focal_xa").post(COMMITTEES, {"country": "XA", "names": {"en": "Another"}})
    assert (refusal.status_code, refusal.json()["code"]) == (403, "forbidden")
    elsewhere = await caller("officer").post(COMMITTEES, {"country": "XC", "names": {"en": "Another"}})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "country_forbidden")
    listed = (await caller("author_xb").get(SEATS, params={"committee_id": committee["id"]})).json()["items"]
    assert listed == []
