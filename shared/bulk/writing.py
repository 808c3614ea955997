"""Plans and writes one batch in one transaction, with its fence.

A batch of rows that are all new is planned while the previous one is written, so that neither PostgreSQL nor the worker
waits for the other.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from shared.bulk.execution import PreparedWrite, execute_all
from shared.bulk.import_sequence import yield_to_loop
from shared.bulk.importable import Importable
from shared.bulk.lookup import Lookup
from shared.bulk.plan import ExistingRecords, Plan, PlannedRow, RecordedChange
from shared.bulk.plan_writes import adding, failing, remembering, writes_of
from shared.bulk.planning import Planner, Writing
from shared.bulk.row_identifiers import new_refs
from shared.bulk.rows import Columns
from shared.bulk.validation import PATIENCE, Batch, FailedRow
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import Origin, UnitOfWork
from shared.kernel.clock import now
from shared.messaging.job_run import JobRun
from shared.records.access_scope import AccessScope
from shared.records.changes import record_change

_BEGIN = ";".join(
    f"SET LOCAL {name} = {value}"
    for name, value in {
        "lock_timeout": "'5min'",
        "statement_timeout": "'5min'",
        "synchronous_commit": "off",
        "work_mem": "'64MB'",
        "idle_in_transaction_session_timeout": "'5min'",
    }.items()
)
"""Commits are asynchronous: after a crash the fences show which batches exist, and the commits of the facts' positions
and of the import's end wait for all earlier ones. The memory is for the search index, which sorts its new entries in as
many passes as they exceed it. Until the batch advances the import sequence it holds no lock that others wait for,
however long it is idle."""
_SEEN = "SELECT number FROM core_import_sequence WHERE resource = $1"
_ADVANCE_SEQUENCE = """
INSERT INTO core_import_sequence AS t (resource, number) VALUES ($1, 1)
ON CONFLICT (resource) DO UPDATE SET number = t.number + 1 RETURNING number
"""
_LIMIT_IDLE = "SET LOCAL idle_in_transaction_session_timeout TO DEFAULT"
_FENCE = "INSERT INTO core_import_batch (import, batch, created, updated, unchanged) VALUES ($1, $2, $3, $4, $5)"


UnderWay: TypeAlias = asyncio.Task[None]
Counts: TypeAlias = tuple[int, int, int]
"""Of records: created, updated, unchanged."""


class _Planned(NamedTuple):
    """What a batch writes. `created` are the new records, if something follows them."""

    counts: Counts
    recorded: list[RecordedChange]
    writes: Sequence[PreparedWrite]
    created: Sequence[Columns] = ()


class _Overtaken(Exception):
    """Another import wrote after a batch was planned and before it advanced the import sequence."""


class Writer:
    """Writes the batches of one import in their order, or plans them without writing for a dry run. At most two are
    under way at once."""

    def __init__(self, importable: Importable, access: AccessScope, imported: Row) -> None:
        self._importable = importable
        self._access = access
        self._import: UUID = imported["id"]
        self._registry: bool = imported["registry"]
        self._is_dry = imported["mode"] == "dry_run"
        self._lookup = Lookup(importable, access, imported)
        self._number = 0
        self._last_identifiers: set[bytes | str] = set()

    async def write(self, run: JobRun, batch: Batch, before: UnderWay | None, is_recorded: asyncio.Event) -> None:
        """Writes one batch, its failures and its fence, after the batch `before`. An existing fence ends the
        transaction with an error. Sets `is_recorded` once only PostgreSQL's part remains."""
        try:
            await self._attempt(run, batch, before, is_recorded)
        except _Overtaken:
            await self._attempt(run, batch, None, is_recorded, is_again=True)
        finally:
            is_recorded.set()

    async def _attempt(
        self, run: JobRun, batch: Batch, before: UnderWay | None, is_recorded: asyncio.Event, *, is_again: bool = False
    ) -> None:
        origin = Origin(self._access.principal, str(run.id), None, bulk=True)
        async with run.unit_of_work(self._access.context, origin) as uow:
            connection = uow.connection
            await connection.execute(_BEGIN)
            batch = await self._without_refused(connection, batch)
            seen = await connection.fetchval(_SEEN, self._importable.resource.name) or 0
            rows, are_new = await self._ahead(connection, batch)
            if not is_again and self._are_apart(rows) and are_new:
                planned = await self._plan(connection, rows, ExistingRecords.nothing())
                rows.clear()
                await self._record_changes(uow, planned.recorded, is_recorded)
                await uow.flush()
                await _end_of(before)
                await self._advance_sequence(connection, seen)
                await self._execute(connection, batch, planned.counts, planned.writes)
            else:
                await _end_of(before)
                await self._advance_sequence(connection, None)
                added: Mapping[UUID, Sequence[UUID]] = {}
                if self._importable.records.resolve is not None:
                    resolved, added = await self._lookup.resolved(uow, batch.good)
                    rows = [PlannedRow(row) for row in resolved]
                known = await self._lookup.known(connection, [row.good for row in rows])
                planned = await self._plan(connection, rows, known)
                writes = [*planned.writes, *adding(self._importable, self._import, added)]
                executed = self._execute(connection, batch, planned.counts, writes)
                await asyncio.gather(executed, self._record_changes(uow, planned.recorded, is_recorded))
            if self._importable.after.insert is not None and planned.created:
                await self._importable.after.insert(uow, planned.created)

    async def _without_refused(self, connection: Connection, batch: Batch) -> Batch:
        """The batch, in which the rows that may not be written now have failed."""
        if self._importable.parts is None:
            return batch
        values = [row.values for row in batch.good]
        refused = await self._importable.parts.refused(connection, values)
        good = [row for place, row in enumerate(batch.good) if place not in refused]
        failed = [FailedRow(batch.good[place].row, fault.code, fault.detail) for place, fault in refused.items()]
        return Batch(batch.number, good, [*batch.failed, *failed])

    async def _ahead(self, connection: Connection, batch: Batch) -> tuple[list[PlannedRow], bool]:
        """The rows, and whether they can be planned ahead: what new rows name is known after the previous batch."""
        if self._importable.records.resolve is not None:
            return [], False
        return await self._lookup.ahead(connection, batch.good)

    def _are_apart(self, rows: Sequence[PlannedRow]) -> bool:
        """Whether no row shares an identifier with the previous batch."""
        identifiers: set[bytes | str] = set()
        for row in rows:
            identifiers.update((row.good.identity,), row.good.keys)
        apart, self._last_identifiers = identifiers.isdisjoint(self._last_identifiers), identifiers
        return apart

    async def _advance_sequence(self, connection: Connection, seen: int | None) -> None:
        """Waits until no other import writes. Raises _Overtaken if another import advanced the sequence since
        `seen`."""
        if self._is_dry:
            return
        number = await connection.fetchval(_ADVANCE_SEQUENCE, self._importable.resource.name, timeout=PATIENCE)
        await connection.execute(_LIMIT_IDLE)
        if seen is not None and number != seen + 1 and (seen + 1, number) != (self._number, self._number + 1):
            raise _Overtaken
        self._number = number

    async def _execute(
        self, connection: Connection, batch: Batch, counts: Counts, writes: Sequence[PreparedWrite]
    ) -> None:
        await connection.execute(_FENCE, self._import, batch.number, *counts)
        await execute_all(connection, [*failing(batch.failed, self._import), *writes])

    async def _plan(self, connection: Connection, rows: Sequence[PlannedRow], known: ExistingRecords) -> _Planned:
        refs = await self._refs(connection, len(rows))
        writing = Writing(self._access.principal.label, now(), self._registry)
        return await asyncio.to_thread(self._planned, Planner(self._importable, known, refs, writing), rows)

    def _planned(self, planner: Planner, rows: Sequence[PlannedRow]) -> _Planned:
        plan = planner.run(rows)
        counts = plan.created, plan.updated, plan.unchanged
        failed = failing(plan.failed, self._import)
        if self._is_dry:
            return _Planned(counts, [], [*failed, *remembering(plan, self._import)])
        writes = [*failed, *writes_of(plan, self._importable, self._import)]
        return _Planned(counts, plan.recorded, writes, self._created(plan))

    def _created(self, plan: Plan) -> Sequence[Columns]:
        if self._importable.after.insert is None:
            return ()
        return [pending.row for pending in plan.touched.values() if pending.original is None]

    async def _refs(self, connection: Connection, count: int) -> Sequence[str]:
        if self._is_dry:
            return [""] * count
        return await new_refs(connection, self._importable.kind.table, count)

    async def _record_changes(
        self, uow: UnitOfWork, recorded: list[RecordedChange], is_recorded: asyncio.Event
    ) -> None:
        at = now()
        async for one in yield_to_loop(recorded):
            record_imported_change(uow, self._importable, one, at)
        recorded.clear()
        is_recorded.set()


async def _end_of(batch: UnderWay | None) -> None:
    """Waits for the batch's end and raises its error. Cancelling the caller does not cancel the batch."""
    if batch is not None:
        await asyncio.wait((batch,))
        batch.result()


def record_imported_change(uow: UnitOfWork, importable: Importable, recorded: RecordedChange, at: datetime) -> None:
    """Adds the audit entry and the fact of one change of an import."""
    action, fact = ("create", "created") if recorded.before is None else ("update", "updated")
    if recorded.verb is not None and recorded.before is not None:
        action = recorded.verb
        fact = importable.kind.lifecycle.of(action, recorded.before["status"]).fact or recorded.after["status"]
    if recorded.child is None:
        importable.kind.record_row_change(uow, action, recorded.before, recorded.after, fact, at=at)
        if importable.after.write is not None:
            importable.after.write(uow, recorded.after)
        return
    shown = {"ref": recorded.owner["ref"], "status": recorded.owner["status"]}
    record_change(
        uow,
        recorded.child.resource,
        action,
        before=None if recorded.before is None else {**recorded.before, **shown},
        after={**recorded.after, **shown},
        fields=recorded.child.tracked,
        fact=fact,
        link=recorded.child.link(recorded.owner, recorded.after),
        at=at,
        person=importable.kind.person_of(recorded.owner),
    )
