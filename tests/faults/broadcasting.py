"""A worker with short leases that sends broadcasts, and looks for some every second."""

from datetime import timedelta

import uvloop

from services.membership.mailing.broadcasts.jobs import job_handlers
from services.membership.mailing.broadcasts.sending import send_due
from services.membership.settings import MembershipSettings
from shared.messaging.process import Process
from shared.messaging.schedules import Schedule
from shared.messaging.worker import Worker


async def main() -> None:
    settings = MembershipSettings()
    schedules = {"send_broadcasts": Schedule(timedelta(seconds=1), send_due)}
    worker = Worker("membership", settings, {}, job_handlers(settings), schedules, lease=1.0, patience=0.5)
    await Process("worker", settings, worker).run()


if __name__ == "__main__":
    uvloop.run(main())
