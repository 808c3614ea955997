"""A worker with short leases that mails signers, also the decisions of the office, and lets supports follow merges."""

import uvloop

from services.membership.initiatives.supports.domain import SUPPORT
from services.membership.initiatives.supports.signing import prepare
from services.membership.issuing.support_mails.jobs import job_handlers
from services.membership.issuing.support_mails.operations import TEMPLATES
from services.membership.issuing.support_mails.operations import prepare as prepare_decision
from services.membership.references import EXPERTS
from services.membership.settings import MembershipSettings
from shared.contracts.membership import EXPERT_MERGED, EXPERT_UNMERGED
from shared.mail.sending import mail_handlers
from shared.messaging.inbox import of_each_subject
from shared.messaging.process import Process
from shared.messaging.worker import Worker


async def main() -> None:
    settings = MembershipSettings()
    follow = of_each_subject(EXPERTS.rewrite)
    reactions = {EXPERT_MERGED: follow, EXPERT_UNMERGED: follow}
    decisions = dict.fromkeys(TEMPLATES.values(), prepare_decision)
    handlers = {**mail_handlers(settings, {SUPPORT: prepare, **decisions}), **job_handlers(settings)}
    worker = Worker("membership", settings, reactions, handlers, {}, lease=1.0, patience=0.5)
    await Process("worker", settings, worker).run()


if __name__ == "__main__":
    uvloop.run(main())
