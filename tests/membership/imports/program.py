"""The worker of membership, or the relay, in a separate process, with short leases: `program.py worker|relay`."""

import sys

import uvloop

from services.membership.bulk import EXPORTABLE, IMPORTABLE, STEPPABLE
from services.membership.issuing.bulk_issues.jobs import job_handlers as bulk_issue_jobs
from services.membership.settings import MembershipSettings
from shared.bulk.running import BulkJobs
from shared.bulk.stepping import StepJobs
from shared.messaging.process import Part, Process
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker


async def main(what: str) -> None:
    settings = MembershipSettings()
    if what == "relay":
        part: Part = Relay(settings, grace=0.5, lease=1.0, backoff=0.05)
    else:
        bulk = BulkJobs(settings, IMPORTABLE, EXPORTABLE)
        handlers = {**bulk.handlers, **StepJobs(STEPPABLE).handlers, **bulk_issue_jobs(settings)}
        part = Worker("membership", settings, {}, handlers, bulk.schedules, lease=3.0, patience=0.5)
    await Process("worker", settings, part).run()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
