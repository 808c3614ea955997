"""The job of an import: it validates the rows and writes them in batches. After a kill, the next attempt continues."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.bulk import undoing
from shared.bulk.creators import principal_of
from shared.bulk.ending import batches_written, clear_rows_beyond, delete_old, end_import, given_up
from shared.bulk.execution import execute_all
from shared.bulk.exported_list import Exportable
from shared.bulk.exporting import EXPORT_JOB, run_export, sweep
from shared.bulk.importable import IMPORT, Importable
from shared.bulk.imports import IMPORT_JOB, UNDO_JOB, get_import, layout_of, result_of
from shared.bulk.layout import Layout
from shared.bulk.plan_writes import failing
from shared.bulk.reading import count_rows
from shared.bulk.rehearsing import Rehearsal
from shared.bulk.spreadsheets import Columns, as_text
from shared.bulk.store import FileStore, files_of
from shared.bulk.validation import Reader, rows_in
from shared.bulk.writing import UnderWay, Writer
from shared.configuration.settings import Settings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.statements import Row
from shared.database.unit_of_work import Origin
from shared.kernel.errors import EscmError, Forbidden
from shared.kernel.gc_tuning import reduced_gc
from shared.kernel.principal import Principal
from shared.messaging.job_run import JobCancelled, JobHandlers, JobRun
from shared.messaging.schedules import Schedules
from shared.records.access_scope import AccessScope, access_scope_for

_LOOKED_THROUGH = "UPDATE core_import SET row_count = $2 WHERE id = $1"


class ImportRun:
    """One attempt at an import."""

    def __init__(self, run: JobRun, importable: Importable, imported: Row, principal: Principal) -> None:
        self._run = run
        self._importable = importable
        self._imported = imported
        self._principal = principal
        self._access: AccessScope = access_scope_for(principal, importable.roles, importable.resource)

    async def to_the_end(self, store: FileStore) -> dict[str, Any]:
        """Writes the remaining batches. Returns the job's result. Raises JobCancelled, and EscmError for a bad file."""
        if not principal_may_import(self._principal, self._importable):
            raise Forbidden("Your grants do not include imports.", members={"reason": "not_permitted"})
        layout = layout_of(self._imported)
        async with (
            store.opened(self._imported["file_digest"]) as file,
            as_text(store, file, layout.media, Columns((), layout.fields)) as text,
        ):
            return await self._read(text, layout)

    async def _read(self, path: Path, layout: Layout) -> dict[str, Any]:
        total = self._imported["row_count"]
        if total is None:
            total = await asyncio.to_thread(count_rows, path, layout)
        done = await self._begin(total)
        reader = partial(Reader, self._run, self._importable, self._access, self._imported, path, layout)
        if self._imported["on_error"] == "abort" and not done and await self._has_bad_rows(looking := reader(), total):
            return await self._end("aborted", looking.late_columns)
        await self._write(writing := reader(), done, total)
        return await self._end("done", writing.late_columns)

    async def _begin(self, total: int) -> int:
        """The number of batches that earlier attempts wrote. Deletes whatever else they left."""
        async with self._run.unit_of_work() as uow:
            await uow.connection.execute(_LOOKED_THROUGH, self._imported["id"], total)
            done = await batches_written(uow.connection, self._imported["id"])
            await clear_rows_beyond(uow.connection, self._imported["id"], done)
        return done

    async def _has_bad_rows(self, reader: Reader, total: int) -> bool:
        """Whether any row is bad. Bad rows are then in the list of failures."""
        found = False
        rehearsal = Rehearsal(self._importable, self._access, self._imported)
        async with reader.batches() as batches:
            async for batch in batches:
                await self._report_progress(0, total)
                failed = [*batch.failed, *await rehearsal.failed(self._run, batch)]
                found = found or bool(failed)
                async with self._run.unit_of_work() as uow:
                    await execute_all(uow.connection, failing(failed, self._imported["id"]))
        return found

    async def _report_progress(self, written: int, total: int) -> None:
        await self._run.progress(written, total)
        if self._run.cancelled:
            raise JobCancelled

    async def _write(self, reader: Reader, done: int, total: int) -> None:
        writer = Writer(self._importable, self._access, self._imported)
        under_way: deque[UnderWay] = deque()
        await self._report_progress(min(rows_in(done), total), total)
        await reader.pass_over(done)
        try:
            async with reader.batches() as batches:
                async for batch in batches:
                    await self._report_progress(rows_in(batch.number - len(under_way)), total)
                    is_recorded = asyncio.Event()
                    before = under_way[-1] if under_way else None
                    under_way.append(asyncio.create_task(writer.write(self._run, batch, before, is_recorded)))
                    await is_recorded.wait()
                    while len(under_way) > 1:
                        await under_way[0]
                        under_way.popleft()
            await asyncio.gather(*under_way)
            await self._run.progress(total, total)
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def give_up(self, status: str) -> None:
        """Ends the import early. What was written stays and can be undone."""
        await self._end(status, ())

    async def _end(self, status: str, late_columns: Sequence[str]) -> dict[str, Any]:
        origin = Origin(self._principal, str(self._run.id))
        async with self._run.unit_of_work(SYSTEM_CONTEXT, origin) as uow:
            return await end_import(uow, self._imported["id"], status, late_columns)


def _settled(imported: Row) -> int:
    """The number of records that an undo has processed."""
    return sum((imported["taken_back"] or {}).values())


def principal_may_import(principal: Principal, importable: Importable) -> bool:
    """Whether any of the principal's grants includes imports of this resource."""
    return bool(principal.permission_scope(importable.roles, importable.resource.name, IMPORT))


class BulkJobs:
    """The jobs of imports, undos and exports of one service."""

    def __init__(
        self, settings: Settings, importables: Mapping[str, Importable], exportables: Mapping[str, Exportable]
    ) -> None:
        self._store = files_of(settings)
        self._importables = importables
        self._exportables = exportables
        self._service = settings.service
        self._undo_days = settings.undo_days

    @property
    def handlers(self) -> JobHandlers:
        """The handlers by kind of job."""
        return {IMPORT_JOB: self._import, UNDO_JOB: self._undo, EXPORT_JOB: self._export}

    @property
    def schedules(self) -> Schedules:
        """The scheduled deletions."""
        return {
            "bulk_sweep": sweep(self._service, self._store),
            "imports_given_up": given_up(self._service),
            "imports_forgotten": delete_old(self._service, self._undo_days),
        }

    async def _import(self, run: JobRun) -> dict[str, Any]:
        async with run.database.acquire() as connection:
            imported = await get_import(connection, UUID(run.payload["import"]))
        if imported["status"] not in ("pending", "failed"):
            return result_of(imported)
        importable = self._importables[imported["resource"]]
        principal = await principal_of(run.database, run.created_by)
        attempt = ImportRun(run, importable, imported, principal)
        try:
            with reduced_gc():
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
        access = access_scope_for(principal, importable.roles, importable.resource)
        async with run.database.acquire() as connection:
            total = _settled(imported) + await undoing.extent(connection, imported)
        while imported["status"] in ("undoing", "failed"):
            async with run.unit_of_work(access.context, Origin(principal, str(run.id), None, bulk=True)) as uow:
                imported = await undoing.take_back_some(uow, importable, access, imported)
            await run.progress(_settled(imported), total)
        return {"import_id": str(imported["id"]), "taken_back": imported["taken_back"]}

    async def _export(self, run: JobRun) -> dict[str, Any]:
        return await run_export(run, self._exportables, self._store)
