"""The publishing worker, or the relay, in a separate process, with short leases: `program.py worker|relay`."""

import sys

import uvloop

from services.actions.global_report.builds.jobs import build_jobs
from services.actions.global_report.builds.operations import build_files
from services.actions.settings import PUBLISHING, ActionsSettings
from shared.messaging.process import Part, Process
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker


async def main(what: str) -> None:
    settings = ActionsSettings(issuer="https://escm.test")
    if what == "relay":
        part: Part = Relay(settings, grace=0.5, lease=1.0, backoff=0.05)
    else:
        part = Worker(
            PUBLISHING, settings, {}, build_jobs(build_files(settings), settings), {}, lease=3.0, patience=0.5
        )
    await Process("worker", settings, part).run()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
