"""From the file to the stage: every row is judged and staged before it is written.

The whole file is read once before any row of it is judged, so that one that is broken further down leaves nothing
behind. Then the stage is filled a little ahead of the batches that are written from it.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.bulk.importable import IMPORT, Candidate, Importable
from shared.bulk.imports import layout_of
from shared.bulk.layout import Layout
from shared.bulk.marks import Marks, find_refs, ref_key, take_marks
from shared.bulk.occurrences import Occurrences
from shared.bulk.reading import RawRow, RowFault, cells_of, count_rows, rows_of
from shared.bulk.spreadsheets import as_text
from shared.bulk.store import FileStore
from shared.database.statements import Connection, Row
from shared.kernel.ids import uuid7s
from shared.messaging.job_run import JobRun
from shared.records.sight import Sight

AHEAD = 5000
"""Rows that are staged beyond those that somebody waits for."""
_CHUNK = 1000
PATIENCE = 300.0
"""Seconds for the few statements that go over a whole stage."""
_BEGIN = "SET LOCAL synchronous_commit = off"
"""What is staged is of use only to the batches that are written from it, which are committed later."""
_CLEAR = "DELETE FROM core_import_row WHERE import = $1 AND row > $2"
_KEPT = "SELECT row, identity FROM core_import_row WHERE import = $1 AND row > $2 AND row <= $3 ORDER BY row"
_STAGED = "UPDATE core_import SET row_count = $2, ignored_columns = $3 WHERE id = $1"


class Staged(NamedTuple):
    """A row of the stage, in the order of its columns."""

    imported: UUID
    row: int
    record: UUID
    identity: bytes | None
    occurrence: int
    digest: bytes | None
    keys: list[str]
    document: str | None
    problem: str | None
    detail: str | None


_COLUMNS = ("import", *Staged._fields[1:])


class Judge:
    """Judges the rows of one import for one caller."""

    def __init__(self, importable: Importable, sight: Sight, imported: Row) -> None:
        self._importable = importable
        self._table = importable.kind.table
        self._understood = importable.understood
        self._sight = sight
        self._import = imported["id"]
        self._source: str = imported["source"] or ""
        self._layout: Layout = layout_of(imported)
        self._columns = {name for name, _ in self._layout.columns}
        self.late_columns: dict[str, None] = {}
        """NDJSON: names that came after the rows that the layout was decided from, and that nobody knows."""

    def notice(self, raw: RawRow) -> None:
        """Takes the row's new names down."""
        if self._layout.media == "ndjson":
            self.late_columns |= dict.fromkeys(
                name for name in raw.cells if name not in self._columns and name not in self._understood
            )

    def judge(self, rows: Iterator[RawRow]) -> tuple[list[Staged], list[Mapping[str, Any]]]:
        """The next chunk as rows of the stage, and the values of its good rows. Ids follow the rows. Blocks."""
        staged: list[Staged] = []
        values: list[Mapping[str, Any]] = []
        chunk = list(islice(rows, _CHUNK))
        for raw, record in zip(chunk, uuid7s(len(chunk)), strict=True):
            try:
                candidate, marks = self._candidate(raw)
            except RowFault as fault:
                staged.append(self._failed(raw.number, record, fault))
            else:
                staged.append(self._good(raw.number, record, candidate, marks))
                values.append(candidate.values)
        return staged, values

    def reject(self, staged: list[Staged], unknown: set[int]) -> list[Staged]:
        """Fails the good rows at these places among the good ones: what they refer to is not known."""
        good = [place for place, row in enumerate(staged) if row.problem is None]
        for place in (good[number] for number in unknown):
            fault = RowFault("unknown_reference", "The record that the row refers to is not known.")
            staged[place] = self._failed(staged[place].row, staged[place].record, fault)
        return staged

    async def strangers(self, connection: Connection, staged: Sequence[Staged]) -> set[int]:
        """The places, among the good rows, of those whose number leads to no record that the caller may write."""
        asked = {
            place: row.keys[0].removeprefix("ref:")
            for place, row in enumerate(row for row in staged if row.problem is None)
            if row.keys and row.keys[0].startswith("ref:")
        }
        found = await find_refs(connection, self._table, set(asked.values()), self._sight) if asked else []
        known = {row["ref"] for row in found}
        return {place for place, ref in asked.items() if ref not in known}

    def _candidate(self, raw: RawRow) -> tuple[Candidate, Marks]:
        if raw.fault is not None:
            raise raw.fault
        self.notice(raw)
        cells = self._importable.whole(raw.cells) or cells_of(raw, self._layout, self._understood)
        marks = take_marks(cells)
        candidate = self._importable.candidate(cells)
        if not self._sight.may(IMPORT, candidate.country):
            raise RowFault("country_forbidden", "Your grants do not cover this country.")
        return candidate, marks

    def _good(self, number: int, record: UUID, candidate: Candidate, marks: Marks) -> Staged:
        document = orjson.dumps(candidate.values, option=orjson.OPT_SORT_KEYS)
        parts = (self._importable.resource.name, candidate.country, *self._identity(candidate, marks))
        identity = "\n".join(parts).encode()
        return Staged(
            self._import,
            number,
            record,
            hashlib.blake2b(identity, digest_size=16).digest(),
            1,
            hashlib.blake2b(document, digest_size=16).digest(),
            [ref_key(marks.ref), *candidate.keys] if marks.ref else list(candidate.keys),
            document.decode(),
            None,
            None,
        )

    def _identity(self, candidate: Candidate, marks: Marks) -> tuple[str, ...]:
        if marks.row_id:
            return ("row_id", self._source, marks.row_id)
        return ("ref", marks.ref) if marks.ref else candidate.identity

    def _failed(self, number: int, record: UUID, fault: RowFault) -> Staged:
        return Staged(self._import, number, record, None, 1, None, [], None, fault.code, fault.detail)


class Stage:
    """The rows of one import as they were judged, as far as somebody waited for them and a little further."""

    def __init__(self, run: JobRun, importable: Importable, sight: Sight, imported: Row) -> None:
        self._run = run
        self._judge = Judge(importable, sight, imported)
        self._importable = importable
        self._sight = sight
        self._import = imported["id"]
        self._ignored: list[str] = imported["ignored_columns"]
        self._occurrences = Occurrences()
        self._rows: Iterator[RawRow] = iter(())
        self._done = self.total = imported["row_count"] or 0
        self._is_whole = imported["row_count"] is not None
        self._ahead: asyncio.Task[None] | None = None

    async def begin(self, path: Path, layout: Layout, written: int) -> None:
        """Reads the file to its end, then keeps what an earlier attempt staged of the rows that are `written`.

        Raises Invalid and TooLarge where the file turns out to be broken further down.
        """
        self.total = await asyncio.to_thread(count_rows, path, layout)
        self._rows = rows_of(path, layout)
        self._done = min(written, self.total)
        if self._run.attempt > 1:
            async with self._run.unit_of_work() as uow:
                await uow.connection.execute(_CLEAR, self._import, written, timeout=PATIENCE)
                for row in range(0, written, AHEAD):
                    kept = await uow.connection.fetch(_KEPT, self._import, row, row + AHEAD)
                    await asyncio.to_thread(self._pass_over, kept)
        await self.until(0)

    def _pass_over(self, kept: Sequence[Row]) -> None:
        for row, raw in zip(kept, self._rows, strict=False):
            self._judge.notice(raw)
            if row["identity"] is not None:
                self._occurrences.number(row["identity"])

    async def until(self, row: int) -> None:
        """Waits until the rows up to this one are staged; those that follow are being staged when it returns."""
        if self._ahead is not None:
            await self._ahead
        await self._fill(row)
        self._ahead = asyncio.create_task(self._fill(row + AHEAD))

    async def close(self) -> None:
        """Ends what is under way."""
        if self._ahead is not None:
            self._ahead.cancel()
            await asyncio.gather(self._ahead, return_exceptions=True)

    async def _fill(self, row: int) -> None:
        while self._done < min(row, self.total):
            staged, values = await asyncio.to_thread(self._judge.judge, self._rows)
            async with self._run.unit_of_work(self._sight.context) as uow:
                await uow.connection.execute(_BEGIN)
                unknown = await self._judge.strangers(uow.connection, staged)
                if self._importable.references is not None:
                    unknown |= await self._importable.references(uow.connection, values)
                staged = [self._numbered(one) for one in self._judge.reject(staged, unknown)]
                await uow.connection.copy_records_to_table("core_import_row", records=staged, columns=_COLUMNS)
            self._done += len(staged)
        if self._done == self.total and not self._is_whole:
            async with self._run.unit_of_work() as uow:
                ignored = [*self._ignored, *self._judge.late_columns]
                await uow.connection.execute(_STAGED, self._import, self.total, ignored)
            self._is_whole = True

    def _numbered(self, row: Staged) -> Staged:
        number = 1 if row.identity is None else self._occurrences.number(row.identity)
        return row if number == 1 else row._replace(occurrence=number)


@asynccontextmanager
async def staging(
    run: JobRun, importable: Importable, sight: Sight, imported: Row, store: FileStore, written: int
) -> AsyncIterator[Stage]:
    """The stage of the import, of whose rows so many are `written`; whole already where an earlier attempt filled it.

    Raises Invalid and TooLarge where the file turns out to be broken further down.
    """
    stage = Stage(run, importable, sight, imported)
    if imported["row_count"] is None:
        layout = layout_of(imported)
        await stage.begin(await as_text(store.path(imported["file_digest"]), layout.media), layout, written)
    try:
        yield stage
    finally:
        await stage.close()
