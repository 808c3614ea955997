"""Grants over one record follow its merge; what an expert holds follows the account of the entry."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.access.reactions import REACTIONS
from services.access.settings import AccessSettings
from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from shared.contracts.envelope import Fact
from shared.contracts.owner import type_of
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.support.callers import Caller, serving
from tests.support.institutions import submitted
from tests.support.membership import entered
from tests.support.merges import merged, undone


@pytest.fixture
async def admin(database_url: str, redis_url: str) -> AsyncIterator[Caller]:
    async with serving(create_app(MembershipSettings(database_url=database_url, redis_url=redis_url))) as client:
        yield Caller(client, "admin")


@pytest.fixture
async def database(settings: AccessSettings) -> AsyncIterator[Database]:
    opened = await Database.open(settings.database_dsn(), size=2)
    yield opened
    await opened.close()


@pytest.fixture
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    yield connection
    await connection.close()


async def _told(database: Database, entity: str, what: str, *subjects: str) -> None:
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
    account, role = uuid4(), "institution_representative"
    await _granted(superuser, account, role, "institution", loser["id"])
    merge = await merged(admin, winner, loser)
    await _told(database, "institution", "merged", loser["id"], winner["id"])
    assert await _grants(superuser, account) == [("active", role, winner["id"])]
    await undone(admin, merge)
    await _told(database, "institution", "unmerged", winner["id"], loser["id"])
    assert await _grants(superuser, account) == [("active", role, loser["id"])]


async def test_the_own_entry_of_an_account_is_the_winner_while_the_merge_lasts(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    winner, loser = await entered(admin), await entered(admin)
    own, reviewer = uuid4(), uuid4()
    await superuser.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", loser["id"], own)
    await _told(database, "expert", "created", loser["id"])
    await _granted(superuser, reviewer, "reviewer", "record", loser["id"])
    merge = await merged(admin, winner, loser)
    await _told(database, "expert", "merged", loser["id"], winner["id"])
    assert await _grants(superuser, own) == [("revoked", "expert", loser["id"]), ("active", "expert", winner["id"])]
    assert await _grants(superuser, reviewer) == [("active", "reviewer", winner["id"])]
    await undone(admin, merge)
    await _told(database, "expert", "unmerged", winner["id"], loser["id"])
    states = [(status, scope) for status, _, scope in await _grants(superuser, own)]
    assert states == [("revoked", loser["id"]), ("revoked", winner["id"]), ("active", loser["id"])]
    assert await _grants(superuser, reviewer) == [("active", "reviewer", loser["id"])]
