"""The worker of membership: its reactions, and the jobs of imports and exports."""

from services.membership.bulk import IMPORTABLE
from services.membership.reactions import REACTIONS
from services.membership.settings import MembershipSettings
from shared.bulk.running import BulkJobs
from shared.messaging.worker import Worker


def create_worker(settings: MembershipSettings | None = None) -> Worker:
    """The worker under the given settings, or those of the environment."""
    settings = settings or MembershipSettings()
    bulk = BulkJobs(settings, IMPORTABLE)
    return Worker("membership", settings, REACTIONS, bulk.handlers, bulk.schedules)


async def run() -> None:
    """Works until told to stop."""
    await create_worker().run()
