"""Promise 47: the director of a designated centre has the role at once only if whoever appointed them may give it."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from deploy.matrix.ways import DIRECTOR, WAYS, actors, expected
from services.centres.designation.centres import schedules
from services.centres.designation.tenures.operations import apply_due
from services.centres.merges import EXPERTS
from services.centres.settings import CentresSettings
from shared.contracts import centres as facts
from shared.contracts import membership
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.access.appointing import Appointing
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import Members, agreed, endorsed, entered, recommended, stepped
from tests.support.clock import calendar, run_on
from tests.support.merges import MERGES
from tests.support.principals import enter_callers
from tests.support.tiers import long

_GIVING = [way for way in WAYS if way.gain == DIRECTOR]
_HELD = (
    "SELECT principal_id, status, ends FROM access_grant WHERE role = 'centre_director' AND scope_kind = 'centre'"
    " AND scope_id = $1 AND status IN ('proposed', 'active') ORDER BY id"
)
_Record = dict[str, Any]


class Direction(Appointing):
    """Centres of Alphaland (XA) and their directors. `of_centres` is the database as the worker of centres opens it."""

    of_centres: Database

    async def designable(self, director: str) -> _Record:
        """A centre that can be designated."""
        centre = await recommended(self.appoints, Members(self.members), "XA", director_id=director)
        await agreed(self.appoints, centre)
        return centre

    async def designated(self, director: str) -> _Record:
        centre = await stepped(self.appoints, await self.designable(director), "designate")
        await self.react(facts.CENTRE_DESIGNATED, centre["id"])
        return centre

    async def appoint(self, centre: _Record, director: str | None, by: Caller | None = None) -> bool:
        """Whether this caller could change the director."""
        path = centre["links"]["self"]
        etag = (await self.appoints.get(path)).headers["etag"]
        response = await (by or self.appoints).patch(path, {"director_id": director}, etag=etag)
        await self.react(facts.CENTRE_UPDATED, centre["id"])
        return response.status_code == 200

    async def change(self, centre: _Record, director: str | None, days: int = 0, by: Caller | None = None) -> bool:
        """Whether this caller could take the step that changes the director."""
        fields = {"director_id": director, "effective": (today() + timedelta(days=days)).isoformat()}
        path = centre["links"]["self"]
        response = await (by or self.appoints).step(path, "change", reason="Elected", fields=fields)
        await self.react(facts.CENTRE_DIRECTOR_CHANGED, centre["id"])
        return response.status_code == 200

    async def pass_days(self, days: int, centre: _Record) -> None:
        """Lets the schedule of centres make a change so many days later."""
        await run_on(today() + timedelta(days=days), apply_due, self.of_centres)
        await self.react(facts.CENTRE_DIRECTOR_CHANGED, centre["id"])

    async def expire(self, centre: _Record) -> None:
        """Lets the schedule of centres end the term, which is over."""
        while (await self.appoints.get(centre["links"]["self"])).json()["status"] != "expired":
            async with unit_of_work(self.of_centres, SYSTEM_CONTEXT) as uow:
                await schedules.apply_scheduled(uow)
        await self.react(facts.CENTRE_EXPIRED, centre["id"])

    async def close(self, centre: _Record, **fields: str) -> _Record:
        """The centre after its closure."""
        closed = await stepped(self.appoints, centre, "close", reason="The host has left", fields=fields)
        await self.react(facts.CENTRE_CLOSED, centre["id"])
        return closed

    async def held(self, centre: _Record) -> list[tuple[UUID, str, date | None]]:
        return [tuple(row) for row in await self.rows.fetch(_HELD, centre["id"])]


@pytest.fixture
async def direction(
    centres: Caller,
    members: Caller,
    superuser: asyncpg.Connection,
    database: Database,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Direction]:
    await enter_callers(database_url)
    await endorsed(superuser, "XA", level=2)
    of_centres = await Database.open(CentresSettings(database_url=database_url).database_dsn(), size=1)
    direction = Direction(centres, members, superuser, database, monkeypatch)
    direction.of_centres = of_centres
    yield direction
    await of_centres.close()


async def _by_designation(direction: Direction, who: Caller) -> tuple[bool, _Record, UUID]:
    expert, account = await direction.expert()
    centre = await direction.designable(expert)
    response = await who.step(centre["links"]["self"], "designate")
    await direction.react(facts.CENTRE_DESIGNATED, centre["id"])
    return response.status_code == 200, centre, account


async def _by_change(direction: Direction, who: Caller) -> tuple[bool, _Record, UUID]:
    expert, account = await direction.expert()
    centre = await direction.designated((await direction.expert())[0])
    return await direction.appoint(centre, expert, who), centre, account


async def _by_step(direction: Direction, who: Caller) -> tuple[bool, _Record, UUID]:
    expert, account = await direction.expert()
    centre = await direction.designated((await direction.expert())[0])
    return await direction.change(centre, expert, by=who), centre, account


async def _on_its_day(direction: Direction, who: Caller) -> tuple[bool, _Record, UUID]:
    expert, account = await direction.expert()
    centre = await direction.designated((await direction.expert())[0])
    is_done = await direction.change(centre, expert, 5, by=who)
    await direction.pass_days(5, centre)
    return is_done, centre, account


_TAKEN: dict[str, Callable[[Direction, Caller], Awaitable[tuple[bool, _Record, UUID]]]] = {
    "transitionCentre": _by_designation,
    "updateCentre": _by_change,
}


@pytest.mark.parametrize("take", [_by_step, *long("is every actor in turn", _on_its_day)])
async def test_the_step_gives_the_role_only_if_its_actor_may(direction: Direction, take: Any) -> None:
    """Also on a later day, when the schedule makes the change."""
    for actor, is_taken, statuses in (
        (grant("secretariat_admin", "global"), True, ["active"]),
        (grant("secretariat_officer", "country", "XA"), True, ["proposed"]),
        (grant("committee_president", "country", "XA"), True, ["proposed"]),
        (grant("national_author", "country", "XA"), False, []),
    ):
        who = await direction.actor(person("appoints", actor))
        is_done, centre, account = await take(direction, who)
        held = [status for holder, status, _ in await direction.held(centre) if holder == account]
        assert (is_done, held) == (is_taken, statuses), actor.role


@pytest.mark.long("is every actor in turn")
@pytest.mark.parametrize("way", _GIVING, ids=lambda way: way.operation)
async def test_each_actor_gives_the_role_as_the_table_of_ways_says(direction: Direction, way: Any) -> None:
    wrong = []
    for known in actors():
        is_done, centre, account = await _TAKEN[way.operation](direction, await direction.actor(known))
        statuses = [status for holder, status, _ in await direction.held(centre) if holder == account]
        wanted = [("proposed", "active")[expected(way, known)]] if is_done else []
        if statuses != wanted or (expected(way, known) and not is_done):
            wrong.append(f"{known.name}: {is_done} {statuses}")
    assert not wrong, wrong


async def test_the_role_lasts_until_90_days_after_the_last_term(direction: Direction) -> None:
    expert, account = await direction.expert()
    centre = await direction.designable(expert)
    await direction.react(facts.CENTRE_AWAITING_AGREEMENT, centre["id"])
    assert await direction.held(centre) == []
    centre = await stepped(direction.appoints, centre, "designate")
    await direction.react(facts.CENTRE_DESIGNATED, centre["id"])
    assert await direction.held(centre) == [(account, "active", None)]
    await direction.close(centre)
    assert await direction.held(centre) == [(account, "active", today() + timedelta(days=90))]


async def test_the_role_of_a_closed_centre_counts_from_its_last_day(direction: Direction) -> None:
    """A closure gives no role back that has ended since the term expired."""
    days = calendar(direction.patch)
    (early, account), (late, _) = [await direction.expert() for _ in range(2)]
    soon, later = await direction.designated(early), await direction.designated(late)
    ends = date.fromisoformat(soon["term"]["ends"])
    days.pass_days((ends - today()).days + 1)
    for centre in (soon, later):
        await direction.expire(centre)
        assert [until for _, _, until in await direction.held(centre)] == [ends + timedelta(days=90)]
    days.pass_days(60)
    effective = (today() - timedelta(days=5)).isoformat()
    closed = await direction.close(soon, effective=effective)
    assert closed["closed_on"] == effective
    assert await direction.held(soon) == [(account, "active", today() + timedelta(days=85))]
    days.pass_days(60)
    await direction.close(later)
    assert [until for _, _, until in await direction.held(later)] == []


async def test_the_role_follows_the_account_of_the_director(direction: Direction) -> None:
    expert, account = await direction.expert()
    centre = await direction.designated(expert)
    await direction.own(expert, None)
    await direction.react(membership.EXPERT_ACCOUNT_UNLINKED, expert)
    assert await direction.held(centre) == []
    await direction.own(expert, account)
    await direction.react(membership.EXPERT_ACCOUNT_LINKED, expert)
    assert [holder for holder, _, _ in await direction.held(centre)] == [account]


async def test_the_role_follows_a_merge_of_the_director(direction: Direction) -> None:
    """At once only if whoever merged them may give it."""
    for is_entitled, status in ((True, "active"), (False, "proposed")):
        (loser, _), (winner, account) = [await direction.expert() for _ in range(2)]
        await direction.own(loser, None)
        centre = await direction.designated(loser)
        merger = await direction.actor(person("merges", grant("secretariat_admin", "global")))
        body = {"resource": "experts", "winner_id": winner, "loser_id": loser}
        await entered(direction.members.known_as(merger.name), MERGES, body)
        if not is_entitled:
            await direction.rows.execute("DELETE FROM access_grant WHERE principal_id = $1", CALLERS[merger.name].id)
        async with unit_of_work(direction.of_centres, SYSTEM_CONTEXT) as uow:
            await EXPERTS.rewrite(uow, UUID(loser))
        await direction.react(facts.CENTRE_UPDATED, centre["id"])
        read = await direction.appoints.get(centre["links"]["self"])
        assert read.json()["director_id"] == winner
        assert await direction.held(centre) == [(account, status, None)]


async def test_the_role_equals_the_director_after_random_changes(direction: Direction) -> None:
    dice = random.Random(47)
    experts = dict([await direction.expert() for _ in range(3)])
    centres = [await direction.designated(dice.choice([*experts])) for _ in range(2)]
    for _ in range(20):
        centre = dice.choice(centres)
        wanted = dice.choice([*experts, None])
        took = direction.appoint if dice.random() < 0.5 else direction.change
        is_other = (await direction.appoints.get(centre["links"]["self"])).json()["director_id"] != wanted
        assert await took(centre, wanted) or not is_other
        if dice.random() < 0.3:
            await direction.react(facts.CENTRE_DESIGNATED, dice.choice(centres)["id"])
        for each in centres:
            director = (await direction.appoints.get(each["links"]["self"])).json()["director_id"]
            wanted = [(experts[director], "active", None)] if director else []
            assert await direction.held(each) == wanted
