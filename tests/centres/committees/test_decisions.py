"""Decisions of committees: votes of those who are present, the quorum, and the decision that forms a committee."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.centres.merges import INSTITUTIONS
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.support.callers import Caller
from tests.support.centres import (
    CENTRES,
    DECISIONS,
    DOCUMENT,
    MEETINGS,
    Members,
    centre_body,
    country_of_committees,
    entered,
    proposed_committee,
    seated,
    stepped,
)

Record = dict[str, Any]
Enter = Callable[[str, str, str], Caller]
_NOBODY = "00000000-0000-7000-8000-000000000000"


class Meeting:
    """A meeting of a committee with ten seats, of which six are present."""

    def __init__(self, admin: Caller, committee: Record, record: Record, seats: list[str]) -> None:
        self.admin, self.committee, self.record, self.seats = admin, committee, record, seats
        self.path = record["links"]["self"]

    async def decision(self, **more: Any) -> Record:
        return await entered(self.admin, DECISIONS, {**self.body, **more})

    @property
    def body(self) -> Record:
        return {"meeting_id": self.record["id"], "titles": {"en": "Work plan"}, "text": "The plan is agreed."}

    async def hold(self) -> None:
        await stepped(self.admin, self.record, "hold")

    async def now(self, record: Record) -> Record:
        return dict((await self.admin.get(record["links"]["self"])).json())


async def _meeting(admin: Caller, members: Members, country: str, **more: Any) -> Meeting:
    committee = await proposed_committee(admin, members, country, **more)
    offices = ("president", "secretary", *["member"] * 8)
    seats = [(await seated(admin, committee, office))["id"] for office in offices]
    body = {"committee_id": committee["id"], "kind": "online", "starts": "2026-11-01T09:00:00Z"}
    return Meeting(admin, committee, await entered(admin, MEETINGS, {**body, "present": seats[:6]}), seats)


@pytest.fixture
async def meeting(admin: Caller, members: Members) -> AsyncIterator[Meeting]:
    async with country_of_committees(admin) as country:
        yield await _meeting(admin, members, country)


@pytest.fixture
async def unformed(admin: Caller, members: Members) -> AsyncIterator[Meeting]:
    """A meeting of a committee without a document of its decision."""
    async with country_of_committees(admin) as country:
        yield await _meeting(admin, members, country, decision=None)


def _codes(response: Any) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in response.json()["errors"]]


async def test_a_decision_is_adopted_by_a_majority_of_a_meeting_with_quorum(
    meeting: Meeting, superuser: asyncpg.Connection
) -> None:
    made = await meeting.decision()
    assert (made["status"], made["visibility"], made["committee_id"]) == (
        "draft",
        "restricted",
        meeting.committee["id"],
    )
    assert made["votes"] == {"for": 0, "against": 0, "abstain": 0}
    path = made["links"]["self"]
    await meeting.hold()
    tie = await meeting.admin.change(path, votes={"for": 2, "against": 2, "abstain": 1})
    assert tie.status_code == 200, tie.text
    refused = await meeting.admin.step(path, "adopt")
    assert (refused.status_code, refused.json()["reason"]) == (409, "majority_missing")
    await meeting.admin.change(path, votes={"for": 3})
    adopted = await stepped(meeting.admin, made, "adopt")
    assert (adopted["status"], adopted["votes"]["for"], adopted["decided_on"]) == ("adopted", 3, "2026-11-01")
    late = await meeting.admin.change(path, text="Another plan.")
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert (await meeting.admin.step(path, "reject")).status_code == 409
    types = await superuser.fetch("SELECT type FROM core_outbox WHERE subject = $1 ORDER BY id", UUID(made["id"]))
    assert [row["type"].split(".")[3] for row in types] == ["created", "updated", "updated", "adopted"]


async def test_a_decision_is_not_adopted_without_a_quorum(meeting: Meeting) -> None:
    assert (await meeting.admin.change(meeting.path, present=meeting.seats[:5])).json()["quorum"]["met"] is False
    await meeting.hold()
    made = await meeting.decision(votes={"for": 5})
    refused = await meeting.admin.step(made["links"]["self"], "adopt")
    assert (refused.status_code, refused.json()["reason"]) == (409, "quorum_missing")
    await meeting.admin.change(meeting.path, present=meeting.seats[:6])
    adopted = await stepped(meeting.admin, made, "adopt")
    assert adopted["status"] == "adopted"
    fewer = await meeting.admin.change(meeting.path, present=meeting.seats[:5])
    assert (fewer.status_code, fewer.json()["code"]) == (409, "conflict"), "the quorum of an adopted decision stays"


async def test_seven_votes_of_six_are_refused(meeting: Meeting) -> None:
    for votes in ({"for": 7}, {"for": 4, "against": 2, "abstain": 1}):
        refused = await meeting.admin.post(DECISIONS, {**meeting.body, "votes": votes})
        assert (refused.status_code, _codes(refused)) == (422, [("/votes", "votes_exceed_present")])
    made = await meeting.decision(votes={"for": 5}, recused=meeting.seats[:1])
    path = made["links"]["self"]
    assert _codes(await meeting.admin.change(path, votes={"for": 6})) == [("/votes", "votes_exceed_present")]
    absent = await meeting.admin.change(path, recused=meeting.seats[9:])
    assert _codes(absent) == [("/recused/0", "invalid_value")]
    for present in (meeting.seats[:5], meeting.seats[1:7]):
        fewer = await meeting.admin.change(meeting.path, present=present)
        assert (fewer.status_code, _codes(fewer)) == (422, [("/present", "votes_exceed_present")])
    assert (await meeting.admin.change(meeting.path, present=meeting.seats[:7])).status_code == 200


async def test_votes_and_presence_that_change_at_the_same_time_never_disagree(meeting: Meeting) -> None:
    made = await meeting.decision()
    votes, present = await asyncio.gather(
        meeting.admin.change(made["links"]["self"], votes={"for": 6}),
        meeting.admin.change(meeting.path, present=meeting.seats[:3]),
    )
    assert sorted((votes.status_code, present.status_code)) == [200, 422]


async def test_a_decision_is_rejected_or_deferred(meeting: Meeting) -> None:
    rejected, deferred = await meeting.decision(), await meeting.decision()
    assert (await stepped(meeting.admin, rejected, "reject"))["decided_on"] == "2026-11-01"
    after = await stepped(meeting.admin, deferred, "defer")
    assert (after["status"], after["decided_on"], after["allowed_actions"]) == ("deferred", None, [])


@pytest.mark.parametrize(
    ("name", "value", "pointer"),
    [
        ("titles", {}, "/titles"),
        ("votes", {"for": -1}, "/votes/for"),
        ("votes", {"for": "1"}, "/votes/for"),
        ("votes", {"maybe": 1}, "/votes/maybe"),
        ("about", [{"kind": "poems", "id": _NOBODY}], "/about/0/kind"),
        ("about", [{"kind": "centres", "id": _NOBODY}], "/about/0/id"),
        ("meeting_id", _NOBODY, "/meeting_id"),
    ],
)
async def test_a_body_is_checked(meeting: Meeting, name: str, value: Any, pointer: str) -> None:
    refused = await meeting.admin.post(DECISIONS, {**meeting.body, name: value})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer), refused.text


async def test_a_decision_stays_with_its_meeting_and_none_is_taken_at_a_cancelled_one(
    meeting: Meeting, unformed: Meeting, admin: Caller
) -> None:
    other, made = unformed, await meeting.decision()
    moved = await admin.change(made["links"]["self"], meeting_id=other.record["id"])
    assert _codes(moved) == [("/meeting_id", "invalid_value")]
    await stepped(admin, other.record, "cancel")
    refused = await admin.post(DECISIONS, other.body)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_what_a_decision_is_about_follows_merges(
    meeting: Meeting, admin: Caller, members: Members, database: Database
) -> None:
    country = meeting.committee["country"]
    centre = await entered(admin, CENTRES, await centre_body(members, country))
    winner, loser = await members.institution(country), await members.institution(country)
    about = [{"kind": "centres", "id": centre["id"]}, {"kind": "institutions", "id": loser}]
    made = await meeting.decision(about=about)
    assert made["about"] == about
    pair = {"resource": "institutions", "winner_id": winner, "loser_id": loser}
    await entered(members.admin, "/membership/v1/merges", pair)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await INSTITUTIONS.rewrite(uow, UUID(winner))
    assert (await meeting.now(made))["about"] == [about[0], {**about[1], "id": winner}]


async def test_nobody_of_another_country_knows_of_decisions(
    meeting: Meeting, anonymous: Caller, entering: Enter
) -> None:
    made = await meeting.decision()
    path = made["links"]["self"]
    president = entering("committee_president", "country", meeting.committee["country"])
    assert (await president.get(path)).json()["text"] == "The plan is agreed."
    outsider = entering("committee_president", "country", "XB")
    assert (await outsider.get(path)).status_code == 404
    assert (await outsider.get(f"{DECISIONS}?meeting_id={meeting.record['id']}")).json()["items"] == []
    assert _codes(await outsider.post(DECISIONS, meeting.body)) == [("/meeting_id", "unknown_reference")]
    assert (await anonymous.get(path)).status_code == 401


async def test_a_decision_of_a_meeting_forms_the_committee(admin: Caller, unformed: Meeting, meeting: Meeting) -> None:
    foreign, meeting = await meeting.decision(), unformed
    path = meeting.committee["links"]["self"]
    made = await meeting.decision(votes={"for": 6})
    refused = await admin.change(path, decision_id=foreign["id"])
    assert _codes(refused) == [("/decision_id", "unknown_reference")]
    named = await admin.change(path, decision_id=made["id"])
    assert (named.status_code, named.json()["decision_id"]) == (200, made["id"])
    early = await admin.step(path, "form")
    assert (early.status_code, early.json()["reason"]) == (409, "decision_missing")
    await meeting.hold()
    await stepped(admin, made, "adopt")
    formed = await stepped(admin, meeting.committee, "form")
    assert (formed["status"], formed["formed_on"], formed["decision"]) == ("preparatory", "2026-11-01", None)


async def test_the_step_names_the_decision(admin: Caller, unformed: Meeting) -> None:
    meeting = unformed
    await meeting.hold()
    made = await meeting.decision(votes={"for": 6})
    path = meeting.committee["links"]["self"]
    draft = await admin.step(path, "form", fields={"decision_id": made["id"]})
    assert (draft.status_code, draft.json()["reason"]) == (409, "decision_missing")
    await stepped(admin, made, "adopt")
    formed = await stepped(admin, meeting.committee, "form", fields={"decision_id": made["id"]})
    assert (formed["decision_id"], formed["formed_on"]) == (made["id"], "2026-11-01")


async def test_a_draft_waits_once_it_can_be_adopted(meeting: Meeting, entering: Enter) -> None:
    secretary = entering("committee_secretary", "country", meeting.committee["country"])
    made = await meeting.decision(votes={"for": 6})

    async def waiting() -> list[Record]:
        items = (await secretary.get("/centres/v1/work_list?kind=decisions")).json()["items"]
        return [one for one in items if one["id"] == made["id"]]

    assert await waiting() == []
    await meeting.hold()
    await secretary.change(meeting.path, minutes=DOCUMENT)
    (item,) = await waiting()
    assert (item["id"], item["action"], item["titles"]) == (made["id"], "adopt", made["titles"])
    assert [one["allowed"] for one in (await secretary.get(item["link"])).json()["allowed_actions"]] == [True] * 3
    await stepped(secretary, made, "adopt")
    assert await waiting() == []
