"""A worker, or a relay, with short leases, whose one reaction writes an effect: `reacting.py worker MODE | relay`."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

import uvloop

from services.membership.settings import MembershipSettings
from shared.contracts.envelope import Fact
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.process import Part, Process
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker

TYPE = "escm.membership.expert.created.v1"
CONSUMER = "centres"
"""The worker works under this service's name; the service's own worker does not run at the same time."""


class CentresSettings(MembershipSettings):
    """Logs in as the consumer."""

    service = CONSUMER


async def note(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    for fact in facts:
        await uow.connection.execute("INSERT INTO faults_effect (fact, worker) VALUES ($1, $2)", fact.id, os.getpid())


async def die(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await note(uow, facts)
    os.kill(os.getpid(), signal.SIGKILL)


async def stall(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await note(uow, facts)
    os.kill(os.getpid(), signal.SIGSTOP)


async def wait(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await note(uow, facts)
    await asyncio.sleep(0.05)


_MODES = {"note": note, "die": die, "stall": stall, "wait": wait}


async def main(what: str, mode: str = "note") -> None:
    settings = CentresSettings()
    if what == "relay":
        part: Part = Relay(settings, grace=0.5, lease=1.0, backoff=0.05)
    else:
        part = Worker(CONSUMER, settings, {TYPE: _MODES[mode]}, lease=1.0, patience=0.5)
    await Process("worker", settings, part).run()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
