"""The check of all stored files: each has the digest of its name, and a record."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, TypeAlias

import structlog

from services.actions.evidence import operations, queries
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import SYSTEM
from shared.messaging.job_run import JobHandlers, JobRun
from shared.messaging.outbox import defer
from shared.storage.objects import ObjectStore

CHECK_JOB = "check_evidence"
_ORPHANED = timedelta(hours=24)
"""How long a file may have no record: its transaction has ended long before."""
_LOG = structlog.get_logger(__name__)
Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
"""Begins a transaction that reads and writes every row."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The number of files that records name, of those that are damaged or lost, and of removed ones without a
    record."""

    files: int
    damaged: int
    removed: int


async def check(begin: Begin, objects: ObjectStore, report: Callable[[int], Awaitable[None]]) -> Findings:
    """Reads every file that a record names, records which are damaged, and removes files that have had no record for 24
    hours. Never removes a damaged one. `report` gets the number of files so far."""
    files = damaged = 0
    after = ""
    while True:
        async with begin() as uow:
            digests = await queries.digests_after(uow.connection, after)
        if not digests:
            break
        intact = [digest for digest in digests if await _is_intact(objects, digest)]
        wrong = sorted(set(digests) - set(intact))
        for digest in wrong:
            _LOG.error("evidence_damaged", sha256=digest)
        async with begin() as uow:
            await operations.record_check(uow, intact, wrong)
        files, damaged, after = files + len(digests), damaged + len(wrong), digests[-1]
        await report(files)
    return Findings(files, damaged, await _remove_orphans(begin, objects))


async def _is_intact(objects: ObjectStore, digest: str) -> bool:
    found = hashlib.sha256()
    try:
        async for block in objects.blocks(digest):
            found.update(block)
    except FileNotFoundError:
        return False
    return found.hexdigest() == digest


async def _remove_orphans(begin: Begin, objects: ObjectStore) -> int:
    before, removed = now() - _ORPHANED, 0
    await asyncio.to_thread(objects.discard_parts, before)
    async for digests in objects.digests_before(before):
        async with begin() as uow:
            removed += await operations.remove_unnamed(uow, objects, digests)
    return removed


async def order_check(uow: UnitOfWork) -> None:
    """Assigns the check to the worker."""
    defer(uow, "actions", CHECK_JOB, {}, created_by=SYSTEM.label)


def evidence_jobs(objects: ObjectStore) -> JobHandlers:
    """The handler of the check."""

    async def handle(run: JobRun) -> dict[str, Any]:
        return asdict(await check(run.unit_of_work, objects, run.progress))

    return {CHECK_JOB: handle}
