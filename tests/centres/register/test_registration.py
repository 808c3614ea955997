"""Centres: from draft to designation by the secretariat's client alone, and the guard of each transition."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from shared.kernel.clock import today
from tests.support.callers import CALLERS, Caller
from tests.support.centres import (
    AGREEMENTS,
    CENTRES,
    DOCUMENT,
    TERMS,
    Members,
    agreed,
    applied,
    centre_body,
    endorsed,
    entered,
    host_agreement,
    recommended,
    refused,
    review_body,
    reviewed,
    stepped,
    unused_country,
)
from tests.support.principals import enter_callers

At = Callable[[str | None], Caller]


def _today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture(scope="session")
async def second_person(database_url: str) -> str:
    """The account of another administrator; the secretariat's client is that of the demo data."""
    await enter_callers(database_url)
    return str(CALLERS["admin2"].id)


async def test_the_secretariats_client_on_a_laptop_takes_a_centre_to_designation_by_waiver(
    secretariat: Caller,
    members: Members,
    second_person: str,
    anonymous: Caller,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ESCM_ENVIRONMENT", "laptop")
    country = unused_country()
    centre = await recommended(secretariat, members, country, visibility="public")
    assert (centre["registration_number"], centre["term"]) == (None, None)
    await agreed(secretariat, centre)
    offered = (await secretariat.get(centre["links"]["self"])).json()["allowed_actions"]
    assert offered == [
        {"action": "designate", "to": "active", "allowed": False, "reason": "endorsement_missing"},
        {"action": "assign", "to": "awaiting_agreement", "allowed": True, "reason": None},
    ]
    assert (await anonymous.get(centre["links"]["self"])).status_code == 404
    waiver = {"reason": "First centre of its region", "second_person": second_person}
    starts = _today() + timedelta(days=7)
    fields = {"starts": starts.isoformat(), "waiver": waiver}
    centre = await stepped(secretariat, centre, "designate", fields=fields)
    assert (centre["status"], centre["designated_on"]) == ("active", _today().isoformat())
    assert centre["registration_number"] == f"ESNRC-{country}-01"
    assert (centre["term"]["number"], centre["term"]["starts"]) == (1, starts.isoformat())
    assert date.fromisoformat(centre["term"]["ends"]) == starts.replace(year=starts.year + 4) - timedelta(days=1)
    terms = (await secretariat.get(TERMS, params={"centre_id": centre["id"]})).json()["items"]
    assert [(term["number"], term["status"], term["decided_on"]) for term in terms] == [
        (1, "current", _today().isoformat())
    ]
    assert terms[0]["waiver"] == {
        **waiver,
        "by": CALLERS["secretariat"].label,
        "on": _today().isoformat(),
    }
    item = (await secretariat.get(terms[0]["links"]["self"])).json()
    assert {name: item[name] for name in terms[0]} == terms[0]
    public = (await anonymous.get(centre["links"]["self"])).json()
    assert public["registration_number"] == centre["registration_number"]
    assert not {"terms_of_reference", "work_plan", "host_letter", "clock", "created_by"} & set(public)
    facts = await superuser.fetch("SELECT type FROM core_outbox WHERE subject = $1 ORDER BY id", centre["id"])
    named = ["created", "submitted", "under_review", "awaiting_agreement", "designated"]
    assert [row["type"].split(".")[3] for row in facts] == named
    published = await superuser.fetchrow("SELECT * FROM centre_published_centre WHERE id = $1", centre["id"])
    assert (published["status"], published["designated_on"], published["country"]) == ("active", _today(), country)


async def test_an_endorsement_of_level_two_stands_in_for_the_waiver(
    admin: Caller, members: Members, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    centre = await recommended(admin, members, country)
    await agreed(admin, centre)
    await endorsed(superuser, country, level=1)
    await endorsed(superuser, country, level=4, status="claimed")
    await endorsed(superuser, country, level=4, valid_to=_today() - timedelta(days=1))
    assert await refused(admin, centre, "designate") == "endorsement_missing"
    endorsement = await endorsed(superuser, country, level=2, visibility="restricted")
    backwards = await admin.step(centre["links"]["self"], "designate", fields={"ends": "2020-01-01"})
    assert backwards.json()["errors"][0]["pointer"] == "/fields/ends"
    centre = await stepped(admin, centre, "designate")
    assert centre["term"]["starts"] == _today().isoformat()
    terms = (await admin.get(TERMS, params={"centre_id": centre["id"]})).json()["items"]
    assert (terms[0]["endorsement_id"], terms[0]["waiver"]) == (endorsement, None)
    second = await recommended(admin, members, country)
    await agreed(admin, second)
    assert (await stepped(admin, second, "designate"))["registration_number"] == f"ESNRC-{country}-02"


async def test_a_waiver_is_confirmed_by_a_second_person(
    admin: Caller, members: Members, caller: At, second_person: str
) -> None:
    centre = await recommended(admin, members, unused_country())
    await agreed(admin, centre)
    path = centre["links"]["self"]
    fields = {"waiver": {"reason": "Urgent"}, "starts": _today().isoformat()}
    proposed = await admin.step(path, "designate", fields=fields)
    assert proposed.status_code == 202, proposed.text
    assert (await admin.get(path)).json()["status"] == "awaiting_agreement"
    mine = (await admin.get(CENTRES, params={"holder": "me", "limit": "200", "sort": "-created_at"})).json()["items"]
    assert centre["id"] in [item["id"] for item in mine]
    theirs = (await caller("officer").get(CENTRES, params={"holder": "me", "limit": "200"})).json()["items"]
    assert centre["id"] not in [item["id"] for item in theirs]
    link = proposed.headers["location"]
    confirmed = await caller("admin2").post(link, {"decision": "confirm"})
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "active")
    terms = (await admin.get(TERMS, params={"centre_id": centre["id"]})).json()["items"]
    waiver = {"reason": "Urgent", "second_person": second_person, "by": CALLERS["admin"].label}
    assert terms[0]["waiver"] == {**waiver, "on": _today().isoformat()}


async def test_a_waiver_needs_a_second_person(admin: Caller, members: Members, caller: At) -> None:
    centre = await recommended(admin, members, unused_country())
    await agreed(admin, centre)
    own = str(CALLERS["admin"].id)
    for second, reason in (
        (own, "second_person_is_the_first"),
        (str(uuid4()), "second_person_not_entitled"),
    ):
        fields = {"waiver": {"reason": "Urgent", "second_person": second}}
        assert await refused(admin, centre, "designate", fields=fields) == reason
    path = centre["links"]["self"]
    without_reason = await admin.step(path, "designate", fields={"waiver": {"second_person": own}})
    assert without_reason.json()["errors"][0]["pointer"] == "/fields/waiver/reason"
    unknown = await admin.step(path, "designate", fields={"colour": "red"})
    assert unknown.json()["errors"][0]["pointer"] == "/fields/colour"


async def test_an_application_is_returned_and_is_frozen_while_it_is_reviewed(admin: Caller, members: Members) -> None:
    centre = await applied(admin, members, unused_country())
    path = centre["links"]["self"]
    assert centre["clock"]["holder"] == "secretariat"
    assert (await admin.step(path, "return_incomplete")).json()["errors"][0]["pointer"] == "/reason"
    centre = await stepped(admin, centre, "return_incomplete", reason="The letter is unsigned")
    assert (centre["status"], centre["clock"]["holder"]) == ("draft", "applicant")
    centre = await stepped(admin, await stepped(admin, centre, "submit"), "accept_complete")
    etag = (await admin.get(path)).headers["etag"]
    frozen = await admin.patch(path, {"work_plan": {**DOCUMENT, "title": "Other"}}, etag=etag)
    assert (frozen.status_code, frozen.json()["errors"][0]["pointer"]) == (409, "/work_plan")
    assert (await admin.patch(path, {"themes": ["biosphere-integrity"]}, etag=etag)).status_code == 200
    centre = await stepped(admin, centre, "request_info", reason="Budget")
    assert (centre["status"], centre["clock"]["holder"]) == ("info_requested", "applicant")
    assert (await stepped(admin, centre, "resubmit"))["status"] == "under_review"


async def test_two_reviewers_without_a_conflict_of_interest_recommend(admin: Caller, members: Members) -> None:
    country = unused_country()
    centre = await applied(admin, members, country)
    path = f"{centre['links']['self']}/reviews"
    early = await admin.post(path, await review_body(members, country))
    assert (early.status_code, early.json()["current_state"]) == (409, "submitted")
    centre = await stepped(admin, centre, "accept_complete")
    first = await reviewed(admin, members, centre)
    again = await admin.post(path, await review_body(members, country, reviewer_id=first["reviewer_id"]))
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/reviewer_id")
    await reviewed(admin, members, centre, conflict_of_interest=True)
    await reviewed(admin, members, centre, recommendation="decline")
    assert await refused(admin, centre, "recommend") == "reviews_missing"
    own = await members.expert(country, at=centre["host_institution_id"])
    insider = await admin.post(path, await review_body(members, country, reviewer_id=own))
    assert (insider.status_code, insider.json()["errors"][0]["pointer"]) == (422, "/reviewer_id")
    nobody = await admin.post(path, await review_body(members, country, reviewer_id=str(uuid4())))
    assert nobody.json()["errors"][0]["code"] == "unknown_reference"
    low = await admin.post(path, await review_body(members, country, scores={"relevance": 6}))
    assert {e["pointer"] for e in low.json()["errors"]} >= {"/scores/relevance", "/scores/plan"}
    await reviewed(admin, members, centre)
    listed = (await admin.get(path)).json()["items"]
    assert [item["recommendation"] for item in listed] == ["designate", "designate", "decline", "designate"]
    assert (await admin.get(first["links"]["self"])).json() == first
    assert (await stepped(admin, centre, "recommend"))["status"] == "awaiting_agreement"


async def test_a_centre_ends_suspended_or_closed(
    admin: Caller, members: Members, superuser: asyncpg.Connection, second_person: str
) -> None:
    country = unused_country()
    withdrawn = await stepped(admin, await applied(admin, members, country), "withdraw")
    assert (withdrawn["status"], withdrawn["allowed_actions"]) == ("withdrawn", [])
    declined = await stepped(admin, await applied(admin, members, country), "accept_complete")
    assert (await stepped(admin, declined, "decline", reason="No capacity"))["status"] == "declined"
    centre = await recommended(admin, members, country)
    await agreed(admin, centre)
    await endorsed(superuser, country, level=3)
    centre = await stepped(admin, centre, "designate")
    centre = await stepped(admin, centre, "suspend", reason="Audit")
    assert {one["action"]: one["to"] for one in centre["allowed_actions"]} == {
        "reinstate": "active", "close": "closed", "change": "suspended", "revoke_closure": "suspended",
    }  # fmt: skip
    centre = await stepped(admin, centre, "reinstate")
    assert centre["status"] == "active"
    assert (await stepped(admin, centre, "close", reason="Merged"))["status"] == "closed"
    terms = (await admin.get(TERMS, params={"centre_id": centre["id"]})).json()["items"]
    assert [(term["status"], term["ended_on"]) for term in terms] == [("ended", today().isoformat())]


async def test_agreements_come_into_force_with_the_last_signature(admin: Caller, members: Members) -> None:
    centre = await applied(admin, members, unused_country())
    body = host_agreement(centre, signed=False)
    agreement = await entered(admin, AGREEMENTS, body)
    assert (agreement["status"], agreement["visibility"]) == ("drafting", "restricted")
    agreement = await stepped(admin, agreement, "send")
    assert [(o["action"], o["to"]) for o in agreement["allowed_actions"]] == [("sign", "partly_signed")]
    path, admin2 = agreement["links"]["self"], admin.known_as("admin2")
    stranger = await admin.step(path, "sign", fields={"party": "Nobody"})
    assert stranger.json()["errors"][0]["pointer"] == "/fields/party"
    fields = {"party": "The host", "signatory": "Rector", "signed_at": "2026-10-01", "document": DOCUMENT}
    agreement = await stepped(admin, agreement, "sign", fields=fields)
    assert agreement["status"] == "partly_signed"
    actions = [(o["action"], o["to"], o["reason"]) for o in agreement["allowed_actions"]]
    assert actions == [("sign", "in_force", "signed_for_another_side")]
    etag = (await admin.get(path)).headers["etag"]
    assert (await admin.patch(path, {"effective": "2027-01-01"}, etag=etag)).status_code == 409
    agreement = await stepped(admin2, agreement, "sign")
    assert (agreement["status"], agreement["parties"][0]["signatory"]) == ("in_force", "Rector")
    assert (await stepped(admin, agreement, "terminate", reason="Breach"))["status"] == "terminated"
    ahead = await entered(admin, AGREEMENTS, {**host_agreement(centre), "effective": "2031-01-01"})
    assert ahead["status"] == "in_force"
    unknown = await admin.post(AGREEMENTS, {**host_agreement(centre), "centre_id": str(uuid4())})
    assert unknown.json()["errors"][0]["pointer"] == "/centre_id"


async def test_access_to_a_centre(admin: Caller, members: Members, caller: At) -> None:
    centre = await stepped(admin, await applied(admin, members, "XA", visibility="restricted"), "accept_complete")
    agreement = await entered(admin, AGREEMENTS, host_agreement(centre))
    review_path = f"{centre['links']['self']}/reviews"
    for record in (centre, agreement):
        path = record["links"]["self"]
        assert (await caller("focal_xa").get(path)).status_code == 200
        assert (await caller("author_xb").get(path)).status_code == 404
        assert (await caller("focal_xa").patch(path, {}, etag='"1"')).status_code == 403
    assert (await caller("author_xb").get(review_path)).status_code == 404
    assert (await caller("focal_xa").get(review_path)).status_code == 403
    assert (await caller("auditor").get(review_path)).status_code == 200
    assert (await caller("focal_xa").step(centre["links"]["self"], "decline", reason="x")).status_code == 403
    assert (await caller("officer").step(centre["links"]["self"], "designate")).status_code == 403
    for path in (TERMS, AGREEMENTS, review_path):
        assert (await caller(None).get(path)).status_code in (401, 404)
    listed = (await caller("author_xb").get(AGREEMENTS)).json()["items"]
    assert agreement["id"] not in [item["id"] for item in listed]
    elsewhere = await caller("officer").post(CENTRES, await centre_body(members, "XC"))
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "country_forbidden")


async def test_a_centre_names_a_committee_of_its_country(admin: Caller, members: Members) -> None:
    body = await centre_body(members, unused_country(), committee_id=str(uuid4()))
    assert (await admin.post(CENTRES, body)).json()["errors"][0]["pointer"] == "/committee_id"
    body = await centre_body(members, unused_country(), director_id=str(uuid4()))
    assert (await admin.post(CENTRES, body)).json()["errors"][0]["pointer"] == "/director_id"
    body = await centre_body(members, unused_country(), position={"lat": 91, "lon": 0})
    assert (await admin.post(CENTRES, body)).json()["errors"][0]["pointer"] == "/position/lat"
