"""The job that has every service reset its part of a country."""

import asyncio
from collections import Counter
from typing import Any

from services.access.authority.offices.ending import end_without_source
from services.access.notifying.sandbox.operations import RESET_ALL_JOB, tell
from services.access.settings import AccessSettings
from shared.bulk.creators import principal_of
from shared.bulk.resetting import RESET_JOB
from shared.database.unit_of_work import Origin
from shared.kernel.errors import Conflict, Unavailable
from shared.kernel.principal import SYSTEM
from shared.messaging.job_run import JobHandlers, JobRun
from shared.messaging.outbox import defer

_SERVICES = ("membership", "centres", "actions")
_LOOKS, _BETWEEN = 1_200, 0.5
_PARTS = "SELECT status, result FROM core_job WHERE job_type = $1 AND payload ->> 'order' = $2"


def job_handlers(settings: AccessSettings) -> JobHandlers:
    """The handler of resets, in a sandbox; elsewhere none."""
    return {RESET_ALL_JOB: _reset} if settings.environment == "sandbox" else {}


async def _reset(run: JobRun) -> dict[str, Any]:
    """Has each service reset its part, waits for them, and tells it."""
    actor = SYSTEM if run.created_by == SYSTEM.label else await principal_of(run.database, run.created_by)
    countries: list[str] = run.payload["countries"]
    async with run.unit_of_work() as uow:
        if await run.once(uow, "ordered"):
            for country in countries:
                for service in _SERVICES:
                    payload = {"country": country, "order": str(run.id)}
                    defer(uow, service, RESET_JOB, payload, created_by=run.created_by)
    removed = await _ended(run, len(countries) * len(_SERVICES))
    async with run.unit_of_work(origin=Origin(actor, str(run.id))) as uow:
        if await run.once(uow, "told"):
            await end_without_source(uow)
            for country in countries:
                tell(uow, run.id, country)
    return {"countries": countries, "removed": removed}


async def _ended(run: JobRun, total: int) -> dict[str, int]:
    """How many rows of each table were removed, when all parts have ended. Raises Conflict if one failed, Unavailable
    after ten minutes, after which the job is tried again."""
    for _ in range(_LOOKS):
        async with run.database.acquire() as connection:
            parts = await connection.fetch(_PARTS, RESET_JOB, str(run.id))
        if any(part["status"] in ("failed", "cancelled") for part in parts):
            raise Conflict("A service could not reset its part; it keeps the country as it was. Order the reset again.")
        done = [part for part in parts if part["status"] == "succeeded"]
        await run.progress(len(done), total)
        if len(done) == total:
            break
        await asyncio.sleep(_BETWEEN)
    else:
        raise Unavailable("A service has not reset its part yet.")
    removed: Counter[str] = Counter()
    for part in done:
        removed.update(part["result"]["removed"])
    return removed
