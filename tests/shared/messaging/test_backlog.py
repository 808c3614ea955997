"""The time to work off a backlog grows linearly, even with plans made on an empty table."""

from uuid import uuid4

import asyncpg

from shared.messaging.sequencer import Leader

_CHUNK = 2_000
_FACTS = """
INSERT INTO core_outbox (fact, type, time, subject, ref, version, country, visibility, link, bulk)
SELECT uuidv7(), 'escm.membership.expert.updated.v1', now(), uuidv7(), 'EXP-000001', 1, 'XA', 'network', '/x', true
FROM generate_series(1, $1)
"""
_PREPARED = "SELECT name FROM pg_prepared_statements WHERE statement LIKE $1"


async def test_a_burst_after_long_idleness_is_not_compared_row_by_row(admin: asyncpg.Connection) -> None:
    """With `id IN (… LIMIT)` the plan made on the empty table compared each waiting fact with each of the chunk."""
    leader = await Leader.elect(admin, uuid4(), 60)
    assert leader is not None
    await admin.execute(_FACTS, 200)
    await leader.tick(_CHUNK, (), None)
    await admin.execute("VACUUM ANALYZE core_outbox")
    for _ in range(12):
        await leader.tick(_CHUNK, (), None)
    name = await admin.fetchval(_PREPARED, "%DELETE FROM core_outbox%")
    lines = await admin.fetch(f"EXPLAIN (COSTS OFF) EXECUTE \"{name}\"('relay', '{uuid4()}', 1, {_CHUNK}, 60)")
    plan = "\n".join(line[0] for line in lines)
    assert "$1" in plan, f"no plan for all times: {plan}"
    assert "Semi Join" not in plan, plan
    await admin.execute(_FACTS, 5_000)
    assert [(await leader.tick(_CHUNK, (), None))[0] for _ in range(4)] == [2_000, 2_000, 1_000, 0]
