"""The worker of actions, or the relay, in a separate process, with short leases: `program.py worker|relay`."""

import sys

import uvloop

from services.actions.bulk import EXPORTABLE, IMPORTABLE
from services.actions.measurement.validations.jobs import VALIDATION_JOBS
from services.actions.settings import ActionsSettings
from shared.bulk.running import BulkJobs
from shared.messaging.relay import Relay
from shared.messaging.supervision import stop_on_signals
from shared.messaging.worker import Worker


async def main(what: str) -> None:
    settings = ActionsSettings()
    if what == "relay":
        process: Relay | Worker = Relay(settings, grace=0.5, lease=1.0, backoff=0.05)
    else:
        bulk = BulkJobs(settings, IMPORTABLE, EXPORTABLE)
        handlers = {**bulk.handlers, **VALIDATION_JOBS}
        process = Worker("actions", settings, {}, handlers, bulk.schedules, lease=3.0, patience=0.5)
    stop_on_signals(process.stop)
    await process.work()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
