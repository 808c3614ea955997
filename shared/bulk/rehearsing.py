"""Plans the batches of an import without writing them, for the rows that would fail only then."""

import asyncio
from itertools import repeat

from shared.bulk.importable import Importable
from shared.bulk.lookup import Lookup
from shared.bulk.plan import ExistingRecords, PendingRecord, PlannedRow
from shared.bulk.planning import Planner, Writing
from shared.bulk.validation import Batch, FailedRow
from shared.database.statements import Row
from shared.database.unit_of_work import Origin
from shared.kernel.clock import now
from shared.messaging.job_run import JobRun
from shared.records.access_scope import AccessScope


class Rehearsal:
    """Plans batches in their order. Rows of a record that the batch before begins are adjacent."""

    def __init__(self, importable: Importable, access: AccessScope, imported: Row) -> None:
        self._importable = importable
        self._access = access
        self._registry: bool = imported["registry"]
        self._lookup = Lookup(importable, access, imported)
        self._last: tuple[str, PendingRecord] | None = None

    async def failed(self, run: JobRun, batch: Batch) -> list[FailedRow]:
        """The further rows of the batch that would fail."""
        if self._importable.parts is None:
            return []
        async with run.unit_of_work(self._access.context, Origin(self._access.principal)) as uow:
            known = await self._lookup.known(uow.connection, batch.good)
        self._go_on(known)
        writing = Writing(self._access.principal.label, now(), self._registry)
        planner = Planner(self._importable, known, repeat(""), writing)
        plan = await asyncio.to_thread(planner.run, [PlannedRow(row) for row in batch.good])
        if plan.led:
            row, record = plan.led[-1]
            pending = plan.touched.get(record)
            self._last = (row.keys[0], pending) if pending else None
        return plan.failed

    def _go_on(self, known: ExistingRecords) -> None:
        """Adds the last record of the batch before."""
        if self._last is not None:
            key, pending = self._last
            record = pending.row["id"]
            known.matches = {**known.matches, key: [(record, True)]}
            known.pending_records[record] = pending
            known.usable.add(record)
