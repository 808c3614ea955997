"""References of actions to merged experts are rewritten, and restored by an undo."""

from uuid import UUID

import asyncpg

from services.actions.reactions import REACTIONS
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.actions.governments.test_government import focal_point
from tests.actions.neighbours import change, enter
from tests.actions.programme import action, programme
from tests.support.callers import Caller
from tests.support.centres import entered
from tests.support.editions import CONTRIBUTIONS, WROTE, contribution_body, edition
from tests.support.facts import type_of
from tests.support.progress import Reporting


async def announce(database: Database, entity: str, what: str, subject: UUID) -> None:
    kind = type_of("membership", entity, what)
    for _ in range(2):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await REACTIONS[kind](uow, [Fact(type=kind, subject=subject, ref="X", version=2, link="/x")])


async def test_participants_follow_their_institution(
    secretariat: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    loser, winner = [await enter(superuser, "member_institution", status="verified") for _ in range(2)]
    taking_part = [{"institution_id": str(key), "role": role} for key, role in ((loser, 4), (winner, 1), (loser, 2))]
    path = await action(secretariat, await programme(secretariat), "core", participants=taking_part)
    before = (await secretariat.get(path)).json()
    await change(superuser, "member_institution", loser, merged_into=winner)
    await announce(database, "institution", "merged", winner)
    now = (await secretariat.get(path)).json()
    assert now["participants"] == [{**one, "institution_id": str(winner)} for one in taking_part]
    assert now["version"] == before["version"] + 1
    history = (await secretariat.get(f"{path}/history")).json()["items"]
    assert (history[0]["action"], history[0]["by"]["kind"]) == ("update", "system")
    await change(superuser, "member_institution", loser, merged_into=None)
    await announce(database, "institution", "unmerged", loser)
    assert (await secretariat.get(path)).json()["participants"] == taking_part


async def test_a_focal_point_follows_the_expert(
    secretariat: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    loser, winner = [await enter(superuser, "member_expert", status="active", category="expert") for _ in range(2)]
    path = await focal_point(secretariat, person={"expert_id": str(loser)})
    await change(superuser, "member_expert", loser, merged_into=winner)
    await announce(database, "expert", "merged", loser)
    assert (await secretariat.get(path)).json()["person"]["expert_id"] == str(winner)
    named = "SELECT expert_id FROM action_focal_point WHERE id = $1"
    assert await superuser.fetchval(named, path.rsplit("/", 1)[1]) == winner
    await change(superuser, "member_expert", loser, merged_into=None)
    await announce(database, "expert", "unmerged", winner)
    assert (await secretariat.get(path)).json()["person"]["expert_id"] == str(loser)


async def test_a_focal_point_who_is_no_expert_any_more_stays_one_by_name(
    secretariat: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    loser, winner = [await enter(superuser, "member_expert", status="active", category="expert") for _ in range(2)]
    path = await focal_point(secretariat, person={"expert_id": str(loser)})
    await change(superuser, "member_expert", loser, merged_into=winner)
    await announce(database, "expert", "merged", loser)
    named = {"person": {"expert_id": None, "name": "Amina Khan"}}
    etag = (await secretariat.get(path)).headers["etag"]
    assert (await secretariat.patch(path, named, etag=etag)).status_code == 200
    await change(superuser, "member_expert", loser, merged_into=None)
    await announce(database, "expert", "unmerged", winner)
    assert (await secretariat.get(path)).json()["person"] == named["person"]


async def test_the_authors_of_a_contribution_follow_the_expert(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    loser, winner = [await enter(superuser, "member_expert", status="active", category="expert") for _ in range(2)]
    authors = [
        {"expert_id": str(loser), "roles": WROTE, "corresponding": True},
        {"name": "Amina Khan", "email": "amina@example.org", "roles": WROTE},
    ]
    made = await entered(admin, CONTRIBUTIONS, contribution_body(await edition(admin, "open_call"), *authors))
    path = made["links"]["self"]
    await change(superuser, "member_expert", loser, merged_into=winner)
    await announce(database, "expert", "merged", loser)
    now = (await admin.get(path)).json()["authors"]
    assert now == [{**made["authors"][0], "expert_id": str(winner)}, made["authors"][1]]
    await change(superuser, "member_expert", loser, merged_into=None)
    await announce(database, "expert", "unmerged", winner)
    assert (await admin.get(path)).json()["authors"] == made["authors"]


async def test_the_contributors_of_a_report_follow_the_expert(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    loser, winner = [await enter(superuser, "member_expert", status="active", category="expert") for _ in range(2)]
    people = [{"expert_id": str(loser)}, {"name": "Amina Khan"}]
    credited = [{"person": person, "credit": ["resources"], "order": n} for n, person in enumerate(people, start=1)]
    path = await (await Reporting.begun(admin)).report(contributors=credited)
    before = (await admin.get(path)).json()["contributors"]
    await change(superuser, "member_expert", loser, merged_into=winner)
    await announce(database, "expert", "merged", loser)
    now = (await admin.get(path)).json()["contributors"]
    assert [one["person"]["expert_id"] for one in now] == [str(winner), None]
    assert now[1] == before[1]
    await change(superuser, "member_expert", loser, merged_into=None)
    await announce(database, "expert", "unmerged", winner)
    assert (await admin.get(path)).json()["contributors"] == before
