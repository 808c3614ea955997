"""The job that issues certificates: a batch a transaction, which goes on after the last committed one."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from services.membership.access import ROLES
from services.membership.certificates.certificates.operations import CERTIFICATES
from services.membership.issuing.bulk_issues.operations import FAILURE_COLUMNS, ISSUE_JOB, Order, issue_once
from services.membership.issuing.bulk_issues.queries import SOURCES
from shared.bulk.creators import principal_of
from shared.bulk.exporting import export_of, finish_export
from shared.bulk.store import FileStore, StoredFile, files_of
from shared.bulk.targets import target
from shared.configuration.settings import Settings
from shared.database.unit_of_work import Origin, UnitOfWork
from shared.kernel.errors import EscmError
from shared.kernel.principal import Principal
from shared.messaging.job_run import JobCancelled, JobHandlers, JobRun
from shared.records.access_scope import access_scope_for

_AT_ONCE = 100
_MOST_FAILURES = 10_000
_SAVE = "UPDATE core_job SET payload = payload || $2 WHERE id = $1"


@dataclass(slots=True)
class _State:
    """How far the job is: what the last committed batch stored."""

    after: str | None = None
    issued: int = 0
    unchanged: int = 0
    failed: int = 0
    failures: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        return self.issued + self.unchanged + self.failed


def job_handlers(settings: Settings) -> JobHandlers:
    """The handler of the job; the list of failures is stored with the files of exports."""
    store = files_of(settings)

    async def issue(run: JobRun) -> dict[str, Any]:
        export = await export_of(run)
        principal = await principal_of(run.database, run.created_by)
        state = await _Issue(run, principal, Order(**export["filters"])).run()
        counts = {name: getattr(state, name) for name in ("issued", "unchanged", "failed")}
        await finish_export(run, export, len(state.failures), await _stored(store, state))
        failures_url, run.result_url = run.result_url, None
        return {**counts, "failures_url": failures_url if state.failures else None}

    return {ISSUE_JOB: issue}


class _Issue:
    """One attempt at the job."""

    def __init__(self, run: JobRun, principal: Principal, order: Order) -> None:
        self._run = run
        self._principal = principal
        self._order = order
        self._items = [UUID(one) for one in sorted(order.items)] if order.items is not None else None
        self._state = _State(**run.payload.get("state", {}))

    async def run(self) -> _State:
        """Issues all certificates. Raises JobCancelled between batches."""
        while batch := await self._next():
            async with self._run.unit_of_work(origin=Origin(self._principal, str(self._run.id))) as uow:
                for subject in batch:
                    await self._issue(uow, subject)
                self._state.after = str(batch[-1])
                await uow.connection.execute(_SAVE, self._run.id, {"state": asdict(self._state)})
            await self._run.progress(self._state.done, None if self._items is None else len(self._items))
            if self._run.cancelled:
                raise JobCancelled
        return self._state

    async def _next(self) -> Sequence[UUID]:
        after = None if self._state.after is None else UUID(self._state.after)
        if self._items is not None:
            return [one for one in self._items if after is None or one > after][:_AT_ONCE]
        source = SOURCES[self._order.kind]
        filters = {name: source.filters[name].parse(raw) for name, raw in self._order.filters.items()}
        if source.year:
            filters["year"] = self._order.year
        async with self._run.database.acquire() as connection:
            return await source.page(connection, self._principal, filters, after, _AT_ONCE)

    async def _issue(self, uow: UnitOfWork, subject: UUID) -> None:
        """Issues one certificate, whose faults are found before anything is written."""
        state, access = self._state, access_scope_for(self._principal, ROLES, CERTIFICATES.resource)
        try:
            if await issue_once(uow, access, self._order, subject):
                state.issued += 1
            else:
                state.unchanged += 1
        except EscmError as error:
            state.failed += 1
            if len(state.failures) < _MOST_FAILURES:
                problem = str(error.members.get("reason", error.errors[0].code if error.errors else error.code))
                state.failures.append((str(subject), problem, str(error)))


async def _stored(store: FileStore, state: _State) -> StoredFile:
    with tempfile.TemporaryFile() as file:
        into = target(file, "csv", FAILURE_COLUMNS, safe=True)
        for failure in state.failures:
            into.write(dict(zip(FAILURE_COLUMNS, failure, strict=True)))
        await asyncio.to_thread(into.close)
        file.seek(0)
        return await store.put(file)
