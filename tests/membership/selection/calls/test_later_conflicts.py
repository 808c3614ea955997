"""A conflict of interest that begins after the scores is found as soon as its fact arrives: lists, means, ranks and
balances leave the nomination out without any step of the panel."""

from collections.abc import Awaitable, Callable
from json import loads
from typing import Any
from uuid import UUID

import pytest

from services.membership.reactions import REACTIONS
from services.membership.selection.conflicts import queries
from shared.contracts import membership as facts
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from shared.messaging.inbox import Inbox
from tests.membership.selection.calls.conftest import NOMINATIONS, Round, done
from tests.support.callers import Caller, grant

_INBOX = Inbox("membership", REACTIONS)
_PARTY = "Institute of Late Sóils"
Begin = Callable[[Round, Caller, str, str], Awaitable[tuple[str, str]]]


async def _deliver(round_: Round, kind: str, subject: str) -> None:
    fact = Fact(type=kind, subject=UUID(subject), ref="X", version=1, link="/x")
    async with unit_of_work(round_.database, SYSTEM_CONTEXT) as uow:
        await _INBOX.react(uow, [fact])


async def _works(round_: Round, expert: str, **more: Any) -> str:
    added = await round_.admin.post(f"/membership/v1/experts/{expert}/affiliations", more)
    assert added.status_code == 201, added.text
    return str(added.json()["id"])


async def _member_moves(round_: Round, _who: Caller, member: str, nominee: str) -> tuple[str, str]:
    await _works(round_, nominee, raw=_PARTY)
    return facts.AFFILIATION_CREATED, await _works(round_, member, raw=_PARTY)


async def _nominee_moves(round_: Round, _who: Caller, member: str, nominee: str) -> tuple[str, str]:
    await _works(round_, member, raw=_PARTY)
    return facts.AFFILIATION_CREATED, await _works(round_, nominee, raw=_PARTY)


async def _member_declares(round_: Round, who: Caller, member: str, nominee: str) -> tuple[str, str]:
    await _works(round_, nominee, raw=_PARTY)
    interests = [{"kind": "funding", "party": _PARTY}]
    newest = "/membership/v1/notices?purpose=conflict_of_interest&sort=-created_at&limit=1"
    version = (await who.get(newest)).json()["items"][0]["notice_version"]
    body = {"expert_id": member, "year": today().year, "notice_version": version, "interests": interests}
    declared = (await who.post("/membership/v1/declarations", body)).json()
    assert (await who.step(declared["links"]["self"], "sign")).status_code == 200
    return facts.DECLARATION_SIGNED, declared["id"]


async def _member_has_the_address(round_: Round, _who: Caller, member: str, nominee: str) -> tuple[str, str]:
    address = await round_.rows.fetchval("SELECT nominator_key FROM member_nomination WHERE expert_id = $1", nominee)
    path = f"/membership/v1/experts/{member}"
    etag = (await round_.admin.get(path)).headers["etag"]
    assert (await round_.admin.patch(path, {"emails": [{"value": address}]}, etag=etag)).status_code == 200
    return facts.EXPERT_UPDATED, member


@pytest.mark.parametrize("begin", [_member_moves, _nominee_moves, _member_declares, _member_has_the_address])
async def test_a_conflict_that_begins_after_the_scores_leaves_no_trace(round_: Round, begin: Begin) -> None:
    await round_.open(targets={"region": {"Africa": 0.5}})
    (chair, _), (member, expert), (third, _) = round_.panel
    round_.give(member, grant("secretariat_officer", "country", "XA"))
    _, nomination = await round_.confirmed()
    _, other = await round_.confirmed()
    await round_.assess()
    for who, points in ((member, 5), (third, 1)):
        for one in (nomination, other):
            await round_.score(who, one, points, points)
    kind, subject = await begin(round_, member, expert, nomination["expert_id"])
    await _deliver(round_, kind, subject)

    shown = (await member.get(nomination["links"]["self"])).json()
    assert shown.keys() == {"id", "ref", "conflict"}
    for below in ("history", "scores"):
        assert (await member.get(f"{nomination['links']['self']}/{below}")).status_code == 404
    listed = (await member.get(f"{NOMINATIONS}?call_id={round_.call['id']}&include=total_estimate")).json()
    assert ([one["id"] for one in listed["items"]], listed["total_estimate"]) == ([other["id"]], 1)
    own = (await member.get(f"{round_.path}/ranking")).json()
    assert [one["id"] for one in own["items"]] == [other["id"]]
    assert own["balance"]["pool"]["total"] == 1
    ranking = (await chair.get(f"{round_.path}/ranking")).json()
    assert [(one["id"], one["mean"], one["scores"]) for one in ranking["items"]] == [
        (other["id"], 3.0, 2), (nomination["id"], 1.0, 1),
    ]  # fmt: skip
    await _deliver(round_, kind, subject)
    stored = await round_.rows.fetchval("SELECT conflicts FROM member_nomination WHERE id = $1", nomination["id"])
    assert [one["expert_id"] for one in loads(stored)] == [expert]


async def test_all_nominations_of_a_large_call_are_compared(round_: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "AT_ONCE", 2)
    await round_.open(members=1)
    ((_, expert),) = round_.panel
    nominees = [(await round_.confirmed())[1] for _ in range(5)]
    for one in nominees:
        await _works(round_, one["expert_id"], raw=_PARTY)
    await _deliver(round_, facts.AFFILIATION_CREATED, await _works(round_, expert, raw=_PARTY))
    rows = await round_.rows.fetch("SELECT conflicts FROM member_nomination WHERE call_id = $1", round_.call["id"])
    assert [[one["kind"] for one in loads(row["conflicts"])] for row in rows] == [["same_institution"]] * 5


async def test_after_the_results_a_conflict_is_not_looked_for(round_: Round) -> None:
    await round_.open(members=1)
    ((_, expert),) = round_.panel
    _, nomination = await round_.confirmed()
    await done(round_.admin, round_.call, "cancel", reason="No money")
    kind, subject = await _member_moves(round_, round_.admin, expert, nomination["expert_id"])
    await _deliver(round_, kind, subject)
    stored = await round_.rows.fetchval("SELECT conflicts FROM member_nomination WHERE id = $1", nomination["id"])
    assert loads(stored) == []
