"""A worker with short leases that mails signers and lets supports follow merges."""

import uvloop

from services.membership.references import EXPERTS
from services.membership.settings import MembershipSettings
from services.membership.supports.domain import SUPPORT
from services.membership.supports.signing import prepare
from shared.contracts.membership import EXPERT_MERGED, EXPERT_UNMERGED
from shared.mail.sending import mail_handlers
from shared.messaging.inbox import of_each_subject
from shared.messaging.supervision import stop_on_signals
from shared.messaging.worker import Worker


async def main() -> None:
    settings = MembershipSettings()
    follow = of_each_subject(EXPERTS.rewrite)
    reactions = {EXPERT_MERGED: follow, EXPERT_UNMERGED: follow}
    worker = Worker(
        "membership", settings, reactions, mail_handlers(settings, {SUPPORT: prepare}), {}, lease=1.0, patience=0.5
    )
    stop_on_signals(worker.stop)
    await worker.work()


if __name__ == "__main__":
    uvloop.run(main())
