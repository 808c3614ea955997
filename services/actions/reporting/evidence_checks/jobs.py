"""The check of all stored files: each has the digest of its name, and a record. The scan of those that nobody has
scanned."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

import structlog

from services.actions.reporting.evidence import operations, queries
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Unavailable
from shared.kernel.principal import SYSTEM
from shared.messaging.job_run import JobHandlers, JobRun
from shared.messaging.outbox import defer
from shared.storage.objects import ObjectStore
from shared.storage.scanner import ScanFailed, Scanner

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


async def scan(begin: Begin, objects: ObjectStore, scanner: Scanner, key: UUID | None = None) -> int:
    """Scans one file, or the next 200 that nobody has scanned, until the scanner does not respond. Returns how many
    files it has scanned."""
    async with begin() as uow:
        rows = await queries.unscanned(uow.connection, key)
    scanned = 0
    for row in rows:
        try:
            if not await objects.has(row["sha256"]):
                _LOG.error("evidence_damaged", sha256=row["sha256"])
                continue
            finding = await scanner.scan(objects.blocks(row["sha256"]))
        except ScanFailed:
            _LOG.exception("evidence_not_scanned", evidence=str(row["id"]))
            continue
        except Unavailable:
            _LOG.warning("scanner_unavailable")
            break
        async with begin() as uow:
            await operations.record_scan(uow, row["id"], finding)
        scanned += 1
    return scanned


async def order_scan(uow: UnitOfWork) -> None:
    """Assigns the scan of the next files to the worker, if there are any."""
    if await queries.unscanned(uow.connection):
        defer(uow, "actions", operations.SCAN_JOB, {}, created_by=SYSTEM.label)


async def order_check(uow: UnitOfWork) -> None:
    """Assigns the check to the worker."""
    defer(uow, "actions", CHECK_JOB, {}, created_by=SYSTEM.label)


def evidence_jobs(objects: ObjectStore, scanner: Scanner | None) -> JobHandlers:
    """The handlers of the check and of the scan, which does nothing without a scanner."""

    async def handle_check(run: JobRun) -> dict[str, Any]:
        return asdict(await check(run.unit_of_work, objects, run.progress))

    async def handle_scan(run: JobRun) -> dict[str, Any]:
        key = run.payload.get("evidence")
        return {"scanned": await scan(run.unit_of_work, objects, scanner, key and UUID(key)) if scanner else 0}

    return {CHECK_JOB: handle_check, operations.SCAN_JOB: handle_scan}
