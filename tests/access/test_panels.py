"""Promise 47: the panel of a call gets the role of a reviewer at once only if whoever opened the call, or changed its
panel, may give it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.matrix.ways import PANEL, WAYS, actors, expected
from services.access.reactions import REACTIONS
from shared.contracts import signing as facts
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now, to_text
from shared.kernel.principal import Principal, PrincipalKind
from shared.messaging.inbox import Inbox
from tests.support.callers import CALLERS, Caller, person
from tests.support.membership import activated
from tests.support.principals import enter_callers, enter_principal

CALLS = "/membership/v1/calls"
GIVING = [way for way in WAYS if way.gain == PANEL]
_INBOX = Inbox("access", REACTIONS)
_HELD = (
    "SELECT status FROM access_grant WHERE principal_id = $1 AND role = 'reviewer' AND scope_kind = 'record'"
    " AND scope_id = $2 AND status IN ('proposed', 'active') ORDER BY id"
)


class Panel:
    """Calls of Alphaland (XA), the experts in their panels, and the reactions of access."""

    def __init__(
        self, members: Caller, rows: asyncpg.Connection, database: Database, patch: pytest.MonkeyPatch
    ) -> None:
        self.members, self.rows, self.database, self.patch = members, rows, database, patch

    async def actor(self, known: Principal) -> Caller:
        """A caller with the same grants and rows of its own."""
        owner = uuid4() if known.kind == "key" else None
        actor = replace(known, id=uuid4(), name=f"{known.name} {uuid4().hex}", owner=owner)
        if owner is not None:
            await enter_principal(self.rows, replace(actor, kind=PrincipalKind.ACCOUNT, id=owner))
        await enter_principal(self.rows, actor)
        self.patch.setitem(CALLERS, actor.name, actor)  # type: ignore[arg-type]
        return self.members.known_as(actor.name)

    async def expert(self) -> tuple[str, UUID]:
        """An active expert with an account."""
        expert = str((await activated(self.members, country="XA"))["id"])
        account = CALLERS[(await self.actor(person("member"))).name].id
        assert account is not None
        await self.rows.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(expert), account)
        return expert, account

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

    async def react(self, kind: str, call: dict[str, Any]) -> None:
        """Applies the worker's reaction to a fact that is delivered twice."""
        for _ in range(2):
            fact = Fact(type=kind, subject=UUID(call["id"]), ref="X", version=1, link="/x")
            async with unit_of_work(self.database, SYSTEM_CONTEXT) as uow:
                await _INBOX.react(uow, [fact])

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
    return Panel(members, superuser, database, monkeypatch)


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


@pytest.mark.parametrize("way", GIVING, ids=lambda way: way.operation)
async def test_each_actor_gives_the_role_as_the_table_of_ways_says(panel: Panel, way: Any) -> None:
    wrong = []
    for known in actors():
        is_done, account, call = await _TAKEN[way.operation](panel, await panel.actor(known))
        await panel.react(facts.CALL_UPDATED, call)
        statuses = await panel.held(account, call)
        wanted = [("proposed", "active")[expected(way, known)]] if is_done else []
        if statuses != wanted or (expected(way, known) and not is_done):
            wrong.append(f"{known.name}: {is_done} {statuses}")
    assert not wrong, wrong


async def test_the_role_begins_with_the_opening_and_ends_with_the_panel_or_the_call(panel: Panel) -> None:
    (first, one), (second, two) = await panel.expert(), await panel.expert()
    call = await panel.call(first)
    await panel.react(facts.CALL_UPDATED, call)
    assert await panel.held(one, call) == []
    await panel.members.step(call["links"]["self"], "open")
    await panel.react(facts.CALL_OPENED, call)
    assert await panel.held(one, call) == ["active"]
    assert await panel.seat(panel.members, call, second) == 200
    await panel.react(facts.CALL_UPDATED, call)
    assert [await panel.held(account, call) for account in (one, two)] == [[], ["active"]]
    await panel.members.step(call["links"]["self"], "cancel", reason="No money")
    await panel.react(facts.CALL_CANCELLED, call)
    assert await panel.held(two, call) == []
