"""An expert takes part in a congress once in each role, and only grants that cover the expert see it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import asyncpg
import pytest

from services.membership.references import follow_experts
from shared.contracts import membership
from shared.contracts import signing as facts
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.support.callers import Caller
from tests.support.facts import deliver
from tests.support.membership import EXPERTS, PARTICIPATIONS, entered, planned, registered
from tests.support.merges import merged, undone

Member: TypeAlias = Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]]


async def _state(caller: Caller, record: dict[str, Any]) -> dict[str, Any]:
    return dict((await caller.get(record["links"]["self"])).json())


async def test_a_participation_is_read_by_its_expert_and_the_offices_of_the_country(
    admin: Caller, anonymous: Caller, caller: Callable[[str | None], Caller], member: Member
) -> None:
    himself, expert = await member()
    congress = await planned(admin)
    made = await registered(caller("officer"), congress["id"], expert["id"], role="speaker", mode="onsite")
    path = made["links"]["self"]
    assert (made["status"], made["country"], made["visibility"]) == ("registered", "XA", "restricted")
    for reader in (himself, caller("author_xa"), caller("auditor")):
        assert (await reader.get(path)).status_code == 200
    assert (await anonymous.get(path)).status_code == 401
    for stranger in ("author_xb", "applicant"):
        assert (await caller(stranger).get(path)).status_code == 404
    assert (await himself.step(path, "attend")).status_code == 403
    assert (await caller("author_xa").step(path, "attend")).status_code == 403
    attended = await caller("officer").step(path, "attend")
    assert (attended.status_code, attended.json()["status"]) == (200, "attended")
    found = (await himself.get(f"{PARTICIPATIONS}?role=speaker&congress_id={congress['id']}")).json()["items"]
    assert [one["id"] for one in found] == [made["id"]]


async def test_attendance_is_announced_once(admin: Caller, superuser: asyncpg.Connection) -> None:
    made = await registered(admin, (await planned(admin))["id"], (await entered(admin))["id"])
    await admin.step(made["links"]["self"], "attend")
    assert (await admin.step(made["links"]["self"], "attend")).status_code == 409
    announced = await superuser.fetch("SELECT type FROM core_outbox WHERE subject = $1 ORDER BY id", made["id"])
    assert [row["type"] for row in announced] == [facts.PARTICIPATION_CREATED, facts.PARTICIPATION_ATTENDED]


async def test_one_living_participation_for_each_role(admin: Caller) -> None:
    congress, expert = await planned(admin), await entered(admin)
    first = await registered(admin, congress["id"], expert["id"])
    await registered(admin, congress["id"], expert["id"], role="chair")
    again = await admin.post(PARTICIPATIONS, {"congress_id": congress["id"], "expert_id": expert["id"]})
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/role")
    assert (await admin.change(first["links"]["self"], role="chair")).status_code == 409
    await admin.step(first["links"]["self"], "absent")
    await registered(admin, congress["id"], expert["id"])


async def test_only_a_registered_participation_changes(admin: Caller) -> None:
    made = await registered(admin, (await planned(admin))["id"], (await entered(admin))["id"])
    path = made["links"]["self"]
    assert (await admin.change(path, role="organiser", mode="online")).json()["mode"] == "online"
    fixed = await admin.change(path, expert_id=made["expert_id"])
    assert fixed.json()["errors"][0]["code"] == "unknown_field"
    await admin.step(path, "attend")
    assert (await admin.change(path, role="student")).status_code == 409


async def test_nobody_attends_a_congress_before_its_first_day_or_enters_a_cancelled_one(admin: Caller) -> None:
    congress, expert = await planned(admin, starts="2999-01-01"), await entered(admin)
    path = (await registered(admin, congress["id"], expert["id"]))["links"]["self"]
    assert (await admin.step(path, "attend")).json()["reason"] == "congress_not_begun"
    await admin.step(congress["links"]["self"], "cancel")
    body = {"congress_id": congress["id"], "expert_id": expert["id"], "role": "chair"}
    refused = await admin.post(PARTICIPATIONS, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "congress_cancelled")


async def test_unknown_congresses_and_experts_are_refused(admin: Caller, caller: Callable[..., Caller]) -> None:
    hidden = await planned(admin, country="XC", visibility="restricted")
    expert, elsewhere = await entered(admin), await entered(admin, country="XC", visibility="restricted")
    congress = await planned(admin)
    for field, body in (
        ("/congress_id", {"congress_id": hidden["id"], "expert_id": expert["id"]}),
        ("/expert_id", {"congress_id": congress["id"], "expert_id": elsewhere["id"]}),
    ):
        refused = await caller("officer").post(PARTICIPATIONS, body)
        error = refused.json()["errors"][0]
        assert (refused.status_code, error["pointer"], error["code"]) == (422, field, "unknown_reference")


async def test_a_participation_has_the_country_of_its_expert(admin: Caller) -> None:
    expert = await entered(admin)
    made = await registered(admin, (await planned(admin))["id"], expert["id"])
    await admin.change(f"{EXPERTS}/{expert['id']}", country="XB")
    assert (await _state(admin, made))["country"] == "XB"


async def test_a_participation_follows_a_merge_and_its_undo(admin: Caller, database: Database) -> None:
    winner, loser = await entered(admin, country="XB"), await entered(admin)
    made = await registered(admin, (await planned(admin))["id"], loser["id"])
    merge = await merged(admin, winner, loser)
    await deliver(database, membership.EXPERT_MERGED, loser["id"])
    moved = await _state(admin, made)
    assert (moved["expert_id"], moved["country"], moved["status"]) == (winner["id"], "XB", "registered")
    await undone(admin, merge)
    await deliver(database, membership.EXPERT_UNMERGED, loser["id"])
    back = await _state(admin, made)
    assert (back["expert_id"], back["country"]) == (loser["id"], "XA")


@pytest.mark.parametrize("attended", ["", "winner", "loser"])
async def test_of_two_in_one_role_one_counts_after_a_merge(admin: Caller, database: Database, attended: str) -> None:
    congress, winner, loser = await planned(admin), await entered(admin), await entered(admin)
    records = {"loser": loser, "winner": winner}
    made = {name: await registered(admin, congress["id"], one["id"]) for name, one in records.items()}
    if attended:
        await admin.step(made[attended]["links"]["self"], "attend")
    counting = attended or "loser"
    other = "winner" if counting == "loser" else "loser"
    merge = await merged(admin, winner, loser)
    await deliver(database, membership.EXPERT_MERGED, loser["id"])
    after = {name: await _state(admin, one) for name, one in made.items()}
    assert {one["expert_id"] for one in after.values()} == {winner["id"]}
    assert after[counting]["status"] == ("attended" if attended else "registered")
    assert (after[other]["status"], after[other]["superseded_by"]) == ("superseded", made[counting]["id"])
    await undone(admin, merge)
    await deliver(database, membership.EXPERT_UNMERGED, loser["id"])
    back = {name: await _state(admin, one) for name, one in made.items()}
    assert {name: one["expert_id"] for name, one in back.items()} == {n: one["id"] for n, one in records.items()}
    expected = {name: "attended" if name == attended else "registered" for name in records}
    assert {name: one["status"] for name, one in back.items()} == expected
    assert {one["superseded_by"] for one in back.values()} == {None}


async def test_what_a_list_named_during_a_merge_follows_later(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    winner, loser = await entered(admin), await entered(admin)
    made = await registered(admin, (await planned(admin))["id"], winner["id"])
    await merged(admin, winner, loser)
    await superuser.execute("UPDATE member_participation SET expert_id = $2 WHERE id = $1", made["id"], loser["id"])
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await follow_experts(uow)
    assert (await _state(admin, made))["expert_id"] == winner["id"]
