"""The publishing worker, or the relay, in a separate process, with short leases: `program.py worker|relay`."""

import sys

import uvloop

from services.actions.global_report.builds.jobs import build_jobs
from services.actions.global_report.builds.operations import build_files
from services.actions.settings import PUBLISHING, ActionsSettings
from shared.messaging.relay import Relay
from shared.messaging.supervision import stop_on_signals
from shared.messaging.worker import Worker


async def main(what: str) -> None:
    settings = ActionsSettings(issuer="https://escm.test")
    if what == "relay":
        process: Relay | Worker = Relay(settings, grace=0.5, lease=1.0, backoff=0.05)
    else:
        process = Worker(
            PUBLISHING, settings, {}, build_jobs(build_files(settings), settings), {}, lease=3.0, patience=0.5
        )
    stop_on_signals(process.stop)
    await process.work()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
