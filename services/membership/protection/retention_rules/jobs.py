"""The job that applies a retention rule."""

from typing import Any
from uuid import UUID

from services.membership.protection.retention_rules import operations
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import Origin
from shared.messaging.job_run import JobCancelled, JobHandlers, JobRun

_AT_ONCE = 200


async def apply_retention_rule(run: JobRun) -> dict[str, Any]:
    """Applies a rule in batches until no record is due. A batch is one transaction, so that a job that was cut off
    continues with the rest. `left` are records that are due still, since others have locked them or the rule was
    retired."""
    rule, taken = UUID(run.payload["rule"]), 0
    while True:
        origin = Origin(request_id=str(run.id), bulk=True)
        async with run.unit_of_work(SYSTEM_CONTEXT, origin) as uow:
            found = await operations.take(uow, rule, _AT_ONCE)
            left = 0 if found else await operations.remaining(uow, rule)
        taken += found
        if not found:
            return {"taken": taken, "left": left}
        await run.progress(taken)
        if run.cancelled:
            raise JobCancelled


RETENTION_JOBS: JobHandlers = {operations.APPLY: apply_retention_rule}
