"""Grants over one record follow its merge; the role of an expert follows the account of the record."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.access.reactions import REACTIONS
from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.access.caller import Caller as Signed
from tests.support.callers import CALLERS, Caller, serving
from tests.support.facts import type_of
from tests.support.institutions import submitted
from tests.support.membership import entered
from tests.support.merges import merged, undone
from tests.support.principals import enter_callers

REPRESENTATIVE = "institution_representative"


@pytest.fixture(scope="module", autouse=True)
async def known(database_url: str) -> None:
    """The merging principals have rows, so that their permissions can be read."""
    await enter_callers(database_url)


@pytest.fixture
async def admin(database_url: str, redis_url: str) -> AsyncIterator[Caller]:
    async with serving(create_app(MembershipSettings(database_url=database_url, redis_url=redis_url))) as client:
        yield Caller(client, "admin")


async def _announce(database: Database, entity: str, what: str, *subjects: str) -> None:
    kind = type_of("membership", entity, what)
    for subject in (*subjects, *subjects):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await REACTIONS[kind](uow, [Fact(type=kind, subject=UUID(subject), ref="X", version=1, link="/x")])


async def _granted(superuser: asyncpg.Connection, account: UUID, role: str, kind: str, scope: str) -> None:
    await superuser.execute(
        "INSERT INTO access_grant (id, version, status, visibility, created_at, created_by, updated_at, updated_by,"
        " principal_kind, principal_id, role, scope_kind, scope_id, starts) VALUES (uuidv7(), 1, 'active',"
        " 'restricted', now(), 'test', now(), 'test', 'account', $1, $2, $3, $4, '2020-01-01')",
        account, role, kind, scope,
    )  # fmt: skip


async def _grants(superuser: asyncpg.Connection, account: UUID) -> list[tuple[Any, ...]]:
    rows = "SELECT status, role, scope_id FROM access_grant WHERE principal_id = $1 ORDER BY id"
    return [tuple(row) for row in await superuser.fetch(rows, account)]


async def test_a_representative_speaks_for_the_winner(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    winner, loser = await submitted(admin, uuid4().hex), await submitted(admin, uuid4().hex)
    account, role = uuid4(), REPRESENTATIVE
    await _granted(superuser, account, role, "institution", loser["id"])
    merge = await merged(admin, winner, loser)
    await _announce(database, "institution", "merged", loser["id"], winner["id"])
    assert await _grants(superuser, account) == [("active", role, winner["id"])]
    await undone(admin, merge)
    await _announce(database, "institution", "unmerged", winner["id"], loser["id"])
    assert await _grants(superuser, account) == [("active", role, loser["id"])]


async def test_a_role_that_a_person_asks_for_waits_through_a_merge_and_its_undo(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    winner, loser = await submitted(admin, uuid4().hex), await submitted(admin, uuid4().hex)
    account, role = uuid4(), REPRESENTATIVE
    await _granted(superuser, account, role, "institution", loser["id"])
    await superuser.execute(
        "UPDATE access_grant SET status = 'proposed', proof = 'letter', country = 'XA' WHERE principal_id = $1", account
    )
    merge = await merged(admin, winner, loser)
    await _announce(database, "institution", "merged", loser["id"], winner["id"])
    assert await _grants(superuser, account) == [("proposed", role, winner["id"])]
    await undone(admin, merge)
    await _announce(database, "institution", "unmerged", winner["id"], loser["id"])
    assert await _grants(superuser, account) == [("proposed", role, loser["id"])]


async def test_the_own_entry_of_an_account_is_the_winner_while_the_merge_lasts(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    winner, loser = await entered(admin), await entered(admin)
    own, reviewer = uuid4(), uuid4()
    await superuser.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", loser["id"], own)
    await _announce(database, "expert", "created", loser["id"])
    await _granted(superuser, reviewer, "reviewer", "record", loser["id"])
    merge = await merged(admin, winner, loser)
    await _announce(database, "expert", "merged", loser["id"], winner["id"])
    assert await _grants(superuser, own) == [("revoked", "expert", loser["id"]), ("active", "expert", winner["id"])]
    assert await _grants(superuser, reviewer) == [("active", "reviewer", winner["id"])]
    await undone(admin, merge)
    await _announce(database, "expert", "unmerged", winner["id"], loser["id"])
    states = [(status, scope) for status, _, scope in await _grants(superuser, own)]
    assert states == [("revoked", loser["id"]), ("revoked", winner["id"]), ("active", loser["id"])]
    assert await _grants(superuser, reviewer) == [("active", "reviewer", loser["id"])]


class Chain:
    """Three institutions and an account with a role over the first."""

    def __init__(self, database: Database, superuser: asyncpg.Connection, chain: list[dict[str, Any]]) -> None:
        self.database, self.superuser, self.chain = database, superuser, chain
        self.account = uuid4()

    async def merge(self, caller: Caller, loser: int, winner: int) -> dict[str, Any]:
        made = await merged(caller, self.chain[winner], self.chain[loser])
        await _announce(self.database, "institution", "merged", self.chain[loser]["id"], self.chain[winner]["id"])
        return made

    async def undo(self, caller: Caller, merge: dict[str, Any]) -> None:
        await undone(caller, merge)
        await _announce(self.database, "institution", "unmerged", merge["winner_id"], merge["loser_id"])

    async def stands(self) -> tuple[str, int, str | None]:
        """The status of the grant, the position of its institution, and who caused it."""
        (row,) = await self.superuser.fetch(
            "SELECT status, scope_id, caused_by FROM access_grant WHERE principal_id = $1", self.account
        )
        return row["status"], [one["id"] for one in self.chain].index(row["scope_id"]), row["caused_by"]


@pytest.fixture
async def chain(admin: Caller, database: Database, superuser: asyncpg.Connection) -> Chain:
    made = Chain(database, superuser, [await submitted(admin, uuid4().hex) for _ in range(3)])
    await _granted(superuser, made.account, REPRESENTATIVE, "institution", made.chain[0]["id"])
    return made


async def test_a_merge_by_whoever_may_not_grant_a_role_lets_it_wait(
    admin: Caller, chain: Chain, caller: Signed, superuser: asyncpg.Connection
) -> None:
    officer = admin.known_as("officer")
    merge = await chain.merge(officer, 0, 1)
    assert await chain.stands() == ("proposed", 1, CALLERS["officer"].label)
    grant = await superuser.fetchval("SELECT id FROM access_grant WHERE principal_id = $1", chain.account)
    path = f"/access/v1/grants/{grant}"
    assert (await caller.step("officer", path, "confirm")).status_code == 404
    confirmed = await caller.step("admin", path, "confirm")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "active")
    await _announce(chain.database, "institution", "merged", chain.chain[0]["id"])
    assert (await chain.stands())[:2] == ("active", 1), "a late fact takes no confirmation back"
    await chain.undo(officer, merge)
    assert (await chain.stands())[:2] == ("active", 0)


async def test_a_role_that_waits_since_a_merge_stands_again_once_that_is_undone(admin: Caller, chain: Chain) -> None:
    officer = admin.known_as("officer")
    first = await chain.merge(officer, 0, 1)
    second = await chain.merge(admin, 1, 2)
    assert await chain.stands() == ("proposed", 2, CALLERS["officer"].label), "the later merge confirms nothing"
    await chain.undo(admin, second)
    assert await chain.stands() == ("proposed", 1, CALLERS["officer"].label)
    await chain.undo(admin, first)
    assert await chain.stands() == ("active", 0, None)
    await chain.merge(admin, 0, 1)
    second = await chain.merge(officer, 1, 2)
    assert (await chain.stands())[:2] == ("proposed", 2)
    await chain.undo(officer, second)
    assert await chain.stands() == ("active", 1, None)


async def test_nobody_comes_to_their_own_role_by_a_merge(
    admin: Caller, chain: Chain, superuser: asyncpg.Connection
) -> None:
    await superuser.execute(
        "UPDATE access_grant SET principal_id = $2 WHERE principal_id = $1", chain.account, CALLERS["admin"].id
    )
    await chain.merge(admin, 0, 1)
    status = "SELECT status FROM access_grant WHERE principal_id = $1 AND role = $2 AND scope_id = $3"
    found = await superuser.fetchval(status, CALLERS["admin"].id, REPRESENTATIVE, chain.chain[1]["id"])
    assert found == "proposed"


async def test_an_entry_that_somebody_merges_into_another_gives_its_account_no_role_over_that(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    winner, loser = await entered(admin), await entered(admin)
    own = CALLERS["officer"].id
    assert own is not None
    await superuser.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", loser["id"], own)
    await _announce(database, "expert", "created", loser["id"])
    merge = await merged(admin.known_as("officer"), winner, loser)
    await _announce(database, "expert", "merged", loser["id"], winner["id"])
    held = [row for row in await _grants(superuser, own) if row[1] == "expert"]
    assert held == [("revoked", "expert", loser["id"]), ("proposed", "expert", winner["id"])]
    await undone(admin, merge)
    await _announce(database, "expert", "unmerged", winner["id"], loser["id"])
    states = [(status, scope) for status, role, scope in await _grants(superuser, own) if role == "expert"]
    assert states == [("revoked", loser["id"]), ("revoked", winner["id"]), ("active", loser["id"])]
