"""The job that validates results anew after a rule was published or retired or a file was imported, and those that were
never validated."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.actions.measurement.results.revalidation import Chosen, lack_states, revalidate_next
from services.actions.measurement.validation_rules.operations import VALIDATION_JOB
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import SYSTEM
from shared.messaging.job_run import JobHandlers, JobRun
from shared.messaging.outbox import defer


async def order_validation(uow: UnitOfWork) -> None:
    """Assigns the validation of results that were never validated to the worker, if there are any."""
    if await lack_states(uow.connection):
        defer(uow, "actions", VALIDATION_JOB, {}, created_by=SYSTEM.label)


async def _validate(run: JobRun) -> dict[str, Any]:
    """Each batch is one transaction; a job that was killed validates them again."""
    payload, after, batches = run.payload, UUID(int=0), 0
    chosen = _chosen(payload) if payload else None
    while True:
        async with run.unit_of_work() as uow:
            last = await revalidate_next(uow, chosen, after)
        if last is None:
            return {"batches": batches}
        after, batches = last, batches + 1
        await run.progress(batches)


def _chosen(payload: Mapping[str, Any]) -> Chosen:
    indicators = payload.get("indicators")
    return Chosen(indicators and [UUID(key) for key in indicators], payload["country"])


VALIDATION_JOBS: JobHandlers = {VALIDATION_JOB: _validate}
