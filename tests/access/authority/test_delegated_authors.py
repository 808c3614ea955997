"""Promise 47: whom sections of a report are delegated to is an author over the report at once only if whoever delegates
may give that role, and until the delegation ends."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from deploy.matrix.ways import DELEGATE, WAYS, actors, expected
from shared.contracts import reporting as facts
from shared.database.pool import Database
from tests.access.appointing import Appointing
from tests.support.callers import CALLERS, Caller, person
from tests.support.principals import enter_callers
from tests.support.progress import Reporting

(WAY,) = (way for way in WAYS if way.gain == DELEGATE)
_HELD = (
    "SELECT status FROM access_grant WHERE principal_id = $1 AND role = 'national_author' AND scope_kind = 'record'"
    " AND scope_id = $2 AND status IN ('proposed', 'active') ORDER BY id"
)


class Delegating(Appointing):
    """A report of Alphaland (XA), and whom its sections are delegated to."""

    report: str

    async def account(self) -> UUID:
        """An account without a role."""
        found = CALLERS[(await self.actor(person("delegate"))).name].id
        assert found is not None
        return found

    async def delegate(self, by: Caller, account: UUID) -> Any:
        return await by.post(f"{self.report}/delegations", {"account_id": str(account), "sections": ["summary"]})

    async def held(self, account: UUID) -> list[str]:
        return [row["status"] for row in await self.rows.fetch(_HELD, account, self.report[-36:])]


@pytest.fixture
async def delegating(
    actions: Caller,
    superuser: asyncpg.Connection,
    database: Database,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Delegating:
    await enter_callers(database_url)
    made = Delegating(actions, actions, superuser, database, monkeypatch)
    made.report = await (await Reporting.begun(actions.known_as("admin"))).report()
    return made


async def test_each_actor_gives_the_role_as_the_table_of_ways_says(delegating: Delegating) -> None:
    wrong = []
    for known in actors():
        account = await delegating.account()
        response = await delegating.delegate(await delegating.actor(known), account)
        assert response.status_code in (201, 403, 404), response.text
        if response.status_code != 201:
            continue  # somebody who does not write reports, whatever they may grant otherwise
        await delegating.react(facts.DELEGATION_CREATED, response.json()["id"])
        statuses = await delegating.held(account)
        if statuses != [("proposed", "active")[expected(WAY, known)]]:
            wrong.append(f"{known.name}: {statuses}")
    assert not wrong, wrong


async def test_the_role_ends_with_the_delegation(delegating: Delegating) -> None:
    account = await delegating.account()
    author = delegating.appoints.known_as("admin")
    made = (await delegating.delegate(author, account)).json()
    await delegating.react(facts.DELEGATION_CREATED, made["id"])
    assert await delegating.held(account) == ["active"]
    assert (await author.step(made["links"]["self"], "end")).status_code == 200
    await delegating.react(facts.DELEGATION_ENDED, made["id"])
    assert await delegating.held(account) == []
