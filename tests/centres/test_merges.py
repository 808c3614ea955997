"""References follow merges and their undo, in whatever order and however often their facts arrive."""

from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.centres.reactions import REACTIONS
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.support.callers import Caller
from tests.support.centres import (
    Members,
    agreed,
    applied,
    proposed_committee,
    reviewed,
    seated,
    stepped,
    unused_country,
)
from tests.support.facts import type_of

_REFERENCES = """
SELECT 'seat', id::text, expert_id::text FROM centre_seat
UNION ALL SELECT 'review', id::text, reviewer_id::text FROM centre_review
UNION ALL SELECT 'centre', id::text, host_institution_id::text || coalesce(director_id::text, '') FROM centre_centre
UNION ALL SELECT 'committee', id::text, coalesce(host_institution_id::text, '') || partner_institution_ids::text
    FROM centre_committee
UNION ALL SELECT 'agreement', id::text, parties::text FROM centre_agreement ORDER BY 1, 2
"""


class Merges:
    """Makes and announces merges like membership."""

    def __init__(self, database: Database, superuser: asyncpg.Connection, entity: str, seed: int) -> None:
        self._database = database
        self._superuser = superuser
        self._entity = entity
        self._random = Random(seed)
        self._facts: list[tuple[str, str]] = []

    async def set(self, loser: str, winner: str | None, other: str) -> None:
        table = f"member_{self._entity}"
        await self._superuser.execute(f"UPDATE {table} SET merged_into = $2 WHERE id = $1", loser, winner)
        self._facts += [("merged" if winner else "unmerged", key) for key in (loser, other)]

    async def announce(self) -> None:
        """Delivers every fact so far, in any order, some of them twice."""
        for what, subject in self._random.sample([*self._facts, *self._facts], len(self._facts) * 2):
            kind = type_of("membership", self._entity, what)
            fact = Fact(type=kind, subject=UUID(subject), ref="X", version=9, link="/x")
            async with unit_of_work(self._database, SYSTEM_CONTEXT) as uow:
                await REACTIONS[kind](uow, [fact])


@pytest.fixture
def references(superuser: asyncpg.Connection) -> Any:
    async def found() -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await superuser.fetch(_REFERENCES)]

    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_references_to_experts_follow_a_chain_of_merges_and_go_back(
    admin: Caller, members: Members, database: Database, superuser: asyncpg.Connection, references: Any, seed: int
) -> None:
    country = unused_country()
    first, second, third = [await members.expert(country) for _ in range(3)]
    committee = await proposed_committee(admin, members, country)
    for expert, office in ((first, "president"), (second, "member"), (third, "member"), (first, "member")):
        await seated(admin, committee, office, person={"expert_id": expert})
    centre = await stepped(admin, await applied(admin, members, country, director_id=second), "accept_complete")
    for expert in (first, second):
        await reviewed(admin, members, centre, reviewer_id=expert)
    merges = Merges(database, superuser, "expert", seed)
    states = [await references()]
    for loser, winner in ((first, second), (second, third)):
        await merges.set(loser, winner, winner)
        if seed != 2:
            await merges.announce()
        states.append(await references())
    await merges.announce()
    assert not any(loser in str(row) for row in await references() for loser in (first, second))
    for loser, winner in ((second, third), (first, second)):
        await merges.set(loser, None, winner)
        await merges.announce()
        if seed != 2:
            assert await references() == states[-2 if loser == second else 0]
    assert await references() == states[0]
    moves = "SELECT count(*) FROM centre_reference_move WHERE loser_id = ANY($1)"
    assert await superuser.fetchval(moves, [first, second]) == 0


@pytest.mark.parametrize("seed", [1, 2])
async def test_lists_that_named_both_institutions_name_both_again(
    admin: Caller, members: Members, database: Database, superuser: asyncpg.Connection, references: Any, seed: int
) -> None:
    country = unused_country()
    centre = await applied(admin, members, country)
    loser = centre["host_institution_id"]
    winner, other = [await members.institution(country) for _ in range(2)]
    partners = [loser, other, winner]
    committee = await proposed_committee(
        admin, members, country, host_institution_id=loser, partner_institution_ids=partners
    )
    await agreed(admin, centre)
    before = await references()
    merges = Merges(database, superuser, "institution", seed)
    await merges.set(loser, winner, winner)
    await merges.announce()
    now = (await admin.get(committee["links"]["self"])).json()
    assert now["partner_institution_ids"] == [winner, other]
    assert not any(loser in str(row) for row in await references())
    await merges.set(loser, None, winner)
    await merges.announce()
    assert await references() == before


async def test_what_was_changed_since_is_kept_when_references_go_back(
    admin: Caller, members: Members, database: Database, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    loser, winner, new = [await members.institution(country) for _ in range(3)]
    committee = await proposed_committee(
        admin, members, country, host_institution_id=loser, partner_institution_ids=[loser, winner]
    )
    merges = Merges(database, superuser, "institution", 1)
    await merges.set(loser, winner, winner)
    await merges.announce()
    path = committee["links"]["self"]
    etag = (await admin.get(path)).headers["etag"]
    change = {"host_institution_id": new, "partner_institution_ids": [new, winner]}
    assert (await admin.patch(path, change, etag=etag)).status_code == 200
    await merges.set(loser, None, winner)
    await merges.announce()
    now = (await admin.get(path)).json()
    assert now["host_institution_id"] == new
    assert now["partner_institution_ids"] == [new, winner, loser]
