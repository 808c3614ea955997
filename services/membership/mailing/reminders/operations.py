"""Announces reminders, from which notifications and mails follow."""

from dataclasses import replace

from services.membership.mailing.reminders import queries
from services.membership.mailing.reminders.domain import RETENTION
from services.membership.register.experts.operations import EXPERTS
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today

_AT_ONCE = 2_500
_BATCHES = 4


async def remind(uow: UnitOfWork) -> None:
    """Announces up to 10,000 reminders that are due, each once for its expert, kind and day: the row that prevents a
    repetition, the audit entry and the fact are one transaction."""
    uow.origin = replace(uow.origin, bulk=True)
    for _ in range(_BATCHES):
        due = await queries.lock_due(uow.connection, today(), _AT_ONCE)
        if not due:
            break
        new = await queries.add(uow.connection, due)
        for one in due:
            if one.key in new:
                EXPERTS.record_change(uow, "remind", one.expert, one.expert, one.kind)
    await queries.delete_old(uow.connection, today() - RETENTION)
