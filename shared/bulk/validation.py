"""Reads the file in batches and validates every row before it is written.

The whole file is read once before any row is validated, so that a file that breaks off later leaves nothing behind.
Then each batch is validated while the previous one is written.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import orjson

from shared.bulk.importable import IMPORT, Importable
from shared.bulk.layout import MOST_COLUMNS, Layout
from shared.bulk.reading import UNKNOWN_REFERENCE, Cells, RawRow, RowFault, cells_of, rows_of
from shared.bulk.record_parts import CompletedRow
from shared.bulk.repeats import RepeatCounter
from shared.bulk.row_identifiers import RowIdentifiers, find_refs, ref_key, take_identifiers
from shared.bulk.rows import ParsedRow, Values
from shared.database.ids import uuid7s
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import Origin
from shared.messaging.job_run import JobRun
from shared.records.access_scope import AccessScope

BATCH = 5000
_CHUNK = 1000
PATIENCE = 300.0
"""Seconds for the statements of a batch, and for the few statements over a whole import."""
_FAILED = "SELECT row FROM core_import_row WHERE import = $1 AND row > $2 AND row <= $3 AND problem IS NOT NULL"


def rows_in(batches: int) -> int:
    """The number of rows in the first batches, none of which is the last."""
    return batches * BATCH


class ValidRow(NamedTuple):
    """A row that can be written. `occurrence` counts the rows with the same identity up to this one."""

    row: int
    record: UUID
    identity: bytes
    occurrence: int
    digest: bytes
    keys: Sequence[str]
    values: Values

    @property
    def has_ref(self) -> bool:
        """Whether the row names its record by ref."""
        return bool(self.keys) and self.keys[0].startswith(ref_key(""))

    @property
    def identity_key(self) -> str:
        """The identity as one of the keys that dry runs store."""
        return f"identity:{self.identity.hex()}"


class FailedRow(NamedTuple):
    """An invalid row, and why."""

    row: int
    problem: str
    detail: str


@dataclass(slots=True)
class Batch:
    """The validated rows of one batch."""

    number: int
    good: list[ValidRow] = field(default_factory=list)
    failed: list[FailedRow] = field(default_factory=list)


class RowValidator:
    """Validates the rows of one import for one caller, without the database."""

    def __init__(self, importable: Importable, access: AccessScope, imported: Row, layout: Layout) -> None:
        self._importable = importable
        self._understood = importable.understood
        self._access = access
        self._source: str = imported["source"] or ""
        self._layout = layout
        self._columns = {name for name, _ in layout.columns}
        self.late_columns: dict[str, None] = {}
        """NDJSON: unknown names in rows after those that decided the layout."""

    def validate(self, rows: Iterator[RawRow], most: int) -> tuple[list[ValidRow], list[FailedRow]]:
        """The valid and the failed ones among the next rows, with ids in the order of the rows. Blocks."""
        good: list[ValidRow] = []
        failed: list[FailedRow] = []
        chunk = list(islice(rows, most))
        for raw, record in zip(chunk, uuid7s(len(chunk)), strict=True):
            try:
                parsed_row, identifiers = self._parsed(raw)
            except RowFault as fault:
                failed.append(FailedRow(raw.number, fault.code, fault.detail))
            else:
                good.append(self._good(raw.number, record, parsed_row, identifiers))
        return good, failed

    def _parsed(self, raw: RawRow) -> tuple[ParsedRow, RowIdentifiers]:
        if raw.fault is not None:
            raise raw.fault
        if self._layout.media == "ndjson":
            self._notice(raw.cells)
        cells = self._importable.rows.whole(raw.cells) or self._cells(raw)
        identifiers = take_identifiers(cells)
        parsed_row = self._importable.rows.parsed_row(cells)
        if parsed_row.country is not None and not self._access.may(IMPORT, parsed_row.country):
            raise RowFault("country_forbidden", "Your grants do not cover this country.")
        return parsed_row, identifiers

    def _cells(self, raw: RawRow) -> Cells:
        return cells_of(raw, self._layout, self._understood, self._importable.rows.decimals)

    def _notice(self, names: Iterable[str]) -> None:
        """Stores at most as many names as a file may have columns, because a row can have any names."""
        for name in names:
            if name not in self._columns and name not in self._understood and len(self.late_columns) < MOST_COLUMNS:
                self.late_columns[name] = None

    def _good(self, number: int, record: UUID, parsed_row: ParsedRow, identifiers: RowIdentifiers) -> ValidRow:
        document = orjson.dumps(parsed_row.values, option=orjson.OPT_SORT_KEYS)
        parts = (self._importable.resource.name, parsed_row.country or "", *self._identity(parsed_row, identifiers))
        identity = "\n".join(parts).encode()
        return ValidRow(
            number,
            record,
            hashlib.blake2b(identity, digest_size=16).digest(),
            1,
            hashlib.blake2b(document, digest_size=16).digest(),
            (ref_key(identifiers.ref), *parsed_row.keys) if identifiers.ref else parsed_row.keys,
            parsed_row.values,
        )

    def _identity(self, parsed_row: ParsedRow, identifiers: RowIdentifiers) -> tuple[str, ...]:
        if identifiers.row_id:
            return ("row_id", self._source, identifiers.row_id)
        return ("ref", identifiers.ref) if identifiers.ref else parsed_row.identity


_REPEATED = RowFault("not_unique", "An earlier row of the file is about the same.")


def _failed(row: ValidRow, fault: RowFault) -> FailedRow:
    return FailedRow(row.row, fault.code, fault.detail)


class Reader:
    """One pass over the file of an import, in batches."""

    def __init__(
        self, run: JobRun, importable: Importable, access: AccessScope, imported: Row, path: Path, layout: Layout
    ) -> None:
        self._run = run
        self._validator = RowValidator(importable, access, imported, layout)
        self._importable = importable
        self._access = access
        self._import: UUID = imported["id"]
        self._repeats = RepeatCounter(path.stat().st_size)  # no row is shorter than a byte
        self._rows: Iterator[RawRow] = rows_of(path, layout)
        self._number = 0

    @property
    def late_columns(self) -> list[str]:
        """Unknown columns found while reading rows."""
        return list(self._validator.late_columns)

    async def pass_over(self, batches: int) -> None:
        """Skips the first batches, which are already written, but counts the identities that later rows may repeat."""
        written = rows_in(batches)
        for row in range(0, written, _CHUNK):
            most = min(_CHUNK, written - row)
            good, _ = await asyncio.to_thread(self._validator.validate, self._rows, most)
            async with self._run.database.acquire() as connection:
                found = await connection.fetch(_FAILED, self._import, row, row + most)
            failed = {one["row"] for one in found}
            for one in good:
                if one.row not in failed:
                    self._repeats.number(one.identity)
        self._number = batches

    @asynccontextmanager
    async def batches(self) -> AsyncIterator[AsyncIterator[Batch]]:
        """The remaining batches. The next is validated while the caller processes one."""
        ahead = asyncio.create_task(self._next())

        async def each() -> AsyncIterator[Batch]:
            nonlocal ahead
            while (batch := await ahead) is not None:
                ahead = asyncio.create_task(self._next())
                yield batch

        try:
            yield each()
        finally:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)

    async def _next(self) -> Batch | None:
        batch = Batch(self._number)
        while (left := BATCH - len(batch.good) - len(batch.failed)) > 0:
            good, failed = await asyncio.to_thread(self._validator.validate, self._rows, min(_CHUNK, left))
            if not (good or failed):
                break
            batch.failed += failed
            for row in await self._completed(good):
                if isinstance(row, FailedRow):
                    batch.failed.append(row)
                else:
                    batch.good.append(row)
        self._number += 1
        return batch if batch.good or batch.failed else None

    async def _completed(self, rows: Sequence[ValidRow]) -> list[ValidRow | FailedRow]:
        """The rows, numbered, with the records that they name, or what is wrong with these for this caller."""
        values = [row.values for row in rows]
        completed: Sequence[CompletedRow | RowFault] = ()
        async with self._run.unit_of_work(self._access.context, Origin(self._access.principal)) as uow:
            faults = dict.fromkeys(await self._unwritable_refs(uow.connection, rows), UNKNOWN_REFERENCE)
            if self._importable.records.references is not None:
                faults |= await self._importable.records.references(uow.connection, self._access.principal, values)
            if self._importable.parts is not None:
                completed = await self._importable.parts.complete(uow, self._access, values)
        faults |= {place: one for place, one in enumerate(completed) if isinstance(one, RowFault)}
        found: list[ValidRow | FailedRow] = []
        for place, row in enumerate(rows):
            if (fault := faults.get(place)) is not None:
                found.append(_failed(row, fault))
                continue
            numbered = self._numbered(row)
            if completed and numbered.occurrence > 1:
                found.append(_failed(row, _REPEATED))
                continue
            one = completed[place] if completed else None
            found.append(
                numbered._replace(values=one.values, keys=(one.key,)) if isinstance(one, CompletedRow) else numbered
            )
        return found

    async def _unwritable_refs(self, connection: Connection, rows: Sequence[ValidRow]) -> set[int]:
        """The indexes of rows whose ref leads to no record that the caller may write."""
        asked = {place: row.keys[0].removeprefix("ref:") for place, row in enumerate(rows) if row.has_ref}
        table = self._importable.kind.table
        found = await find_refs(connection, table, set(asked.values()), self._access) if asked else []
        known = {row["ref"] for row in found}
        return {place for place, ref in asked.items() if ref not in known}

    def _numbered(self, row: ValidRow) -> ValidRow:
        number = self._repeats.number(row.identity)
        return row if number == 1 else row._replace(occurrence=number)
