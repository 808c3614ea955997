"""Workers that a test starts, kills and replaces, a relay with short leases, and their jobs."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from deploy.local.child import Stage
from shared.database.ids import uuid7
from tests.faults.cluster import Cluster
from tests.faults.processes import Process
from tests.faults.working import SERVICE

_PROGRAM = "tests.faults.working"
_OPEN = """
CREATE TABLE faults_work (job uuid, step integer, worker integer, at timestamptz DEFAULT clock_timestamp());
GRANT INSERT ON faults_work TO escm_membership;
INSERT INTO core_consumer (service, bulk, position)
SELECT 'membership', bulk, coalesce((SELECT position FROM core_lease WHERE name = 'relay'), 0)
FROM unnest(ARRAY[false, true]) bulk ON CONFLICT (service, bulk) DO UPDATE SET position = excluded.position
"""
_CLOSE = """
DROP TABLE faults_work;
DELETE FROM core_subscription WHERE service = 'membership'; DELETE FROM core_consumer WHERE service = 'membership';
DELETE FROM core_batch WHERE service = 'membership'; DELETE FROM core_job WHERE service = 'membership';
DELETE FROM core_schedule
"""
_JOB = """
INSERT INTO core_job (id, service, job_type, payload, created_by, principal, bulk)
VALUES ($1, $2, $3, $4, 'system', 'somebody', $5)
"""


class WorkerPool:
    """`connection` is the superuser's; `faults_work` holds the effects of the jobs."""

    def __init__(self, cluster: Cluster, connection: asyncpg.Connection) -> None:
        self.cluster = cluster
        self.connection = connection
        self.processes: list[Process] = []

    async def start_workers(self, count: int, *arguments: str) -> None:
        """Starts so many more workers."""
        for _ in range(count):
            name = f"worker{len(self.processes)}"
            worker = self.cluster.worker(name, _PROGRAM, "worker", *arguments)
            self.processes.append(worker)
            await worker.start()

    async def restart_stopped(self) -> None:
        """Starts dead workers again."""
        for worker in self.processes:
            if not worker.is_running:
                await worker.start()

    async def add_job(self, kind: str, *, bulk: bool = False, **payload: Any) -> UUID:
        """A job, committed like that of a service, without a notification."""
        job = uuid7()
        await self.connection.execute(_JOB, job, SERVICE, kind, json.dumps(payload), bulk)
        return job

    async def ended(self, jobs: list[UUID]) -> bool:
        """Whether none of the jobs is open."""
        left = "SELECT count(*) FROM core_job WHERE id = ANY($1) AND finished_at IS NULL"
        return await self.connection.fetchval(left, jobs) == 0

    async def done(self, jobs: list[UUID]) -> dict[tuple[UUID, int], int]:
        """How often each step of the jobs has had its effect."""
        rows = await self.connection.fetch(
            "SELECT job, step, count(*) AS n FROM faults_work WHERE job = ANY($1) GROUP BY job, step", jobs
        )
        return {(row["job"], row["step"]): row["n"] for row in rows}


@asynccontextmanager
async def open_workers(cluster: Cluster) -> AsyncIterator[WorkerPool]:
    """A pool without workers; everything of it is removed at the end."""
    await cluster.relay.stop()
    relay = cluster.worker("workers-relay", _PROGRAM, "relay", stage=Stage.RELAY)
    async with cluster.superuser() as connection:
        await connection.execute(_OPEN)
        workers = WorkerPool(cluster, connection)
        try:
            await relay.start()
            yield workers
        finally:
            for process in (*workers.processes, relay):
                cluster.discard(process)
            await connection.execute(_CLOSE)
