"""The worker of `working.py` in the next release: with one more type of job and one more reaction."""

import os
from collections.abc import Sequence

import uvloop

from services.membership.settings import MembershipSettings
from shared.contracts.envelope import Fact
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.process import Process
from shared.messaging.worker import Worker
from tests.faults.working import JOBS, LEASE, SERVICE, react, steps

TYPE = "escm.membership.expert.praised.v1"
"""A fact that the present release does not know."""
_REACTED = "INSERT INTO faults_work (job, step, worker) SELECT f, 1, $2 FROM unnest($1::uuid[]) f"


async def praise(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await uow.connection.execute(_REACTED, [fact.id for fact in facts], os.getpid())


async def main() -> None:
    reactions = {"escm.membership.*": react, TYPE: praise}
    settings = MembershipSettings()
    worker = Worker(SERVICE, settings, reactions, {**JOBS, "praise": steps}, lease=LEASE, patience=0.5)
    await Process("worker", settings, worker).run()


if __name__ == "__main__":
    uvloop.run(main())
