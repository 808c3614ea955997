"""A worker of membership with short leases, which reacts to facts about experts and centres."""

import uvloop

from services.membership.reactions import REACTIONS
from services.membership.settings import MembershipSettings
from shared.messaging.supervision import stop_on_signals
from shared.messaging.worker import Worker

_ABOUT = ("escm.membership.expert.", "escm.centres.centre.")


async def main() -> None:
    reactions = {name: react for name, react in REACTIONS.items() if name.startswith(_ABOUT)}
    worker = Worker("membership", MembershipSettings(), reactions, {}, {}, lease=1.0, patience=0.5)
    stop_on_signals(worker.stop)
    await worker.work()


if __name__ == "__main__":
    uvloop.run(main())
