"""A worker of membership with short leases, whose jobs, ticks and reactions write rows, or a relay with short ones:
`working.py worker [beat] [react] | relay [patient]`."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import uvloop

from services.membership.settings import MembershipSettings
from shared.contracts.envelope import Fact
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.job_run import JobRun
from shared.messaging.process import Part, Process
from shared.messaging.relay import Relay
from shared.messaging.schedules import Schedule
from shared.messaging.worker import Worker

SERVICE = "membership"
ATTEMPTS, _PATIENT = 3, 8
"""Attempts of a job, and those where a test kills its workers more often than that."""
LEASE = 1.0
_NOTE = "INSERT INTO faults_work (job, step, worker) VALUES ($1, $2, $3)"
_REACTED = "INSERT INTO faults_work (job, step, worker) SELECT f, 0, $2 FROM unnest($1::uuid[]) f"


async def steps(run: JobRun) -> dict[str, Any]:
    """Each step is a transaction; what an earlier attempt committed is not repeated."""
    count, pause = run.payload["steps"], run.payload["pause"]
    for step in range(count):
        async with run.unit_of_work() as uow:
            if await run.once(uow, str(step)):
                await uow.connection.execute(_NOTE, run.id, step, os.getpid())
        await run.progress(step + 1, count)
        await asyncio.sleep(pause)
    return {"steps": count}


async def die(run: JobRun) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def fail(run: JobRun) -> None:
    raise RuntimeError("as ever")


async def beat(uow: UnitOfWork) -> None:
    """Stores the job of the tick, in its transaction."""
    await uow.connection.execute(_NOTE, UUID(uow.origin.request_id), 0, os.getpid())


async def react(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Stores the facts; bulk ones take longer."""
    if facts[0].bulk:
        await asyncio.sleep(0.2)
    await uow.connection.execute(_REACTED, [fact.id for fact in facts], os.getpid())


JOBS = {"steps": steps, "die": die, "fail": fail}
SCHEDULES = {"beat": Schedule(timedelta(seconds=1), beat)}


async def main(what: str, *more: str) -> None:
    settings = MembershipSettings()
    if what == "relay":
        attempts = _PATIENT if "patient" in more else ATTEMPTS
        part: Part = Relay(settings, grace=0.5, lease=LEASE, attempts=attempts, backoff=0.05)
    else:
        schedules = SCHEDULES if "beat" in more else {}
        reactions = {"escm.membership.*": react} if "react" in more else {}
        part = Worker(SERVICE, settings, reactions, JOBS, schedules, lease=LEASE, patience=0.5)
    await Process("worker", settings, part).run()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
