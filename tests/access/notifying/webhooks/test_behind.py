"""A webhook that is far behind costs a number: no table grows with what it misses, and no memory."""

import tracemalloc

import pytest

from services.access.notifying.feed.domain import SCANNED
from services.access.notifying.sending.engine import WebhookEngine
from tests.access.notifying.webhooks.receiver import Receiver
from tests.access.notifying.webhooks.test_delivery import happen
from tests.access.notifying.webhooks.world import Answer, World
from tests.support.waiting import eventually

_MANY = 20_000
_FEW = 15
"""The state, the ping, five failures, what was under way meanwhile, and a request at a time."""
_FACTS = """
INSERT INTO core_outbox (fact, type, time, subject, ref, version, country, link, bulk)
SELECT uuidv7(), 'escm.centres.centre.updated.v1', clock_timestamp(), uuidv7(), 'CTR-' || n, 2, 'XA', '/x', false
FROM generate_series(1, $1::integer) n
"""
_ROWS = """
SELECT (SELECT count(*) FROM access_webhook_delivery WHERE webhook_id = $1::text::uuid)
    + (SELECT count(*) FROM access_webhook_state WHERE webhook_id = $1::text::uuid)
"""
_HEAD = "SELECT head FROM core_feed_ends"


@pytest.mark.long("puts twenty thousand facts in order")
async def test_what_a_webhook_misses_costs_no_rows_and_no_memory(world: World, receiver: Receiver) -> None:
    hook = await _away(world, receiver)
    tracemalloc.start()
    try:
        await _happen(world, 200)
        await eventually(lambda: _is_behind(world, hook, 150))
        used = tracemalloc.get_traced_memory()[0]
        await _happen(world, _MANY)
        await eventually(lambda: _is_behind(world, hook, _MANY))
        grown = tracemalloc.get_traced_memory()[0] - used
    finally:
        tracemalloc.stop()
    assert await world.owner.fetchval(_ROWS, hook) <= _FEW
    assert grown < 4_000_000, "an object for each fact would take more"


async def _away(world: World, receiver: Receiver) -> str:
    """A webhook whose address has answered a ping, and answers nothing else."""
    world.start()
    hook = await world.active("government_xa", receiver.url, types=["escm.centres.*"], bulk="each", rate=100)
    receiver.answers = lambda _received, _count: (503, {}, "")
    return str(hook["id"])


async def _happen(world: World, many: int) -> None:
    start = await world.owner.fetchval(_HEAD)
    await world.owner.execute(_FACTS, many)

    async def sequenced() -> bool:
        return bool(await world.owner.fetchval(_HEAD) >= start + many)

    await eventually(sequenced)


async def _is_behind(world: World, hook: str, events: int) -> bool:
    found = (await world.caller.send("government_xa", "GET", f"/webhooks/{hook}")).json()
    return bool(found["behind"]["events"] >= min(events, SCANNED))


async def test_a_webhook_is_behind_by_what_its_owner_may_read(world: World) -> None:
    """Also where nobody drives it: what happens elsewhere is counted for who reads everything."""
    names = ("government_xa", "government_xb", "admin")
    hooks = {name: await world.make(name, "https://receiver.example/in") for name in names}
    await happen(world, 3, "XA")
    await happen(world, 5, "XB")
    for name, events in (("government_xa", 3), ("government_xb", 5)):
        await eventually(lambda name=name, events=events: _counts(world, name, hooks[name], events))  # type: ignore[misc]
        assert (await world.read(name, hooks[name]))["behind"]["seconds"] > 0
        assert await _counts(world, "admin", hooks[name], events)
    assert (await world.read("admin", hooks["admin"]))["behind"]["events"] >= 8


async def test_a_webhook_that_another_made_is_behind_by_what_its_owner_may_read(
    world: World, engine: WebhookEngine, receiver: Receiver
) -> None:
    """As soon as a worker has looked at the owner's grants."""
    made = await world.client("XA", "membership.*", "access.*")
    hook = await world.make("admin", receiver.url, owner={"kind": "client", "id": made["id"]})
    await world.answered(made["name"], hook)
    assert (await world.caller.step(made["name"], hook["links"]["self"], "verify")).status_code == 200
    receiver.answers = lambda _received, _count: (503, {}, "")
    await happen(world, 100, "XB")
    await happen(world, 40, "XA")

    async def is_failing() -> bool:
        found = await world.read(made["name"], hook)
        return bool(found["health"]["state"] == "failing" and found["behind"]["events"])

    await eventually(is_failing)
    assert 20 <= (await world.read(made["name"], hook))["behind"]["events"] <= 40


async def _counts(world: World, name: str, hook: Answer, events: int) -> bool:
    return bool((await world.read(name, hook))["behind"]["events"] == events)
