"""What the register showed on a past day never changes, whatever happens afterwards."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from shared.kernel.clock import today
from tests.support.callers import Caller
from tests.support.centres import Members, unused_country
from tests.support.clock import Calendar
from tests.support.merges import merged, undone
from tests.support.register import REGISTER, Membership, designated, public_expert
from tests.support.register_world import World, digest
from tests.support.tiers import long

DAYS = 24


@pytest.mark.parametrize("seed", [1, *long("another seed", 2)])
async def test_the_response_about_a_past_day_never_changes(
    admin: Caller,
    anonymous: Caller,
    members: Members,
    superuser: asyncpg.Connection,
    membership: Membership,
    days: Calendar,
    seed: int,
) -> None:
    country = unused_country()
    world = World(admin, members, country, seed)
    await world.begin(superuser)
    kept: dict[str, str] = {}
    for _ in range(DAYS):
        for _ in range(world.random.randint(1, 3)):
            await world.happen()
            if world.random.random() < 0.7:
                await membership.deliver()
        await membership.deliver()
        day = str(today())
        before = await digest(anonymous, country, day)
        present = (await anonymous.get(REGISTER, params={"country": country, "limit": "200"})).json()["items"]
        listed = (await anonymous.get("/centres/v1/centres", params={"country": country, "limit": "200"})).json()
        assert {one["id"] for one in present} == {one["id"] for one in listed["items"]}
        assert {one["id"]: one["names"] for one in present} == {one["id"]: one["names"] for one in listed["items"]}
        kept[day] = before
        days.pass_days()
    assert len(set(kept.values())) > DAYS / 3, "the days differ"
    assert min(world.done["merged"], world.done["undone"]) > 0
    assert {day: await digest(anonymous, country, day) for day in kept} == kept


async def test_names_follow_merged_and_erased_directors_on_past_days_too(
    admin: Caller,
    anonymous: Caller,
    members: Members,
    superuser: asyncpg.Connection,
    membership: Membership,
    days: Calendar,
) -> None:
    country = unused_country()
    first, second = [await public_expert(members, country) for _ in range(2)]
    await designated(admin, members, superuser, country, director_id=second["id"])
    day = str(today())
    days.pass_days()

    async def director(on: str) -> Any:
        found = (await anonymous.get(REGISTER, params={"country": country, "as_of": on})).json()["items"]
        return found[0]["director"]

    assert (await director(day))["id"] == second["id"]
    merge = await merged(members.admin, first, second)
    await membership.deliver()
    winner = {"id": first["id"], "name": first["display_name"]}
    for _ in range(3):
        assert (await director(day), await director(str(today()))) == (winner, winner)
    lines = (await anonymous.get(f"{REGISTER}/changes", params={"country": country})).json()["items"]
    assert [line["change"] for line in lines] == ["designated"], "one person is no change"
    days.pass_days()
    await undone(members.admin, merge)
    await membership.deliver()
    for on in (day, str(today())):
        assert (await director(on))["id"] == second["id"]
    assert await director(str(today() - timedelta(days=1))) == winner
    await superuser.execute("UPDATE member_expert SET erased_at = now() WHERE id = $1", second["id"])
    for on in (day, str(today())):
        assert await director(on) is None
