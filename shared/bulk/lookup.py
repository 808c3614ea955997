"""Reads what the database holds for one batch: records by identity and by key, locked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

import orjson
from sqlalchemy import Table

from shared.bulk.import_sequence import yield_to_loop
from shared.bulk.importable import Importable
from shared.bulk.plan import ExistingRecords, PendingChild, PendingRecord, PlannedRow
from shared.bulk.planning import Writing, build_new
from shared.bulk.row_identifiers import find_refs, ref_key
from shared.bulk.rows import Columns, Values
from shared.bulk.validation import PATIENCE, ValidRow
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.records.access_scope import AccessScope

_IDENTITIES = """
SELECT identity, occurrence, record, digest FROM core_import_identity
WHERE identity = ANY($1)
"""
_REMEMBERED = """
SELECT k.key, r.record FROM core_import_key k JOIN core_import_row r USING (import, row)
WHERE k.import = $1 AND k.key = ANY($2)
"""
_STATES = """
SELECT DISTINCT ON (record) document FROM core_import_row
WHERE import = $1 AND record = ANY($2) AND document IS NOT NULL AND problem IS NULL ORDER BY record, row DESC
"""


class Lookup:
    """Reads for the batches of one import."""

    def __init__(self, importable: Importable, access: AccessScope, imported: Row) -> None:
        self._importable = importable
        self._table = importable.kind.table
        self._access = access
        self._import: UUID = imported["id"]
        self._registry: bool = imported["registry"]
        self._is_dry = imported["mode"] == "dry_run"
        gone = [name for name in ("merged_into", "erased_at") if name in self._table.c]
        ended = ", ".join(f"'{status}'" for status in importable.records.ended)
        self._living = "".join(f" AND {name} IS NULL" for name in gone)
        self._living += f" AND status NOT IN ({ended})" if ended else ""

    async def ahead(self, connection: Connection, rows: Sequence[ValidRow]) -> tuple[list[PlannedRow], bool]:
        """Prepares the rows, and returns whether all are new to the database (never for a dry run). Locks nothing and
        depends on no other batch."""
        found = await self._identities(connection, rows)
        repeat = self._is_dry or found or any(row.occurrence > 1 for row in rows)
        are_new = not (repeat or await self._matches(connection, rows))
        writing = Writing(self._access.principal.label, now(), self._registry)
        seen = {(*key, one["digest"]) for key, leads in found.items() for one in leads}
        prepared = []
        async for row in yield_to_loop(rows):
            is_seen = (row.identity, row.occurrence, row.digest) in seen
            is_built = not is_seen and self._importable.parts is None
            prepared.append(PlannedRow(row, build_new(row, self._importable, writing) if is_built else None))
        return prepared, are_new

    async def _identities(
        self, connection: Connection, rows: Sequence[ValidRow]
    ) -> Mapping[tuple[bytes, int], list[Row]]:
        found: dict[tuple[bytes, int], list[Row]] = defaultdict(list)
        identities = [row.identity for row in rows]
        leads = await connection.fetch(_IDENTITIES, identities, timeout=PATIENCE)
        for one in sorted(leads, key=lambda row: row["record"]):
            found[one["identity"], one["occurrence"]].append(one)
        return found

    async def resolved(
        self, uow: UnitOfWork, rows: Sequence[ValidRow]
    ) -> tuple[Sequence[ValidRow], Mapping[UUID, Sequence[UUID]]]:
        """The rows, of which those that lead to no record yet have the values and keys that the resource gives them,
        and the records that it made for them. With `resolves_all` the others have the values."""
        found = await self._identities(uow.connection, rows)
        usable = await self._writable(uow.connection, {one["record"] for leads in found.values() for one in leads})
        led = {key for key, leads in found.items() if any(one["record"] in usable for one in leads)}
        new = {row.row: row for row in rows if not row.has_ref and (row.identity, row.occurrence) not in led}
        wanted = {row.row: row for row in rows} if self._importable.records.resolves_all else new
        if not wanted or self._importable.records.resolve is None:
            return rows, {}
        values = [row.values for row in wanted.values()]
        named, added = await self._importable.records.resolve(uow, values, self._is_dry)
        resolved = dict(zip(wanted, named, strict=True))
        return [
            row
            if (one := resolved.get(row.row)) is None
            else row._replace(values=one.values, keys=one.keys if row.row in new else row.keys)
            for row in rows
        ], added

    async def known(self, connection: Connection, rows: Sequence[ValidRow]) -> ExistingRecords:
        """The existing records for these rows. Locks those that may change."""
        last: dict[int, list[tuple[UUID, bytes]]] = {}
        first: dict[int, list[UUID]] = {}
        found = await self._identities(connection, rows)
        for row in rows:
            last[row.row] = [(one["record"], one["digest"]) for one in found.get((row.identity, row.occurrence), ())]
            if row.occurrence > 1:
                first[row.row] = [one["record"] for one in found.get((row.identity, 1), ())]
        matches = await self._matches(connection, rows)
        remembered = await self._remembered(connection, rows) if self._is_dry else {}
        known = ExistingRecords(last, first, matches, set(), {})
        met = {record for leads in last.values() for record, _ in leads}
        usable = await self._writable(connection, met)
        may_change = {
            record
            for row in rows
            for record, digest in last.get(row.row, ())
            if record in usable and digest != row.digest
        }
        may_change |= {
            record
            for row in rows
            if not any(lead in usable for lead, _ in last.get(row.row, ()))
            for record in self._leads(row, known)
        }
        may_change |= set(remembered.values())
        states = await self._states(connection, may_change) if self._is_dry else {}
        known.pending_records = {**await self._load(connection, may_change - states.keys()), **states}
        known.usable = usable | set(known.pending_records)
        self._lead(rows, known, remembered)
        return known

    @staticmethod
    def _leads(row: ValidRow, known: ExistingRecords) -> list[UUID]:
        found = [record for key in row.keys for record, writable in known.matches.get(key, ()) if writable]
        return found + list(known.first.get(row.row, ()))

    @staticmethod
    def _lead(rows: Sequence[ValidRow], known: ExistingRecords, remembered: Mapping[str, UUID]) -> None:
        """Adds the records that a dry run's earlier rows led to."""
        known.matches = {**known.matches, **{key: [(record, True)] for key, record in remembered.items()}}
        repeats = {row.row: remembered.get(row.identity_key) for row in rows if row.occurrence > 1}
        known.first = {**known.first, **{row: [record] for row, record in repeats.items() if record is not None}}

    async def _matches(self, connection: Connection, rows: Sequence[ValidRow]) -> dict[str, list[tuple[UUID, bool]]]:
        found: dict[str, list[tuple[UUID, bool]]] = defaultdict(list)
        keys = sorted({key for row in rows for key in row.keys})
        refs = {key.removeprefix("ref:") for key in keys if key.startswith("ref:")}
        for row in await find_refs(connection, self._table, refs, self._access) if refs else ():
            found[ref_key(row["ref"])].append((row["record"], True))
        if keys and self._importable.records.matches:
            statement = f"SELECT key, record, writable FROM {self._importable.records.matches}($1) ORDER BY record"  # noqa: S608
            for row in await connection.fetch(statement, keys, timeout=PATIENCE):
                found[row["key"]].append((row["record"], row["writable"]))
        return found

    async def _remembered(self, connection: Connection, rows: Sequence[ValidRow]) -> dict[str, UUID]:
        keys = [key for row in rows for key in (*row.keys, row.identity_key)]
        return {row["key"]: row["record"] for row in await connection.fetch(_REMEMBERED, self._import, keys)}

    async def _states(self, connection: Connection, records: set[UUID]) -> dict[UUID, PendingRecord]:
        """The states in which earlier batches of this dry run left some of the records."""
        found = await connection.fetch(_STATES, self._import, list(records))
        states = [orjson.loads(row["document"]) for row in found]
        rows = await _typed(connection, self._table, [state["row"] for state in states])
        lesser = [
            await _typed(connection, child.table, [row for state in states for row in state["children"][place]])
            for place, child in enumerate(self._importable.side.children)
        ]
        return self._drafts(rows, lesser)

    def _drafts(self, rows: Sequence[Columns], lesser: Sequence[Sequence[Columns]]) -> dict[UUID, PendingRecord]:
        """The present records, with the children of each kind."""
        pending_records = {row["id"]: PendingRecord(row, row, [[] for _ in lesser]) for row in rows}
        for place, child in enumerate(self._importable.side.children):
            for row in lesser[place]:
                pending_records[row[child.owner]].children[place].append(PendingChild(row, row))
        return pending_records

    async def _writable(self, connection: Connection, records: set[UUID]) -> set[UUID]:
        record = self._importable.kind.record
        columns = ", ".join(dict.fromkeys(("id", "country", record.scope_column, *record.also_scoped_by)))
        statement = f"SELECT {columns} FROM {self._table.fullname} WHERE id = ANY($1){self._living}"  # noqa: S608
        found = await connection.fetch(statement, list(records)) if records else []
        return {row["id"] for row in found if self._access.write.covers(row["country"], record.scope_of(row))}

    async def _load(self, connection: Connection, records: set[UUID]) -> dict[UUID, PendingRecord]:
        if not records:
            return {}
        columns = ", ".join(self._importable.blank)
        statement = (
            f"SELECT {columns} FROM {self._table.fullname} WHERE id = ANY($1){self._living} ORDER BY id FOR UPDATE"  # noqa: S608
        )
        rows = [dict(row) for row in await connection.fetch(statement, list(records), timeout=PATIENCE)]
        lesser = []
        for child in self._importable.side.children:
            columns = ", ".join(child.blank)
            statement = (
                f"SELECT {columns} FROM {child.table.fullname} WHERE {child.owner} = ANY($1) ORDER BY id FOR UPDATE"  # noqa: S608
            )
            present = await connection.fetch(statement, [row["id"] for row in rows])
            lesser.append([dict(row) for row in present])
        return self._drafts(rows, lesser)


async def _typed(connection: Connection, table: Table, rows: Sequence[Values]) -> list[Columns]:
    """JSON rows, with the types of the table's columns."""
    statement = f"SELECT * FROM json_populate_recordset(NULL::{table.fullname}, $1::text::json)"  # noqa: S608
    return [dict(row) for row in await connection.fetch(statement, orjson.dumps(rows).decode())]
