"""A worker of membership with short leases, which reacts to facts about experts and centres."""

import uvloop

from services.membership.reactions import REACTIONS
from services.membership.settings import MembershipSettings
from shared.messaging.process import Process
from shared.messaging.worker import Worker

_ABOUT = ("escm.membership.expert.", "escm.centres.centre.")


async def main() -> None:
    reactions = {name: react for name, react in REACTIONS.items() if name.startswith(_ABOUT)}
    settings = MembershipSettings()
    worker = Worker("membership", settings, reactions, {}, {}, lease=1.0, patience=0.5)
    await Process("worker", settings, worker).run()


if __name__ == "__main__":
    uvloop.run(main())
