"""Experts are asked to help; they answer, or the offer expires."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.actions.reactions import REACTIONS
from shared.contracts import membership, support
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.actions.neighbours import change
from tests.actions.programme import refusal
from tests.support.callers import Caller
from tests.support.evidence import evidence
from tests.support.requests import (
    OFFERS,
    REQUESTS,
    as_expert,
    clock,
    expert,
    follow,
    matching,
    offer,
    pass_day,
    request,
)

Callers = Callable[[str | None], Caller]


async def _react(database: Database, fact: str, key: UUID) -> None:
    said = Fact(
        type=fact, subject=key, ref="EXP-1", version=2, country="XA", visibility="public", link=f"/experts/{key}"
    )
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await REACTIONS[fact](uow, [said])


async def test_an_expert_sees_the_own_offer_and_its_request(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2."""
    mine, other = await expert(superuser), await expert(superuser)
    path, elsewhere = await matching(admin), await matching(admin)
    asked, of_other = await offer(admin, path, mine), await offer(admin, path, other)
    await offer(admin, elsewhere, other)
    me = as_expert(admin, mine, monkeypatch)
    assert (await me.get(asked)).status_code == 200
    assert (await me.get(f"{path}/offers/{asked[-36:]}")).json()["id"] == asked[-36:]
    assert (await me.get(of_other)).status_code == 404
    assert (await me.get(f"{path}/offers/{of_other[-36:]}")).status_code == 404
    assert [one["links"]["self"] for one in (await me.get(f"{path}/offers")).json()["items"]] == [asked]
    assert (await me.get(path)).json()["need"] == {"en": "We want to map our peatlands."}
    assert (await me.get(elsewhere)).status_code == 404
    listed = {one["links"]["self"] for one in (await me.get(f"{REQUESTS}?limit=200")).json()["items"]}
    assert path in listed
    assert elsewhere not in listed
    assert [one["links"]["self"] for one in (await me.get(f"{OFFERS}?holder=me")).json()["items"]] in ([asked], [])
    assert (await me.step(asked, "decline")).json()["status"] == "declined"
    assert (await me.get(path)).status_code == 404


async def test_an_expert_reads_the_files_of_the_request_as_long_as_the_offer_lives(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, files = await expert(superuser), [await evidence(admin) for _ in range(2)]
    named = {"title": "The need", "date": "2026-11-01", "evidence_id": files[0][-36:]}
    path = await matching(admin, documents=[named])
    me = as_expert(admin, key, monkeypatch)

    async def read() -> list[int]:
        return [(await me.get(f"{file}/content")).status_code for file in files]

    assert await read() == [404, 404]
    asked = await offer(admin, path, key)
    assert await read() == [200, 404]
    assert (await me.step(asked, "decline")).status_code == 200
    assert await read() == [404, 404]


async def test_an_expired_offer_is_not_accepted(
    admin: Caller,
    database: Database,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """S4."""
    key = await expert(superuser)
    path = await matching(admin)
    asked = await offer(admin, path, key)
    assert (await clock(admin, path))["holder"] == "expert"
    await pass_day(superuser, asked)
    me = as_expert(admin, key, monkeypatch)
    assert await refusal(me, asked, "accept") == "offer_expired"
    for _ in range(2):
        await follow(database)
    assert (await admin.get(asked)).json()["status"] == "expired"
    assert await refusal(me, asked, "accept") == "not_in_this_state"
    assert (await clock(admin, path))["holder"] == "secretariat"
    expired = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type = $2"
    assert await superuser.fetchval(expired, asked[-36:], support.OFFER_EXPIRED) == 1


async def test_an_offer_expires_once_over_several_workers(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    path = await matching(admin)
    asked = [await offer(admin, path, await expert(superuser)) for _ in range(3)]
    for one in asked:
        await pass_day(superuser, one)
    await asyncio.gather(*(follow(database) for _ in range(4)))
    history = [(await admin.get(f"{one}/history")).json()["items"] for one in asked]
    assert [[line["action"] for line in lines] for lines in history] == [["expire", "create"]] * 3


async def test_an_offer_follows_a_merged_expert(
    admin: Caller, database: Database, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S5: merged."""
    loser, winner = await expert(superuser), await expert(superuser)
    path = await matching(admin)
    asked = await offer(admin, path, loser)
    await change(superuser, "member_expert", loser, merged_into=winner)
    await _react(database, membership.EXPERT_MERGED, loser)
    me = as_expert(admin, winner, monkeypatch)
    assert (await me.get(asked)).json()["expert_id"] == str(winner)
    assert (await me.get(path)).status_code == 200
    await change(superuser, "member_expert", loser, merged_into=None)
    await _react(database, membership.EXPERT_UNMERGED, loser)
    assert (await admin.get(asked)).json()["expert_id"] == str(loser)
    assert (await me.get(path)).status_code == 404


async def test_the_offer_of_an_erased_expert_is_withdrawn(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    """S5: erased."""
    key = await expert(superuser)
    path = await matching(admin)
    asked = await offer(admin, path, key)
    for _ in range(2):
        await _react(database, membership.EXPERT_ERASED, key)
    assert (await admin.get(asked)).json()["status"] == "withdrawn"
    assert (await clock(admin, path))["holder"] == "secretariat"


async def test_the_country_sees_an_offer_once_it_is_accepted(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection
) -> None:
    path, focal = await matching(admin), caller("focal_xa")
    asked = await offer(admin, path, await expert(superuser))
    assert (await focal.get(asked)).status_code == 404
    assert (await focal.get(f"{path}/offers")).json()["items"] == []
    assert (await caller("officer").get(asked)).status_code == 200
    assert (await caller("auditor").get(asked)).status_code == 200
    await admin.step(asked, "accept", reason="By telephone")
    assert (await focal.get(asked)).json()["accepted_on"] == str(today())
    assert (await caller("author_xa").step(asked, "confirm")).status_code == 403
    assert (await focal.step(asked, "refuse")).json()["status"] == "refused"
    assert (await clock(admin, path))["holder"] == "secretariat"


async def test_who_answers_for_the_expert_gives_a_reason(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await expert(superuser)
    path = await matching(admin)
    asked = await offer(admin, path, key)
    offered = {one["action"]: one for one in (await admin.get(f"{asked}/transitions")).json()["allowed_actions"]}
    assert (offered["accept"]["requires"], offered["withdraw"]["requires"]) == (["reason"], [])
    refused = await admin.step(asked, "accept")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert (await caller("officer").step(asked, "accept", reason="By telephone")).status_code == 403
    me = as_expert(admin, key, monkeypatch)
    assert (await me.get(f"{asked}/transitions")).json()["allowed_actions"][0]["requires"] == []
    nested = f"{path}/offers/{asked[-36:]}"
    etag = (await me.get(nested)).headers["etag"]
    taken = await me.post(f"{nested}/transitions", {"action": "accept"}, etag=etag)
    assert (taken.status_code, taken.json()["status"]) == (200, "accepted")
    assert (await me.post(f"{nested}/transitions", {"action": "accept"}, etag=etag)).status_code == 412


async def test_who_cannot_be_asked_is_refused(admin: Caller, superuser: asyncpg.Connection) -> None:
    path, key = await matching(admin), await expert(superuser)
    away, waiting = await expert(superuser, available_for_support=False), await expert(superuser, status="grace")
    await offer(admin, path, key)
    for one in (key, away, waiting):
        refused = await admin.post(f"{path}/offers", {"expert_id": str(one)})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, "/expert_id")
    unknown = await admin.post(f"{path}/offers", {"expert_id": str(uuid4())})
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "unknown_reference")
    for _ in range(2):
        await offer(admin, await matching(admin), key)
    fourth = await admin.post(f"{await matching(admin)}/offers", {"expert_id": str(key)})
    assert (fourth.status_code, fourth.json()["detail"]) == (409, "The expert has 3 open offers.")


@pytest.mark.parametrize("ahead", [-1, 61])
async def test_an_expert_has_up_to_60_days(admin: Caller, superuser: asyncpg.Connection, ahead: int) -> None:
    path, key = await matching(admin), await expert(superuser)
    day = str(today() + timedelta(days=ahead))
    refused = await admin.post(f"{path}/offers", {"expert_id": str(key), "respond_by": day})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "out_of_range")
    asked = await offer(admin, path, key)
    assert (await admin.get(asked)).json()["respond_by"] == str(today() + timedelta(days=14))


async def test_offers_are_made_while_experts_are_sought(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection
) -> None:
    path, key = await request(admin, "submit"), await expert(superuser)
    refused = await admin.post(f"{path}/offers", {"expert_id": str(key)})
    assert (refused.status_code, refused.json()["current_state"]) == (409, "submitted")
    assert (await caller("focal_xa").post(f"{path}/offers", {"expert_id": str(key)})).status_code == 403


async def test_open_offers_end_with_the_search(admin: Caller, superuser: asyncpg.Connection) -> None:
    path = await matching(admin)
    asked = [await offer(admin, path, await expert(superuser)) for _ in range(3)]
    for action in ("accept", "confirm"):
        await admin.step(asked[0], action, reason="By telephone")
    await admin.step(asked[1], "accept", reason="By telephone")
    await admin.step(path, "start")
    states = [(await admin.get(one)).json()["status"] for one in asked]
    assert states == ["confirmed", "withdrawn", "withdrawn"]
    await admin.step(path, "cancel")
    assert (await admin.get(asked[0])).json()["status"] == "withdrawn"
    given_up = await matching(admin)
    last = await offer(admin, given_up, await expert(superuser))
    assert (await admin.step(given_up, "give_up")).json()["status"] == "unmatched"
    assert (await admin.get(last)).json()["status"] == "withdrawn"


async def test_two_answers_at_once_leave_one(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await expert(superuser)
    path = await matching(admin)
    asked = await offer(admin, path, key)
    me = as_expert(admin, key, monkeypatch)
    both = await asyncio.gather(me.step(asked, "accept"), admin.step(asked, "withdraw"), admin.step(path, "cancel"))
    assert sorted(one.status_code for one in both)[0] == 200
    assert {one.status_code for one in both} <= {200, 409, 412}
    status = (await admin.get(asked)).json()["status"]
    assert status in ("accepted", "withdrawn")
    if (await admin.get(path)).json()["status"] == "cancelled":
        assert status == "withdrawn"
