"""The worker of membership: its reactions, the jobs of imports and exports, and what time does."""

from datetime import timedelta

from services.membership.bulk import IMPORTABLE
from services.membership.experts.operations import pass_time as end_terms
from services.membership.reactions import REACTIONS
from services.membership.settings import MembershipSettings
from services.membership.statistics.operations import check_counts, fold_counts, release_gender_balance
from shared.bulk.running import BulkJobs
from shared.messaging.schedules import Schedule, Schedules
from shared.messaging.worker import Worker

SCHEDULES: Schedules = {
    "end_terms": Schedule(timedelta(minutes=15), end_terms, catch_up=1),
    "fold_counts": Schedule(timedelta(seconds=30), fold_counts, catch_up=1),
    "check_counts": Schedule(timedelta(days=1), check_counts, catch_up=1),
    "release_gender_balance": Schedule(timedelta(days=1), release_gender_balance, catch_up=1),
}


def create_worker(settings: MembershipSettings | None = None) -> Worker:
    """The worker under the given settings, or those of the environment."""
    settings = settings or MembershipSettings()
    bulk = BulkJobs(settings, IMPORTABLE)
    return Worker("membership", settings, REACTIONS, bulk.handlers, {**bulk.schedules, **SCHEDULES})


async def run() -> None:
    """Works until told to stop."""
    await create_worker().run()
