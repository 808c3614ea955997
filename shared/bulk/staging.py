"""From the file to the stage: every row is read and judged before anything is written."""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.bulk.importable import IMPORT, Candidate, Importable
from shared.bulk.imports import layout_of
from shared.bulk.layout import Layout
from shared.bulk.marks import Marks, find_refs, ref_key, take_marks
from shared.bulk.reading import RawRow, RowFault, cells_of, rows_of
from shared.bulk.spreadsheets import as_text
from shared.bulk.store import FileStore
from shared.database.statements import Connection, Row
from shared.kernel.ids import uuid7s
from shared.messaging.job_run import JobCancelled, JobRun
from shared.records.sight import Sight

CHUNK = 5000
PATIENCE = 300.0
"""Seconds for the few statements that go over a whole stage."""
_CLEAR = "DELETE FROM core_import_row WHERE import = $1"
_NUMBER_REPEATS = """
UPDATE core_import_row r SET occurrence = n.occurrence
FROM (SELECT row, row_number() OVER (PARTITION BY identity ORDER BY row) AS occurrence
      FROM core_import_row WHERE import = $1 AND problem IS NULL) n
WHERE r.import = $1 AND r.row = n.row AND n.occurrence > 1
"""
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


class Stager:
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

    async def rows(self, store: FileStore, digest: str) -> Iterator[RawRow]:
        return rows_of(await as_text(store.path(digest), self._layout.media), self._layout)

    def judge(self, rows: Iterator[RawRow]) -> tuple[list[Staged], list[Mapping[str, Any]]]:
        """The next chunk as rows of the stage, and the values of its good rows. Ids follow the rows. Blocks."""
        staged: list[Staged] = []
        values: list[Mapping[str, Any]] = []
        chunk = list(islice(rows, CHUNK))
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
        if self._layout.media == "ndjson":
            self.late_columns |= dict.fromkeys(
                name for name in raw.cells if name not in self._columns and name not in self._understood
            )
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


async def stage(run: JobRun, importable: Importable, sight: Sight, imported: Row, store: FileStore) -> int:
    """Fills the stage; how many data rows there are. What an earlier attempt left half-done is begun anew.

    Raises Invalid and TooLarge where the file turns out to be broken further down.
    """
    stager = Stager(importable, sight, imported)
    if run.attempt > 1:
        async with run.unit_of_work() as uow:
            await uow.connection.execute(_CLEAR, imported["id"], timeout=PATIENCE)
    rows = await stager.rows(store, imported["file_digest"])
    done = 0
    judging = asyncio.create_task(asyncio.to_thread(stager.judge, rows))
    while True:
        staged, values = await judging
        if not staged:
            break
        judging = asyncio.create_task(asyncio.to_thread(stager.judge, rows))
        async with run.unit_of_work(sight.context) as uow:
            unknown = await stager.strangers(uow.connection, staged)
            if importable.references is not None:
                unknown |= await importable.references(uow.connection, values)
            staged = stager.reject(staged, unknown)
            await uow.connection.copy_records_to_table("core_import_row", records=staged, columns=_COLUMNS)
        done += len(staged)
        await run.progress(0, done)
        if run.cancelled:
            raise JobCancelled
    async with run.unit_of_work() as uow:
        await uow.connection.execute("SET LOCAL statement_timeout = 0")
        await uow.connection.execute(_NUMBER_REPEATS, imported["id"], timeout=PATIENCE)
        ignored = [*imported["ignored_columns"], *stager.late_columns]
        await uow.connection.execute(_STAGED, imported["id"], done, ignored)
    return done
