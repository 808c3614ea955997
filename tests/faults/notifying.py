"""A worker with short leases that reminds experts every second, or one that notifies and mails:
`notifying.py remind | notify`."""

import sys
from datetime import timedelta

import uvloop

from services.access.account_mail.jobs import job_handlers as mail_jobs
from services.access.notifications.jobs import job_handlers
from services.access.reactions import REACTIONS
from services.access.settings import AccessSettings
from services.membership.reminders.operations import remind
from services.membership.settings import MembershipSettings
from shared.contracts.membership import EXPERT_TERM_ENDING
from shared.messaging.schedules import Schedule
from shared.messaging.supervision import stop_on_signals
from shared.messaging.worker import Worker

_SHORT = {"lease": 1.0, "patience": 0.5}


async def main(what: str) -> None:
    if what == "remind":
        schedules = {"remind": Schedule(timedelta(seconds=1), remind)}
        worker = Worker("membership", MembershipSettings(), {}, {}, schedules, **_SHORT)
    else:
        settings = AccessSettings()
        reactions = {EXPERT_TERM_ENDING: REACTIONS[EXPERT_TERM_ENDING]}
        worker = Worker("access", settings, reactions, {**mail_jobs(settings), **job_handlers(settings)}, {}, **_SHORT)
    stop_on_signals(worker.stop)
    await worker.work()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
