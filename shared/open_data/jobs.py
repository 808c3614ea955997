"""The job that makes the copies of a day, and the schedules that order it and remove unused files."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager
from datetime import date, timedelta
from typing import Any, BinaryIO, NamedTuple, TypeAlias

from shared.configuration.settings import Settings
from shared.database.pool import Database
from shared.database.snapshot import snapshot
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.countries import known_codes
from shared.kernel.principal import SYSTEM
from shared.messaging.job_run import JobHandlers, JobRun
from shared.messaging.outbox import defer
from shared.messaging.schedules import Schedule, Schedules
from shared.open_data import copies
from shared.open_data.copies import Copy, copy_files
from shared.open_data.datasets import Dataset
from shared.open_data.domain import FORMATS, is_copy_due, site_of
from shared.open_data.files import LinesFile, lines_of
from shared.open_data.queries import OpenData

COPY_JOB = "copy_open_data"
_UNUSED_FOR = timedelta(hours=24)
"""How long a file stays that no copy names: its transaction has ended long before, and so have its readers."""


Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
"""Begins a transaction that reads and writes every row."""


class _File(NamedTuple):
    name: str
    file_format: str
    target: LinesFile
    file: BinaryIO


class CopyJobs:
    """The daily copies of the open data of a service."""

    def __init__(self, open_data: OpenData, settings: Settings) -> None:
        self._open_data = open_data
        self._service = open_data.resource.service
        self._site = site_of(settings.issuer, settings.data_licence)
        self._store = copy_files(settings)

    @property
    def handlers(self) -> JobHandlers:
        """The handler that copies the files of a day."""
        return {COPY_JOB: self._copy}

    @property
    def schedules(self) -> Schedules:
        """Every hour: the order of the copies that are due, and the removal of unused files."""
        return {
            "copy_open_data": Schedule(timedelta(hours=1), self.order, catch_up=1),
            "remove_unused_copies": Schedule(timedelta(hours=1), self.remove, catch_up=1),
        }

    async def order(self, uow: UnitOfWork) -> None:
        """Assigns the copies to the worker if they are due."""
        if is_copy_due(now(), await copies.last_day(uow.connection, self._service)):
            defer(uow, self._service, COPY_JOB, {}, created_by=SYSTEM.label)

    async def remove(self, uow: UnitOfWork) -> None:
        """Removes files that are of no copy."""
        before = now() - _UNUSED_FOR
        await copies.remove_unnamed(uow, self._store, before)
        await asyncio.to_thread(self._store.discard_before, before)

    async def make(self, database: Database, begin: Begin) -> int:
        """Makes the copies of the present day if they are due, and returns how many files they have. They are of one
        snapshot, and are recorded together after their files were stored."""
        async with database.acquire() as connection:
            last = await copies.last_day(connection, self._service)
        at = now()
        if not is_copy_due(at, last):
            return 0
        with ExitStack() as stack:
            files = await self._files(database, stack)
            made = [await self._stored(each, at.date()) for each in files]
        async with begin() as uow:
            is_new = await copies.record(uow, self._store, self._service, made, at)
        return len(made) if is_new else 0

    async def _copy(self, run: JobRun) -> dict[str, Any]:
        return {"files": await self.make(run.database, run.unit_of_work)}

    async def _files(self, database: Database, stack: ExitStack) -> list[_File]:
        """All datasets in all formats as temporary files, which `stack` closes."""
        files: list[_File] = []
        async with snapshot(database, self._open_data.everybody.context) as connection:
            for dataset in self._open_data.datasets.values():
                files += await self._of(connection, dataset, stack)
        return files

    async def _of(self, connection: Connection, dataset: Dataset, stack: ExitStack) -> list[_File]:
        files = []
        address = self._site.address(f"{self._open_data.resource.path}/{dataset.name}")
        for each in FORMATS:
            file = stack.enter_context(_temporary())
            lines = lines_of(dataset, each, self._site, address)
            files.append(_File(dataset.name, each, LinesFile(lines, file), file))
        countries = sorted(known_codes(fictional=True))
        async for rows in self._open_data.rows(connection, dataset.name, countries, common=True):
            await asyncio.to_thread(_write, files, rows)
        return files

    async def _stored(self, made: _File, day: date) -> Copy:
        await asyncio.to_thread(made.target.close)
        made.file.seek(0)
        stored = await self._store.put(made.file)
        return Copy(made.name, day, made.file_format, stored.digest, stored.size)


@contextmanager
def _temporary() -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as file:
        yield file


def _write(files: Sequence[_File], rows: Sequence[Row]) -> None:
    for each in files:
        each.target.write(rows)
