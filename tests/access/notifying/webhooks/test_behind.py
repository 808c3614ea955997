"""A webhook that is far behind costs a number: no table grows with what it misses, and no memory."""

import tracemalloc

import pytest

from tests.access.notifying.webhooks.receiver import Receiver
from tests.access.notifying.webhooks.world import World
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
    return bool(found["behind"]["events"] >= events)
