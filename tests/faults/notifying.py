"""A worker with short leases that reminds experts or centres every second, or one that notifies and mails:
`notifying.py remind | remind_reports | notify`."""

import sys
from datetime import timedelta

import uvloop

from services.access.notifying.notifications.jobs import job_handlers
from services.access.reactions import REACTIONS
from services.access.self_service.account_mail.jobs import job_handlers as mail_jobs
from services.access.settings import AccessSettings
from services.centres.reporting.annual_reports.operations import remind as remind_reports
from services.centres.settings import CentresSettings
from services.membership.mailing.reminders.operations import remind
from services.membership.settings import MembershipSettings
from shared.configuration.settings import Settings
from shared.contracts.centres import ANNUAL_REPORT_REPORT_DUE
from shared.contracts.membership import EXPERT_TERM_ENDING
from shared.messaging.process import Process
from shared.messaging.schedules import Schedule
from shared.messaging.worker import Worker

_SHORT = {"lease": 1.0, "patience": 0.5}


async def main(what: str) -> None:
    settings: Settings
    if what == "remind":
        schedules = {"remind": Schedule(timedelta(seconds=1), remind)}
        settings = MembershipSettings()
        worker = Worker("membership", settings, {}, {}, schedules, **_SHORT)
    elif what == "remind_reports":
        schedules = {"remind": Schedule(timedelta(seconds=1), remind_reports)}
        settings = CentresSettings()
        worker = Worker("centres", settings, {}, {}, schedules, **_SHORT)
    else:
        settings = access = AccessSettings()
        reactions = {fact: REACTIONS[fact] for fact in (EXPERT_TERM_ENDING, ANNUAL_REPORT_REPORT_DUE)}
        worker = Worker("access", access, reactions, {**mail_jobs(access), **job_handlers(access)}, {}, **_SHORT)
    await Process("worker", settings, worker).run()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
