"""Promise 47: the panel of a call gets the role of a reviewer at once only if whoever opened the call, or changed its
panel, may give it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.matrix.ways import PANEL, WAYS, actors, expected
from shared.contracts import signing as facts
from shared.database.pool import Database
from shared.kernel.clock import now, to_text
from tests.access.appointing import Appointing
from tests.support.callers import Caller
from tests.support.principals import enter_callers

CALLS = "/membership/v1/calls"
GIVING = [way for way in WAYS if way.gain == PANEL]
_HELD = (
    "SELECT status FROM access_grant WHERE principal_id = $1 AND role = 'reviewer' AND scope_kind = 'record'"
    " AND scope_id = $2 AND status IN ('proposed', 'active') ORDER BY id"
)


class Panel(Appointing):
    """Calls of Alphaland (XA) and their panels."""

    async def call(self, *experts: str) -> dict[str, Any]:
        """A draft with this panel."""
        days = ("opens", "nominee_deadline", "nominator_deadline")
        body = {
            "code": f"C-{uuid4().hex[:12].upper()}",
            "kind": "editorial",
            "titles": {"en": "Editors"},
            "country": "XA",
            "criteria": [{"key": "merit", "titles": {"en": "Merit"}}],
            "seats": 1,
            "panel": [{"expert_id": expert} for expert in experts],
            **{name: to_text(now() + timedelta(days=n)) for n, name in enumerate(days)},
        }
        made = await self.members.post(CALLS, body)
        assert made.status_code == 201, made.text
        return dict(made.json())

    async def seat(self, who: Caller, call: dict[str, Any], *experts: str) -> int:
        """The status of the response to a change of the panel."""
        path = call["links"]["self"]
        etag = (await self.members.get(path)).headers["etag"]
        return (await who.patch(path, {"panel": [{"expert_id": one} for one in experts]}, etag=etag)).status_code

    async def held(self, account: UUID, call: dict[str, Any]) -> list[str]:
        return [row["status"] for row in await self.rows.fetch(_HELD, account, call["id"])]


@pytest.fixture
async def panel(
    members: Caller,
    superuser: asyncpg.Connection,
    database: Database,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Panel:
    await enter_callers(database_url)
    return Panel(members, members, superuser, database, monkeypatch)


async def _opened(panel: Panel, who: Caller) -> tuple[bool, UUID, dict[str, Any]]:
    expert, account = await panel.expert()
    call = await panel.call(expert)
    response = await who.step(call["links"]["self"], "open")
    return response.status_code == 200, account, call


async def _changed(panel: Panel, who: Caller) -> tuple[bool, UUID, dict[str, Any]]:
    expert, account = await panel.expert()
    call = await panel.call()
    await panel.members.step(call["links"]["self"], "open")
    return await panel.seat(who, call, expert) == 200, account, call


_TAKEN: dict[str, Callable[[Panel, Caller], Awaitable[tuple[bool, UUID, dict[str, Any]]]]] = {
    "transitionCall": _opened,
    "updateCall": _changed,
}


@pytest.mark.long("is every actor in turn")
@pytest.mark.parametrize("way", GIVING, ids=lambda way: way.operation)
async def test_each_actor_gives_the_role_as_the_table_of_ways_says(panel: Panel, way: Any) -> None:
    wrong = []
    for known in actors():
        is_done, account, call = await _TAKEN[way.operation](panel, await panel.actor(known))
        await panel.react(facts.CALL_UPDATED, call["id"])
        statuses = await panel.held(account, call)
        wanted = [("proposed", "active")[expected(way, known)]] if is_done else []
        if statuses != wanted or (expected(way, known) and not is_done):
            wrong.append(f"{known.name}: {is_done} {statuses}")
    assert not wrong, wrong


async def test_the_role_begins_with_the_opening_and_ends_with_the_panel_or_the_call(panel: Panel) -> None:
    (first, one), (second, two) = await panel.expert(), await panel.expert()
    call = await panel.call(first)
    await panel.react(facts.CALL_UPDATED, call["id"])
    assert await panel.held(one, call) == []
    await panel.members.step(call["links"]["self"], "open")
    await panel.react(facts.CALL_OPENED, call["id"])
    assert await panel.held(one, call) == ["active"]
    assert await panel.seat(panel.members, call, second) == 200
    await panel.react(facts.CALL_UPDATED, call["id"])
    assert [await panel.held(account, call) for account in (one, two)] == [[], ["active"]]
    await panel.members.step(call["links"]["self"], "cancel", reason="No money")
    await panel.react(facts.CALL_CANCELLED, call["id"])
    assert await panel.held(two, call) == []
