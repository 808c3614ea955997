"""Promise 47: the panel of an evaluation gets the role of a reviewer at once only if whoever named it may give it. A
member with a conflict of interest has none."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from deploy.matrix.ways import EVALUATION_PANEL, WAYS, actors, expected
from shared.contracts import centres as facts
from shared.database.pool import Database
from tests.access.appointing import Appointing
from tests.support.callers import Caller
from tests.support.centres import CENTRES, Members, centre_body, entered
from tests.support.principals import enter_callers

EVALUATIONS = "/centres/v1/evaluations"
GIVING = [way for way in WAYS if way.gain == EVALUATION_PANEL]
_HELD = (
    "SELECT status FROM access_grant WHERE principal_id = $1 AND role = 'reviewer' AND scope_kind = 'record'"
    " AND scope_id = $2 AND status IN ('proposed', 'active') ORDER BY id"
)


class Evaluators(Appointing):
    """Evaluations of a centre of Alphaland (XA) and their panels."""

    centre: dict[str, Any]

    async def planned(self, who: Caller, *experts: str) -> dict[str, Any]:
        """The evaluation, or the response that refuses it."""
        panel = [{"expert_id": expert} for expert in experts]
        body = {"centre_id": self.centre["id"], "kind": "special", "panel": panel}
        return dict((await who.post(EVALUATIONS, body)).json())

    async def seat(self, who: Caller, evaluation: dict[str, Any], *experts: str) -> int:
        """The status of the response to a change of the panel."""
        path = evaluation["links"]["self"]
        etag = (await self.appoints.get(path)).headers["etag"]
        return (await who.patch(path, {"panel": [{"expert_id": one} for one in experts]}, etag=etag)).status_code

    async def held(self, account: UUID, evaluation: dict[str, Any]) -> list[str]:
        return [row["status"] for row in await self.rows.fetch(_HELD, account, evaluation["id"])]


@pytest.fixture
async def evaluators(
    centres: Caller,
    members: Caller,
    superuser: asyncpg.Connection,
    database: Database,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Evaluators:
    await enter_callers(database_url)
    made = Evaluators(centres, members, superuser, database, monkeypatch)
    made.centre = await entered(centres, CENTRES, await centre_body(Members(members), "XA"))
    return made


async def _planned(evaluators: Evaluators, who: Caller) -> tuple[bool, UUID, dict[str, Any]]:
    expert, account = await evaluators.expert()
    made = await evaluators.planned(who, expert)
    return made.get("ref") is not None, account, made


async def _changed(evaluators: Evaluators, who: Caller) -> tuple[bool, UUID, dict[str, Any]]:
    expert, account = await evaluators.expert()
    made = await evaluators.planned(evaluators.appoints)
    return await evaluators.seat(who, made, expert) == 200, account, made


_TAKEN: dict[str, Callable[[Evaluators, Caller], Awaitable[tuple[bool, UUID, dict[str, Any]]]]] = {
    "createEvaluation": _planned,
    "updateEvaluation": _changed,
}


@pytest.mark.long("is every actor in turn")
@pytest.mark.parametrize("way", GIVING, ids=lambda way: way.operation)
async def test_each_actor_gives_the_role_as_the_table_of_ways_says(evaluators: Evaluators, way: Any) -> None:
    wrong = []
    for known in actors():
        is_done, account, made = await _TAKEN[way.operation](evaluators, await evaluators.actor(known))
        statuses: list[str] = []
        if is_done:
            await evaluators.react(facts.EVALUATION_UPDATED, made["id"])
            statuses = await evaluators.held(account, made)
        wanted = [("proposed", "active")[expected(way, known)]] if is_done else []
        if statuses != wanted or (expected(way, known) and not is_done):
            wrong.append(f"{known.name}: {is_done} {statuses}")
    assert not wrong, wrong


async def test_the_role_ends_with_the_place_in_the_panel_and_with_the_evaluation(evaluators: Evaluators) -> None:
    (first, one), (second, two) = await evaluators.expert(), await evaluators.expert()
    made = await evaluators.planned(evaluators.appoints, first)
    await evaluators.react(facts.EVALUATION_CREATED, made["id"])
    assert await evaluators.held(one, made) == ["active"]
    assert await evaluators.seat(evaluators.appoints, made, second) == 200
    await evaluators.react(facts.EVALUATION_UPDATED, made["id"])
    assert [await evaluators.held(account, made) for account in (one, two)] == [[], ["active"]]
    await evaluators.appoints.step(made["links"]["self"], "cancel")
    await evaluators.react(facts.EVALUATION_CANCELLED, made["id"])
    assert await evaluators.held(two, made) == []


async def test_a_conflict_of_interest_ends_the_role(evaluators: Evaluators) -> None:
    expert, account = await evaluators.expert()
    made = await evaluators.planned(evaluators.appoints, expert)
    await evaluators.react(facts.EVALUATION_CREATED, made["id"])
    put = "UPDATE centre_evaluation SET conflicts = $2 WHERE id = $1"
    conflicts = f'[{{"expert_id": "{expert}", "kind": "stated"}}]'
    await evaluators.rows.execute(put, UUID(made["id"]), conflicts)
    await evaluators.react(facts.EVALUATION_UPDATED, made["id"])
    assert await evaluators.held(account, made) == []


async def test_the_role_follows_the_account_of_the_expert(evaluators: Evaluators) -> None:
    expert, account = await evaluators.expert()
    await evaluators.own(expert, None)
    made = await evaluators.planned(evaluators.appoints, expert)
    await evaluators.react(facts.EVALUATION_CREATED, made["id"])
    assert await evaluators.held(account, made) == []
    fields = {"account_id": str(account)}
    linked = await evaluators.members.step(f"/membership/v1/experts/{expert}", "link_account", fields=fields)
    assert linked.status_code == 200, linked.text
    await evaluators.react("escm.membership.expert.account_linked.v1", expert)
    assert await evaluators.held(account, made) == ["active"]
