"""Meetings of committees: who is present, the quorum, minutes that are approved, and committees that end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.centres.committees.committee_meetings.domain import LIFECYCLE
from services.centres.reactions import REACTIONS
from shared.contracts.centres import COMMITTEE_ABANDONED, COMMITTEE_DISSOLVED
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.actions.neighbours import change, enter
from tests.support.callers import Caller
from tests.support.centres import (
    COMMITTEES,
    DOCUMENT,
    MEETINGS,
    Members,
    country_of_committees,
    entered,
    proposed_committee,
    seated,
    stepped,
)

Record = dict[str, Any]
Enter = Callable[[str, str, str], Caller]


class Body:
    """A committee of its own country, with seats."""

    def __init__(self, admin: Caller, record: Record, seats: list[Record]) -> None:
        self.admin, self.record, self.seats = admin, record, seats

    @property
    def keys(self) -> list[str]:
        return [one["id"] for one in self.seats]

    async def meeting(self, present: int = 0, **more: Any) -> Record:
        body = {"committee_id": self.record["id"], "kind": "online", "starts": "2026-11-01T09:00:00Z"}
        return await entered(self.admin, MEETINGS, {**body, "present": self.keys[:present], **more})


@pytest.fixture
async def body(admin: Caller, members: Members) -> AsyncIterator[Body]:
    """Six seats are filled."""
    async with country_of_committees(admin) as country:
        committee = await proposed_committee(admin, members, country)
        offices = ("president", "secretary", *["member"] * 4)
        yield Body(admin, committee, [await seated(admin, committee, office) for office in offices])


def _codes(response: Any) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in response.json()["errors"]]


async def test_a_meeting_is_planned_held_and_approved(body: Body, superuser: asyncpg.Connection) -> None:
    made = await body.meeting(titles={"en": "Spring meeting"})
    assert (made["status"], made["visibility"], made["country"]) == ("planned", "restricted", body.record["country"])
    assert made["quorum"] == {"needed": 4, "present": 0, "met": False}
    path = made["links"]["self"]
    early = await body.admin.step(path, "hold")
    assert (early.status_code, early.json()["reason"]) == (409, "present_missing")
    changed = await body.admin.change(path, present=body.keys[:4], apologies=body.keys[4:])
    assert changed.json()["quorum"] == {"needed": 4, "present": 4, "met": True}
    held = await stepped(body.admin, made, "hold")
    assert (await body.admin.change(path, minutes=DOCUMENT)).status_code == 200
    approved = await stepped(body.admin, held, "approve")
    assert (approved["status"], approved["minutes"]["title"]) == ("approved", DOCUMENT["title"])
    late = await body.admin.change(path, minutes=None)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    types = await superuser.fetch("SELECT type FROM core_outbox WHERE subject = $1 ORDER BY id", made["id"])
    assert [row["type"].split(".")[3] for row in types] == ["created", "updated", "held", "updated", "approved"]


async def test_minutes_are_checked_as_other_documents_are(body: Body, superuser: asyncpg.Connection) -> None:
    empty = {"title": "Minutes", "date": "2026-11-01"}
    refused = await body.admin.post(MEETINGS, {**(await _body_of(body)), "minutes": empty})
    assert _codes(refused) == [("/minutes", "required")]
    file = await enter(
        superuser, "action_evidence", country=body.record["country"], status="available", category="A08",
        sha256="0" * 64,
    )  # fmt: skip
    made = await body.meeting(present=4, minutes={**empty, "evidence_id": str(file)})
    assert made["minutes"]["sha256"] == "0" * 64
    named = "SELECT record_id, link FROM centre_published_document WHERE evidence_id = $1"
    row = await superuser.fetchrow(named, file)
    assert (str(row["record_id"]), row["link"]) == (made["id"], made["links"]["self"])
    held = await stepped(body.admin, made, "hold")
    await change(superuser, "action_evidence", file, status="withdrawn")
    blocked = await body.admin.step(held["links"]["self"], "approve")
    assert (blocked.status_code, blocked.json()["reason"]) == (409, "evidence_not_available")


async def _body_of(body: Body) -> Record:
    return {"committee_id": body.record["id"], "kind": "hybrid", "starts": "2026-11-01"}


async def test_a_quorum_is_more_than_half_of_the_seats_or_the_percentage_of_the_committee(body: Body) -> None:
    planned = await body.meeting(present=4)
    path = planned["links"]["self"]
    for percentage, needed in ((50, 3), (67, 5), (100, 6), (1, 1), (None, 4)):
        await body.admin.change(body.record["links"]["self"], quorum=percentage)
        shown = (await body.admin.get(path)).json()
        assert (shown["quorum"]["needed"], shown["version"]) == (needed, 1), percentage
    await stepped(body.admin, body.seats[5], "end")
    assert (await body.admin.get(path)).json()["quorum"]["needed"] == 4, "the seat was filled on the day"
    later = await body.meeting(starts="2027-01-10T09:00:00Z")
    assert later["quorum"]["needed"] == 3, "five seats"
    await seated(body.admin, body.record, "member")
    assert (await body.admin.get(later["links"]["self"])).json()["quorum"]["needed"] == 4, "six again"
    held = await stepped(body.admin, planned, "hold")
    await body.admin.change(body.record["links"]["self"], quorum=100)
    assert (await body.admin.get(held["links"]["self"])).json()["quorum"]["needed"] == 4, "it stays once it is held"
    for percentage in (0, 101):
        assert (await body.admin.change(body.record["links"]["self"], quorum=percentage)).status_code == 422


async def test_an_ended_seat_cannot_be_present(body: Body) -> None:
    before, after = await body.meeting(present=6), await body.meeting(starts="2027-01-10", present=6)
    await stepped(body.admin, body.seats[5], "end")
    refused = await body.admin.post(MEETINGS, {**(await _body_of(body)), "present": body.keys})
    assert (refused.status_code, _codes(refused)) == (422, [("/present/5", "seat_ended")])
    kept = await body.admin.change(before["links"]["self"], titles={"en": "Autumn"})
    assert kept.status_code == 200, "who was named while the seat was filled stays"
    assert (await body.admin.step(before["links"]["self"], "hold")).status_code == 200
    shown = (await body.admin.get(after["links"]["self"])).json()
    assert shown["allowed_actions"][0] == {"action": "hold", "to": "held", "allowed": False, "reason": "seat_ended"}
    future = await seated(body.admin, body.record, "member", **{"from": "2027-03-01"})
    early = await body.admin.post(MEETINGS, {**(await _body_of(body)), "present": [future["id"]]})
    assert _codes(early) == [("/present/0", "seat_ended")]


@pytest.fixture
async def other(admin: Caller) -> AsyncIterator[Record]:
    """A committee of another country."""
    async with country_of_committees(admin) as country:
        yield await entered(admin, COMMITTEES, {"country": country, "names": {"en": "Another"}})


async def test_seats_are_those_of_the_committee(body: Body, admin: Caller, other: Record) -> None:
    foreign = await seated(admin, other, "president")
    for name in ("present", "apologies"):
        refused = await admin.post(MEETINGS, {**(await _body_of(body)), name: [foreign["id"]]})
        assert (refused.status_code, _codes(refused)) == (422, [(f"/{name}/0", "unknown_reference")])
    both = await admin.post(MEETINGS, {**(await _body_of(body)), "present": body.keys, "apologies": body.keys[2:3]})
    assert _codes(both) == [("/apologies/0", "invalid_value")]
    made = await body.meeting()
    moved = await admin.change(made["links"]["self"], committee_id=other["id"])
    assert _codes(moved) == [("/committee_id", "invalid_value")]


@pytest.mark.parametrize(
    ("name", "value"), [("kind", "by_mail"), ("starts", "soon"), ("starts", "2026-11-01T09:00:00"), ("present", "all")]
)
async def test_a_body_is_checked(body: Body, name: str, value: Any) -> None:
    refused = await body.admin.post(MEETINGS, {**(await _body_of(body)), name: value})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/{name}")


async def test_president_and_secretary_and_the_office_meet_and_nobody_else_knows(
    body: Body, anonymous: Caller, entering: Enter
) -> None:
    country = body.record["country"]
    made = await body.meeting(present=4)
    path = made["links"]["self"]
    for role in ("committee_president", "committee_secretary", "secretariat_officer"):
        insider = entering(role, "country", country)
        assert (await insider.get(path)).status_code == 200
        entry = await entered(insider, MEETINGS, await _body_of(body))
        await stepped(insider, entry, "cancel")
    for role in ("committee_president", "secretariat_officer"):
        outsider = entering(role, "country", "XB")
        assert (await outsider.get(path)).status_code == 404
        assert (await outsider.get(f"{MEETINGS}?committee_id={body.record['id']}")).json()["items"] == []
        refused = await outsider.post(MEETINGS, await _body_of(body))
        assert refused.status_code in (403, 422)
        assert made["id"] not in (await outsider.get(f"{MEETINGS}?limit=200")).text
    assert (await anonymous.get(path)).status_code == 401
    auditor = entering("auditor", "country", country)
    assert (await auditor.get(path)).status_code == 200
    assert (await auditor.step(path, "hold")).status_code == 403


async def _react(database: Database, kind: str, committee: Record) -> None:
    """The worker's reaction to a fact about the committee, which arrives twice."""
    fact = Fact(type=kind, subject=UUID(committee["id"]), ref="X", version=9, country=committee["country"], link="/x")
    for _ in range(2):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await REACTIONS[kind](uow, [fact])


async def test_a_committee_that_is_dissolved_cancels_its_planned_meetings(
    body: Body, database: Database, admin: Caller
) -> None:
    planned, held = await body.meeting(present=4), await body.meeting(present=4)
    await stepped(admin, held, "hold")
    committee = body.record
    for verb in ("form", "request_recognition", "recognise"):
        committee = await stepped(admin, committee, verb)
    await stepped(admin, committee, "dissolve", reason="It has done its work")
    refused = await admin.post(MEETINGS, await _body_of(body))
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    await _react(database, COMMITTEE_DISSOLVED, committee)
    now = [(await admin.get(one["links"]["self"])).json()["status"] for one in (planned, held)]
    assert now == ["cancelled", "held"]
    assert (await admin.change(planned["links"]["self"], titles={"en": "Again"})).status_code == 409
    history = (await admin.get(f"{planned['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in history] == ["cancel_with_committee", "create"]


async def test_a_meeting_that_is_planned_while_the_committee_ends_does_not_stay(
    body: Body, database: Database, admin: Caller
) -> None:
    ended, made = await asyncio.gather(
        admin.step(body.record["links"]["self"], "abandon"), admin.post(MEETINGS, await _body_of(body))
    )
    assert ended.status_code == 200, ended.text
    await _react(database, COMMITTEE_ABANDONED, body.record)
    found = (await admin.get(f"{MEETINGS}?committee_id={body.record['id']}")).json()["items"]
    assert [one["status"] for one in found] == (["cancelled"] if made.status_code == 201 else [])


async def test_meetings_wait_in_the_work_list_from_their_day(body: Body, entering: Enter) -> None:
    secretary = entering("committee_secretary", "country", body.record["country"])
    later, now, empty = (
        await body.meeting(present=4, starts="2100-01-01"), await body.meeting(present=4), await body.meeting()
    )  # fmt: skip
    assert await _waiting(secretary, body) == [(now["id"], "hold")]
    held = [
        one["id"]
        for one in (await secretary.get(f"{MEETINGS}?holder=me&committee_id={now['committee_id']}")).json()["items"]
    ]
    assert sorted(held) == sorted([now["id"], empty["id"]])
    assert later["id"] not in held
    await stepped(secretary, now, "hold")
    assert await _waiting(secretary, body) == []
    await secretary.change(now["links"]["self"], minutes=DOCUMENT)
    assert await _waiting(secretary, body) == [(now["id"], "approve")]
    await stepped(secretary, now, "approve")
    assert await _waiting(secretary, body) == []
    assert await _waiting(entering("committee_secretary", "country", "XB"), body) == []


async def _waiting(who: Caller, body: Body) -> list[tuple[str, str]]:
    """The meetings of the committee in the work list, each with its action, which is allowed."""
    mine = await body.admin.get(f"{MEETINGS}?committee_id={body.record['id']}")
    keys = [one["id"] for one in mine.json()["items"]]
    listed = (await who.get("/centres/v1/work_list?kind=committee_meetings")).json()["items"]
    items = [one for one in listed if one["id"] in keys]
    for item in items:
        shown = (await who.get(item["link"])).json()
        assert item["action"] in [one["action"] for one in shown["allowed_actions"] if one["allowed"]]
    return [(item["id"], item["action"]) for item in items]


def test_a_meeting_that_was_held_is_not_cancelled() -> None:
    assert [one.verb for one in LIFECYCLE.transitions if "held" in one.sources] == ["approve"]
