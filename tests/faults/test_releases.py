"""Promise 9: workers of two releases on a database that is migrated to the later one lose nothing."""

from collections import Counter
from uuid import UUID

import asyncpg

from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.load import writing
from tests.faults.next_release_worker import TYPE
from tests.faults.test_migration import next_release
from tests.faults.workers import WorkerPool, open_workers
from tests.support.waiting import eventually

_PRAISE = """
INSERT INTO core_outbox (fact, type, time, subject, ref, version, country, visibility, link, bulk, reason)
SELECT uuidv7(), $1, now(), uuidv7(), 'EXP-PRAISED', 1, 'XA', 'public', '/', false, 'as the next release says'
FROM generate_series(1, 20)
"""
_FACTS = """
SELECT f.fact, f.type FROM core_fact f LEFT JOIN member_expert e ON e.id = f.subject
WHERE f.type = $1 OR e.names->0->>'family' LIKE $2 || '%'
"""
_REACTIONS = "SELECT job, step, count(*) AS n FROM faults_work WHERE job = ANY($1) GROUP BY job, step"
_SUBSCRIBED = "SELECT count(*) FROM core_subscription WHERE service = 'membership' AND pattern = $1"
_DEAD = "SELECT count(*) FROM core_batch WHERE service = 'membership' AND status = 'failed'"
_HOW = "SELECT status, attempts FROM core_job WHERE id = ANY($1)"


async def _fully_reacted_to(connection: asyncpg.Connection, history: History, done: int) -> bool:
    """Whether each fact had each of its reactions exactly once."""
    facts = {row["fact"]: row["type"] for row in await connection.fetch(_FACTS, TYPE, history.prefix)}
    rows = await connection.fetch(_REACTIONS, list(facts))
    found = {(row["job"], row["step"]): row["n"] for row in rows}
    assert set(found.values()) <= {1}, Counter(found.values())
    wanted = {(fact, 0) for fact in facts} | {(fact, 1) for fact, kind in facts.items() if kind == TYPE}
    return len(facts) == done and found.keys() == wanted


async def _jobs_are(workers: WorkerPool, jobs: list[UUID], status: str) -> bool:
    return {row["status"] for row in await workers.connection.fetch(_HOW, jobs)} == {status}


async def test_workers_of_two_releases_side_by_side(cluster: Cluster, history: History) -> None:
    client = cluster.client("second", timeout=20)
    async with next_release(cluster) as start, open_workers(cluster) as workers:
        status, said = await start()
        assert status == 0, said
        next_release_worker = cluster.worker("next-release", "tests.faults.next_release_worker")
        try:
            await workers.start_workers(2, "react")
            async with writing(history, [client], count=3):
                known = [await workers.add_job("steps", steps=3, pause=0.05) for _ in range(10)]
                unknown = [await workers.add_job("praise", steps=3, pause=0.05) for _ in range(10)]
                await eventually(lambda: _jobs_are(workers, known, "succeeded"), within=60)
                assert await _jobs_are(workers, unknown, "queued")
                await next_release_worker.start()
                await eventually(lambda: workers.connection.fetchval(_SUBSCRIBED, TYPE), within=30)
                await workers.connection.execute(_PRAISE, TYPE)
                more = [await workers.add_job("steps", steps=20, pause=0.05) for _ in range(10)]
                for worker in workers.processes:
                    await worker.stop()
                await workers.connection.execute(_PRAISE, TYPE)
                jobs = [*known, *unknown, *more]
                await eventually(lambda: _jobs_are(workers, jobs, "succeeded"), within=90)
            done = history.statuses()["201"]
            assert history.statuses().keys() == {"201"}
            await eventually(lambda: _fully_reacted_to(workers.connection, history, done + 40), within=60)
            assert {row["attempts"] for row in await workers.connection.fetch(_HOW, jobs)} == {1}
            assert await workers.connection.fetchval(_DEAD) == 0
            assert await history.faults(workers.connection) == []
        finally:
            cluster.discard(next_release_worker)
    await client.close()
