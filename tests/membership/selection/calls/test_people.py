"""Nominations, scores and panels follow merges, and leave with an erased person."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.membership.protection.erasures.removal import ROWS
from services.membership.protection.retention_rules import queries
from services.membership.protection.retention_rules.operations import take
from services.membership.reactions import REACTIONS
from shared.contracts import membership as facts
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import unit_of_work
from shared.messaging.inbox import Inbox
from shared.records.erasing import erase
from tests.membership.selection.calls.conftest import Round, done
from tests.support.merges import merged, undone

_INBOX = Inbox("membership", REACTIONS)


async def _react(round_: Round, kind: str, subject: str) -> None:
    fact = Fact(type=kind, subject=UUID(subject), ref="X", version=1, link="/x")
    async with unit_of_work(round_.database, SYSTEM_CONTEXT) as uow:
        await _INBOX.react(uow, [fact])


async def _record(round_: Round, expert: str) -> dict[str, Any]:
    return dict((await round_.admin.get(f"/membership/v1/experts/{expert}")).json())


async def test_a_merge_moves_nominations_scores_panels_and_conflicts(round_: Round) -> None:
    await round_.open(members=2)
    (_, chair), (member, scorer) = round_.panel
    _, nomination = await round_.confirmed()
    _, other = await round_.confirmed()
    await round_.assess()
    own = await round_.score(member, nomination, 4, 4)
    await done(member, other, "recuse", reason="A friend")
    named = {"nominee": nomination["expert_id"], "scorer": scorer}
    winners = {name: await round_.scorer() for name in named}
    merges = {
        name: await merged(round_.admin, await _record(round_, winners[name][1]), await _record(round_, key))
        for name, key in named.items()
    }
    for key in named.values():
        await _react(round_, facts.EXPERT_MERGED, key)

    async def holders() -> list[Any]:
        rows = round_.rows
        return [
            str(await rows.fetchval("SELECT expert_id FROM member_nomination WHERE id = $1", nomination["id"])),
            str(await rows.fetchval("SELECT expert_id FROM member_score WHERE id = $1", own["id"])),
            await rows.fetchval("SELECT panel -> 1 ->> 'expert_id' FROM member_call WHERE id = $1", round_.call["id"]),
            await rows.fetchval(
                "SELECT conflicts -> 0 ->> 'expert_id' FROM member_nomination WHERE id = $1", other["id"]
            ),
        ]

    nominee, scored = winners["nominee"][1], winners["scorer"][1]
    assert await holders() == [nominee, scored, scored, scored]
    for name, merge in merges.items():
        await undone(round_.admin, merge)
        await _react(round_, facts.EXPERT_UNMERGED, named[name])
    assert await holders() == [named["nominee"], scorer, scorer, scorer]
    assert chair in str((await round_.admin.get(round_.path)).json()["panel"])


async def test_an_erasure_deletes_nominations_and_leaves_scores_and_seats_without_a_name(round_: Round) -> None:
    await round_.open(members=2)
    (chair, _), (member, scorer) = round_.panel
    _, nomination = await round_.confirmed()
    _, kept = await round_.confirmed()
    await round_.assess()
    for who in (chair, member):
        await round_.score(who, nomination, 4, 4)
    own = await round_.score(member, kept, 5, 5)
    for key in (nomination["expert_id"], scorer):
        async with unit_of_work(round_.database, SYSTEM_CONTEXT) as uow:
            counts = await erase(uow, {name: ROWS[name] for name in ("nominations", "scores", "panels")}, [UUID(key)])
    assert counts == {"scores": 1}
    assert (await round_.admin.get(nomination["links"]["self"])).status_code == 404
    (score,) = (await round_.admin.get(f"{kept['links']['self']}/scores")).json()["items"]
    assert (score["id"], score["scores"], score["comment"]) == (own["id"], {"merit": 5, "reach": 5}, None)
    assert scorer in str((await round_.admin.get(round_.path)).json()["panel"])


@pytest.mark.parametrize("years", [1, 3])
async def test_nominations_are_deleted_two_years_after_their_end(
    round_: Round, superuser: asyncpg.Connection, years: int
) -> None:
    await round_.open(members=0)
    who, draft = await round_.nominee()
    round_.later(days=3)
    await round_.scheduled()
    await superuser.execute(
        "UPDATE member_nomination SET status_since = now() - make_interval(years => $2) WHERE id = $1",
        draft["id"],
        years,
    )
    async with unit_of_work(round_.database, SYSTEM_CONTEXT) as uow:
        rule = next(one for one in await queries.active(uow.connection) if one.resource == "nominations")
        await take(uow, rule.id, 100)
    assert (await who.get(draft["links"]["self"])).status_code == (404 if years > 2 else 200)
