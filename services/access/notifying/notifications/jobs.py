"""Enqueues the mails of notifications."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.access.notifying.notifications import operations
from services.access.notifying.notifications.operations import DIGEST, DIGEST_JOB, MAIL_JOB, TEMPLATE, WORK_JOB, prepare
from services.access.notifying.notifications.waiting import notify_of_work, people_with_work
from services.access.settings import AccessSettings
from shared.bulk.creators import principal_of
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Forbidden
from shared.kernel.principal import SYSTEM, PrincipalKind
from shared.mail.sealing import MailSeal
from shared.mail.sending import Preparation
from shared.messaging.job_run import JobHandlers, JobRun
from shared.messaging.outbox import defer

PREPARATIONS: dict[str, Preparation] = {TEMPLATE: prepare, DIGEST: prepare}


def job_handlers(settings: AccessSettings) -> JobHandlers:
    """The handlers that enqueue mails and digests. An attempt continues where the last one stopped."""
    seal, origin = MailSeal(settings), settings.issuer.rstrip("/")

    async def mail(run: JobRun) -> dict[str, Any]:
        return await _repeat(run, lambda uow: operations.mail_waiting(uow, seal, origin))

    async def digest(run: JobRun) -> dict[str, Any]:
        until = datetime.fromisoformat(run.payload["before"])
        waiting = await _notify_of_work(run, until)
        return await _repeat(run, lambda uow: operations.mail_digests(uow, seal, origin, until, waiting))

    return {MAIL_JOB: mail, DIGEST_JOB: digest, WORK_JOB: _work}


async def _work(run: JobRun) -> dict[str, Any]:
    """Notifies those who want to know at once of what waits among these records."""
    found = await _notify_of_work(run, now(), [UUID(key) for key in run.payload["records"]])
    return {"accounts": len(found)}


async def _notify_of_work(run: JobRun, at: datetime, records: Sequence[UUID] | None = None) -> dict[UUID, int]:
    """Notifies people of what waited for them at this instant, each in a transaction; with `records` only those who
    want to know at once. Returns how many records wait for each."""
    found: dict[UUID, int] = {}
    after = UUID(int=0)
    while True:
        async with run.unit_of_work() as uow:
            people = await people_with_work(uow.connection, after, at_once=records is not None)
        for person in people:
            if count := await _notify_person(run, person, at, records):
                found[person] = count
        if not people:
            return found
        after = people[-1]


async def _notify_person(run: JobRun, person: UUID, at: datetime, records: Sequence[UUID] | None) -> int:
    try:
        principal = await principal_of(run.database, f"{PrincipalKind.ACCOUNT}:{person}")
    except Forbidden:
        return 0
    async with run.unit_of_work() as uow:
        deliveries, count = await notify_of_work(uow, principal, at, records)
        if "mail" in deliveries:
            defer(uow, "access", MAIL_JOB, {}, created_by=SYSTEM.label)
    return count


async def _repeat(run: JobRun, act: Callable[[UnitOfWork], Awaitable[int]]) -> dict[str, Any]:
    """Acts in transactions of its own until nothing is left."""
    count, taken = 0, 1
    while taken:
        async with run.unit_of_work() as uow:
            taken = await act(uow)
        count += taken
    return {"notifications": count}
