"""The actions worker: reacts to facts that change a country's stage, and ends expired endorsements."""

from datetime import timedelta

from services.actions.endorsements.operations import expire_endorsements
from services.actions.programmes.operations import PROGRAMMES
from services.actions.reactions import REACTIONS
from services.actions.settings import ActionsSettings
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.schedules import Schedule, Schedules
from shared.messaging.worker import Worker
from shared.records.pending import expiring


async def _expire(uow: UnitOfWork) -> None:
    await expire_endorsements(uow)


SCHEDULES: Schedules = {
    "expire_endorsements": Schedule(timedelta(hours=1), _expire, catch_up=1),
    "expire_pending_transitions": Schedule(timedelta(minutes=5), expiring(PROGRAMMES), catch_up=1),
}


def create_worker(settings: ActionsSettings | None = None) -> Worker:
    """The worker of the actions service. The settings default to those of the environment."""
    return Worker("actions", settings or ActionsSettings(), REACTIONS, schedules=SCHEDULES)


async def run() -> None:
    """Runs until a signal stops it."""
    await create_worker().run()
