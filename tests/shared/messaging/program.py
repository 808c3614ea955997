"""A relay or worker in a separate process: `program.py relay|worker MODE`. Short leases keep the tests short."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

import uvloop

from shared.contracts.envelope import Fact
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.job_run import JobRun
from shared.messaging.process import Part, Process
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from tests.shared.messaging.conftest import EFFECT, MessagingSettings

ANY = "escm.membership.*"


async def note(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    for fact in facts:
        await uow.connection.execute("INSERT INTO effect (fact, note) VALUES ($1, $2)", fact.id, str(os.getpid()))


async def append(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    for fact in facts:
        uow.append(EFFECT, fact=fact.id, note="")


async def die(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await note(uow, facts)
    os.kill(os.getpid(), signal.SIGKILL)


async def stall(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await note(uow, facts)
    os.kill(os.getpid(), signal.SIGSTOP)


async def die_at_job(run: JobRun) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def long_job(run: JobRun) -> None:
    async with run.unit_of_work() as uow:
        await uow.connection.execute("INSERT INTO effect (fact, note) VALUES ($1, 'begun')", run.id)
    await asyncio.sleep(run.payload["seconds"])
    async with run.unit_of_work() as uow:
        if await run.once(uow, "end"):
            await uow.connection.execute("INSERT INTO effect (fact, note) VALUES ($1, 'ended')", run.id)


REACTIONS = {"note": note, "append": append, "die": die, "stall": stall}
JOBS = {"die": die_at_job, "long": long_job}


async def main(what: str, mode: str = "note") -> None:
    settings = MessagingSettings()
    if what == "relay":
        part: Part = Relay(settings, grace=0.5, lease=1.0, backoff=0.05)
    else:
        part = Worker("membership", settings, {ANY: REACTIONS[mode]}, JOBS, lease=1.0, patience=0.5)
    await Process("worker", settings, part).run()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
