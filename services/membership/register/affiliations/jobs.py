"""Matching as a job: at once for new texts, by schedule for imported ones, and again after institutions changed."""

from datetime import timedelta
from typing import Any

from services.membership.register.affiliations import queries
from services.membership.register.affiliations.matching import Matcher
from services.membership.register.affiliations.operations import MATCH_JOB
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import Origin, UnitOfWork
from shared.kernel.clock import now
from shared.kernel.gc_tuning import reduced_gc
from shared.messaging.job_run import JobCancelled, JobHandlers, JobRun
from shared.messaging.outbox import defer
from shared.messaging.schedules import Schedule, Schedules

_UNDER_WAY = """
SELECT EXISTS (SELECT FROM core_job WHERE service = 'membership' AND job_type = $1 AND status IN ('queued', 'running')
    AND bulk)
"""
_ADVANCE_WATERMARK = """
INSERT INTO member_affiliation_rematch AS r (single, institutions_at) VALUES (true, $1)
ON CONFLICT (single) DO UPDATE SET institutions_at = excluded.institutions_at
    WHERE r.institutions_at < excluded.institutions_at
RETURNING single
"""


async def match_affiliations(run: JobRun) -> dict[str, Any]:
    """Matches texts that were never checked, and stops if an import waits: the schedule continues with the rest. With
    `again` in its payload it checks all texts without a match from before its start."""
    with reduced_gc():
        return await _match(run, again=bool(run.payload.get("again")))


async def _match(run: JobRun, *, again: bool) -> dict[str, Any]:
    matcher = Matcher(now() if again else None)
    done = 0
    while True:
        origin = Origin(request_id=str(run.id), bulk=True)
        async with run.unit_of_work(SYSTEM_CONTEXT, origin) as uow:
            found = await matcher.batch(uow)
        done += found
        if not found:
            return {"matched": done}
        await run.progress(done)
        if run.cancelled:
            raise JobCancelled
        if not again and await run.is_awaited():
            return {"matched": done}


async def match_imported(uow: UnitOfWork) -> None:
    """Orders a job if texts wait and no job runs."""
    under_way = await uow.connection.fetchval(_UNDER_WAY, MATCH_JOB)
    if not under_way and await queries.is_waiting(uow.connection):
        defer(uow, "membership", MATCH_JOB, {}, created_by="system", bulk=True)


async def match_again(uow: UnitOfWork) -> None:
    """Orders a job that checks open and unknown texts again, if an institution has changed since the last one."""
    latest = await queries.latest_institution(uow.connection)
    if latest is not None and await uow.connection.fetchval(_ADVANCE_WATERMARK, latest):
        defer(uow, "membership", MATCH_JOB, {"again": True}, created_by="system", bulk=True)


HANDLERS: JobHandlers = {MATCH_JOB: match_affiliations}
SCHEDULES: Schedules = {
    "match_imported": Schedule(timedelta(seconds=30), match_imported, catch_up=1),
    "match_again": Schedule(timedelta(hours=1), match_again, catch_up=1),
}
