"""The job of an import: stage its rows and write them batch by batch; after a kill it goes on to its end."""

import asyncio
import gc
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from shared.bulk import undoing
from shared.bulk.creators import principal_of
from shared.bulk.exporting import EXPORT_JOB, run_export, sweep
from shared.bulk.importable import IMPORT, Importable
from shared.bulk.imports import COUNTS, IMPORT_JOB, UNDO_JOB, close_import, get_import, result_of
from shared.bulk.lookup import BATCH, Lookup
from shared.bulk.staging import AHEAD, PATIENCE, Stage, staging
from shared.bulk.store import FileStore
from shared.bulk.writing import Writer
from shared.configuration.settings import Settings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import Origin
from shared.kernel.errors import EscmError, Forbidden
from shared.kernel.principal import Principal
from shared.messaging.job_run import JobCancelled, JobHandlers, JobRun
from shared.messaging.schedules import Schedules
from shared.records.sight import Sight, sight_of

_BATCHES = "SELECT batch FROM core_import_batch WHERE import = $1"
_HAS_FAILED = "SELECT EXISTS (SELECT FROM core_import_row WHERE import = $1 AND problem IS NOT NULL)"
_FAILED = "SELECT count(*) FROM core_import_row WHERE import = $1 AND problem IS NOT NULL"
_SUMS = """
SELECT coalesce(sum(created), 0)::int AS created, coalesce(sum(updated), 0)::int AS updated,
    coalesce(sum(unchanged), 0)::int AS unchanged FROM core_import_batch WHERE import = $1
"""
_ABORT = """
UPDATE core_import_row SET problem = 'import_aborted', detail = 'Not written, because another row is bad.'
WHERE import = $1 AND problem IS NULL
"""
_CLEAR = "DELETE FROM core_import_row WHERE import = $1 AND problem IS NULL"
_FORGET = "DELETE FROM core_import_key WHERE import = $1"
_BLANK = "UPDATE core_import_row SET document = NULL, keys = '{}' WHERE import = $1"


class ImportRun:
    """One attempt at an import."""

    def __init__(self, run: JobRun, importable: Importable, imported: Row, principal: Principal) -> None:
        self._run = run
        self._importable = importable
        self._imported = imported
        self._principal = principal
        self._sight: Sight = sight_of(principal, importable.roles, importable.resource)

    async def to_the_end(self, store: FileStore) -> dict[str, Any]:
        """Stages and writes what is left to do; the job's result. Raises JobCancelled, and EscmError for a bad file."""
        if not principal_may_import(self._principal, self._importable):
            raise Forbidden("Your grants do not include imports.", members={"reason": "not_permitted"})
        async with self._run.database.acquire() as connection:
            done = {row["batch"] for row in await connection.fetch(_BATCHES, self._imported["id"])}
        written = BATCH * len(done)
        async with staging(self._run, self._importable, self._sight, self._imported, store, written) as stage:
            if self._imported["on_error"] == "abort" and await self._has_failed(stage):
                return await self._end("aborted", dict(zip(COUNTS, (0, 0, 0, stage.total), strict=True)))
            await self._write(stage, done)
        return await self._end("done", None)

    async def _has_failed(self, stage: Stage) -> bool:
        """Whether any row is bad, once all are staged."""
        for row in range(AHEAD, stage.total + AHEAD, AHEAD):
            await self._tell(0, stage)
            await stage.until(row)
        async with self._run.database.acquire() as connection:
            return bool(await connection.fetchval(_HAS_FAILED, self._imported["id"], timeout=PATIENCE))

    async def _tell(self, written: int, stage: Stage) -> None:
        await self._run.progress(written, stage.total)
        if self._run.cancelled:
            raise JobCancelled

    async def _write(self, stage: Stage, done: set[int]) -> None:
        lookup = Lookup(self._importable, self._sight, self._imported)
        writer = Writer(self._importable, self._sight, self._imported, lookup)
        under_way: deque[asyncio.Task[None]] = deque()
        written = 0
        try:
            for batch in (batch for batch in range(-(-stage.total // BATCH)) if batch not in done):
                await self._tell(written, stage)
                await stage.until((batch + 1) * BATCH)
                is_told = asyncio.Event()
                before = under_way[-1] if under_way else None
                under_way.append(asyncio.create_task(writer.write(self._run, batch, before, is_told)))
                await is_told.wait()
                while len(under_way) > 1:
                    await under_way[0]
                    under_way.popleft()
                    written = batch * BATCH
            await asyncio.gather(*under_way)
            await self._run.progress(stage.total, stage.total)
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def give_up(self, status: str) -> None:
        """Ends the import before its end; what was written stays and can be undone."""
        await self._end(status, None)

    async def _end(self, status: str, counts: dict[str, int] | None) -> dict[str, Any]:
        key = self._imported["id"]
        origin = Origin(self._principal, str(self._run.id))
        async with self._run.unit_of_work(SYSTEM_CONTEXT, origin) as uow:
            connection = uow.connection
            await connection.execute("SET LOCAL statement_timeout = 0")
            counts = counts or await _counted(connection, key)
            await connection.execute(_ABORT if status == "aborted" else _CLEAR, key, timeout=PATIENCE)
            await connection.execute(_BLANK, key, timeout=PATIENCE)
            await connection.execute(_FORGET, key, timeout=PATIENCE)
            imported = await get_import(connection, key)
            return result_of(await close_import(uow, imported, status, counts=counts))


async def _counted(connection: Connection, key: UUID) -> dict[str, int]:
    sums = await connection.fetchrow(_SUMS, key)
    failed = await connection.fetchval(_FAILED, key, timeout=PATIENCE)
    return {**sums, "failed": failed}


@contextmanager
def _few_collections() -> Iterator[None]:
    """Thousands of rows are alive at once and none is garbage: passes over them would cost a fifth of the time."""
    collections = gc.get_threshold()
    gc.set_threshold(1_000_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*collections)


def _settled(imported: Row) -> int:
    """How many records an undoing has dealt with."""
    return sum((imported["taken_back"] or {}).values())


def principal_may_import(principal: Principal, importable: Importable) -> bool:
    """Whether any of the principal's grants includes imports of this resource."""
    return bool(principal.reach(importable.roles, importable.resource.name, IMPORT))


class BulkJobs:
    """The jobs of imports, undoings and exports of one service."""

    def __init__(self, settings: Settings, importables: Mapping[str, Importable]) -> None:
        self._store = FileStore(settings.storage_path)
        self._importables = importables
        self._service = settings.service

    @property
    def handlers(self) -> JobHandlers:
        """By kind of job."""
        return {IMPORT_JOB: self._import, UNDO_JOB: self._undo, EXPORT_JOB: self._export}

    @property
    def schedules(self) -> Schedules:
        """What is swept away in time."""
        return {"bulk_sweep": sweep(self._service, self._store)}

    async def _import(self, run: JobRun) -> dict[str, Any]:
        async with run.database.acquire() as connection:
            imported = await get_import(connection, UUID(run.payload["import"]))
        if imported["status"] != "pending":
            return result_of(imported)
        importable = self._importables[imported["resource"]]
        principal = await principal_of(run.database, run.created_by)
        attempt = ImportRun(run, importable, imported, principal)
        try:
            with _few_collections():
                return await attempt.to_the_end(self._store)
        except JobCancelled:
            await attempt.give_up("cancelled")
            raise
        except EscmError as error:
            if error.kind in ("internal", "unavailable", "rate_limited"):
                raise
            await attempt.give_up("failed")
            raise

    async def _undo(self, run: JobRun) -> dict[str, Any]:
        async with run.database.acquire() as connection:
            imported = await get_import(connection, UUID(run.payload["import"]))
        importable = self._importables[imported["resource"]]
        principal = await principal_of(run.database, run.created_by)
        sight = sight_of(principal, importable.roles, importable.resource)
        async with run.database.acquire() as connection:
            total = _settled(imported) + await undoing.extent(connection, imported)
        while imported["status"] == "undoing":
            async with run.unit_of_work(sight.context, Origin(principal, str(run.id), None, bulk=True)) as uow:
                imported = await undoing.take_back_some(uow, importable, sight, imported)
            await run.progress(_settled(imported), total)
        return {"import_id": str(imported["id"]), "taken_back": imported["taken_back"]}

    async def _export(self, run: JobRun) -> dict[str, Any]:
        return await run_export(run, self._importables, self._store)
