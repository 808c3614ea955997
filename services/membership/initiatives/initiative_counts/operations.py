"""The figures of past days, and figures that a process keeps for a minute."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from uuid import UUID

from services.membership.initiatives.initiative_counts import queries
from services.membership.initiatives.initiative_counts.queries import Organisations
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, today

LIFE = timedelta(seconds=60)
_MOST = 1_000


class RecentOrganisations:
    """The organisations of the initiatives that were asked for, each counted by a process once a minute, and when the
    number of supporters has changed. Callers during a count share it."""

    def __init__(self) -> None:
        self._counted: dict[UUID, tuple[datetime, int, asyncio.Task[Organisations]]] = {}

    async def get(
        self, initiative: UUID, supporters: int, count: Callable[[], Coroutine[None, None, Organisations]]
    ) -> Organisations:
        """The organisations of an initiative with so many supporters."""
        at, found = now(), self._counted.get(initiative)
        if found is None or found[1] != supporters or not timedelta() <= at - found[0] < LIFE:
            if len(self._counted) >= _MOST:
                self._counted.pop(next(iter(self._counted)))
            found = self._counted[initiative] = at, supporters, asyncio.create_task(count())
        try:
            return await asyncio.shield(found[2])
        except Exception:
            self._counted.pop(initiative, None)
            raise


async def store_yesterday(uow: UnitOfWork) -> None:
    """Stores the organisations of yesterday, which later matches do not change."""
    await queries.store_day(uow.connection, today() - timedelta(days=1))
