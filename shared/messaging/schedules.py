"""Periodic work: each tick is a row and a job, created once among any number of workers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.job_run import JobHandler, JobRun

_PREFIX = "schedule:"
_PLAN = """
WITH span AS (
    SELECT floor(extract(epoch FROM clock_timestamp()) / $3)::bigint AS present,
        (SELECT floor(extract(epoch FROM max(tick)) / $3)::bigint FROM core_schedule WHERE name = $1) AS last
), made AS (
    INSERT INTO core_schedule (name, tick, job)
    SELECT $1, to_timestamp(n * $3), uuidv7()
    FROM span, generate_series(greatest(coalesce(last + 1, present), present - $4 + 1), present) n
    ON CONFLICT DO NOTHING RETURNING job, tick
)
INSERT INTO core_job (id, service, job_type, payload, created_by, principal, bulk, notified)
SELECT job, $2, $5, jsonb_build_object('tick', tick), 'system', 'system', false, true FROM made ORDER BY tick
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Runs `run` in a transaction of its own at every multiple of `every` since 1970, by the database's clock.

    `every` is at least a second. After an outage the latest `catch_up` missed ticks run late. A failed tick is retried
    like a job.
    """

    every: timedelta
    run: Callable[[UnitOfWork], Awaitable[None]]
    catch_up: int = 100


Schedules: TypeAlias = Mapping[str, Schedule]


def job_handlers(schedules: Schedules) -> dict[str, JobHandler]:
    """The handlers of the jobs of ticks."""
    return {f"{_PREFIX}{name}": _handler(schedule) for name, schedule in schedules.items()}


async def plan(connection: Connection, service: str, name: str, schedule: Schedule) -> int:
    """Creates the jobs of all due ticks that have none yet. Returns their number."""
    seconds = schedule.every.total_seconds()
    job_type = f"{_PREFIX}{name}"
    return len(await connection.fetch(_PLAN, f"{service}.{name}", service, seconds, schedule.catch_up, job_type))


def _handler(schedule: Schedule) -> JobHandler:
    async def handle(run: JobRun) -> dict[str, Any] | None:
        async with run.unit_of_work() as uow:
            if await run.once(uow, "tick"):
                await schedule.run(uow)
        return None

    return handle
