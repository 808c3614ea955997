"""The worker of actions, or the relay, in a separate process, with short leases: `program.py worker|relay`."""

import sys

import uvloop

from services.actions.bulk import EXPORTABLE, IMPORTABLE
from services.actions.measurement.validations.jobs import VALIDATION_JOBS
from services.actions.settings import ActionsSettings
from shared.bulk.running import BulkJobs
from shared.messaging.process import Part, Process
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker


async def main(what: str) -> None:
    settings = ActionsSettings()
    if what == "relay":
        part: Part = Relay(settings, grace=0.5, lease=1.0, backoff=0.05)
    else:
        bulk = BulkJobs(settings, IMPORTABLE, EXPORTABLE)
        handlers = {**bulk.handlers, **VALIDATION_JOBS}
        part = Worker("actions", settings, {}, handlers, bulk.schedules, lease=3.0, patience=0.5)
    await Process("worker", settings, part).run()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
