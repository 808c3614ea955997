"""One batch: planned and written in one transaction, with its fence. Set-based: one statement per table."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import orjson
from sqlalchemy import Table

from shared.bulk.importable import Columns, Importable
from shared.bulk.planning import ChildDraft, Draft, Known, Plan, Planner, StagedRow, Told
from shared.bulk.staging import PATIENCE
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import Origin, UnitOfWork
from shared.kernel.clock import now
from shared.messaging.job_run import JobRun
from shared.records.changes import record_change
from shared.records.sight import Sight

BATCH = 5000
_LOCK = "SET LOCAL lock_timeout = '5min'; SET LOCAL statement_timeout = '5min'"
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_FENCE = "INSERT INTO core_import_batch (import, batch, created, updated, unchanged) VALUES ($1, $2, $3, $4, $5)"
_ROWS = """
SELECT row, record, identity, occurrence, digest, keys, document FROM core_import_row
WHERE import = $1 AND row > $2 AND row <= $3 AND problem IS NULL ORDER BY row
"""
_IDENTITIES = """
SELECT identity, occurrence, record, digest FROM core_import_identity
WHERE resource = $1 AND identity = ANY($2) ORDER BY record
"""
_SETTLE = """
INSERT INTO core_import_identity AS i (resource, identity, occurrence, record, digest, import)
SELECT $1, w.identity, w.occurrence, w.record, w.digest, $2
FROM unnest($3::bytea[], $4::integer[], $5::uuid[], $6::bytea[]) w (identity, occurrence, record, digest)
ON CONFLICT (resource, identity, occurrence, record)
DO UPDATE SET digest = excluded.digest, earlier_digest = i.digest, changed_by = excluded.import
"""
_EFFECTS = """
INSERT INTO core_import_effect AS e (import, part, record, owner, created, version, before)
SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::uuid[], $5::boolean[], $6::integer[], $7::jsonb[])
ON CONFLICT (import, part, record)
DO UPDATE SET version = excluded.version, before = excluded.before || e.before
"""
_DUPLICATES = """
INSERT INTO core_import_duplicate (resource, record, other, import)
SELECT $1, w.record, w.other, $2 FROM unnest($3::uuid[], $4::uuid[]) w (record, other) ON CONFLICT DO NOTHING
"""
_REMEMBER = """
INSERT INTO core_import_key (import, key, row) SELECT $1, * FROM unnest($2::text[], $3::integer[])
ON CONFLICT DO NOTHING
"""
_REMEMBERED = """
SELECT k.key, r.record, r.document FROM core_import_key k JOIN core_import_row r USING (import, row)
WHERE k.import = $1 AND k.key = ANY($2)
"""
_DEFAULT_OF_REF = """
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
WHERE adrelid = $1::regclass AND attname = 'ref'
"""


class Writer:
    """Writes the batches of one import, or goes through the motions for a dry run."""

    def __init__(self, importable: Importable, sight: Sight, imported: Row) -> None:
        self._importable = importable
        self._table = importable.kind.table
        self._sight = sight
        self._import: UUID = imported["id"]
        self._registry: bool = imported["registry"]
        self._is_dry = imported["mode"] == "dry_run"
        gone = [name for name in ("merged_into", "erased_at") if name in self._table.c]
        self._living = "".join(f" AND {name} IS NULL" for name in gone)
        self._ref_default = ""
        self._merge_record = merge_statement(self._table)

    async def write(self, run: JobRun, batch: int) -> None:
        """Writes one batch and its fence. A fence that is there already ends the transaction with an error."""
        origin = Origin(self._sight.principal, str(run.id), None, bulk=True)
        async with run.unit_of_work(self._sight.context, origin) as uow:
            connection = uow.connection
            await connection.execute(_LOCK)
            await connection.execute(_ONE_AT_A_TIME, f"import {self._importable.resource.name}", timeout=PATIENCE)
            bounds = (self._import, batch * BATCH, (batch + 1) * BATCH)
            rows = [StagedRow(**row) for row in await connection.fetch(_ROWS, *bounds)]
            known = await self._look_up(connection, rows)
            refs = await self._refs(connection, len(rows))
            planner = Planner(
                self._importable,
                known,
                refs,
                actor=self._sight.principal.label,
                at=now(),
                registry=self._registry,
            )
            plan = await asyncio.to_thread(planner.run, rows)
            counts = (plan.created, plan.updated, plan.unchanged)
            await connection.execute(_FENCE, self._import, batch, *counts)
            if self._is_dry:
                made = plan.made_by
                await connection.execute(_REMEMBER, self._import, list(made), list(made.values()))
            else:
                telling = asyncio.to_thread(self._tell, uow, plan.told)
                await asyncio.gather(telling, self._write(connection, plan))

    async def _look_up(self, connection: Connection, rows: Sequence[StagedRow]) -> Known:
        name = self._importable.resource.name
        last: dict[int, list[tuple[UUID, bytes]]] = {}
        first: dict[int, list[UUID]] = {}
        found: dict[tuple[bytes, int], list[Row]] = defaultdict(list)
        for one in await connection.fetch(_IDENTITIES, name, [row.identity for row in rows], timeout=PATIENCE):
            found[one["identity"], one["occurrence"]].append(one)
        for row in rows:
            last[row.row] = [(one["record"], one["digest"]) for one in found[row.identity, row.occurrence]]
            if row.occurrence > 1:
                first[row.row] = [one["record"] for one in found[row.identity, 1]]
        matches = await self._matches(connection, rows)
        virtual = await self._remembered(connection, rows) if self._is_dry else {}
        known = Known(last, first, matches, set(), {})
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
        known.drafts = await self._load(connection, may_change)
        known.usable = usable | set(known.drafts)
        for key, (record, document) in virtual.items():
            known.usable.add(record)
            if record not in known.drafts:
                known.drafts[record] = self._virtual(record, document)
            known.matches = (
                {**known.matches, key: [(record, True)]} if not key.startswith("identity:") else known.matches
            )
        self._lead_repeats(rows, known, virtual)
        return known

    @staticmethod
    def _leads(row: StagedRow, known: Known) -> list[UUID]:
        found = [record for key in row.keys for record, writable in known.matches.get(key, ()) if writable]
        return found + list(known.first.get(row.row, ()))

    @staticmethod
    def _lead_repeats(rows: Sequence[StagedRow], known: Known, virtual: Mapping[str, tuple[UUID, str]]) -> None:
        repeats = {
            row.row: [virtual[row.identity_key][0]]
            for row in rows
            if row.occurrence > 1 and row.identity_key in virtual
        }
        known.first = {**repeats, **known.first}

    async def _matches(self, connection: Connection, rows: Sequence[StagedRow]) -> dict[str, list[tuple[UUID, bool]]]:
        found: dict[str, list[tuple[UUID, bool]]] = defaultdict(list)
        keys = sorted({key for row in rows for key in row.keys})
        if keys and self._importable.matches:
            statement = f"SELECT key, record, writable FROM {self._importable.matches}($1) ORDER BY record"  # noqa: S608
            for row in await connection.fetch(statement, keys, timeout=PATIENCE):
                found[row["key"]].append((row["record"], row["writable"]))
        return found

    async def _remembered(self, connection: Connection, rows: Sequence[StagedRow]) -> dict[str, tuple[UUID, str]]:
        keys = [key for row in rows for key in (*row.keys, row.identity_key)]
        found = await connection.fetch(_REMEMBERED, self._import, keys)
        return {row["key"]: (row["record"], row["document"]) for row in found}

    def _virtual(self, record: UUID, document: str) -> Draft:
        """A record that an earlier batch of this dry run would have made."""
        blank: Columns = dict.fromkeys(self._importable.columns)
        row = {**blank, "id": record, "ref": "", "version": 1, **self._importable.enter(orjson.loads(document), False)}
        draft = Draft(row, row, [[] for _ in self._importable.children])
        for child, present in zip(self._importable.children, draft.children, strict=True):
            wanted = child.wanted(orjson.loads(document))
            if wanted is not None:
                blank = {str(column.key): None for column in child.table.c}
                present.append(ChildDraft({**blank, "version": 1, **wanted}, None))
        return draft

    async def _writable(self, connection: Connection, records: set[UUID]) -> set[UUID]:
        statement = f"SELECT id, country FROM {self._table.fullname} WHERE id = ANY($1){self._living}"  # noqa: S608
        found = await connection.fetch(statement, list(records)) if records else []
        return {row["id"] for row in found if self._sight.write.covers(row["country"], row["id"])}

    async def _load(self, connection: Connection, records: set[UUID]) -> dict[UUID, Draft]:
        if not records:
            return {}
        children = self._importable.children
        columns = ", ".join(self._importable.columns)
        statement = (
            f"SELECT {columns} FROM {self._table.fullname} WHERE id = ANY($1){self._living} ORDER BY id FOR UPDATE"  # noqa: S608
        )
        drafts: dict[UUID, Draft] = {}
        for row in await connection.fetch(statement, list(records), timeout=PATIENCE):
            drafts[row["id"]] = Draft(dict(row), dict(row), [[] for _ in children])
        for place, child in enumerate(children):
            columns = ", ".join(str(column.key) for column in child.table.c)
            statement = (
                f"SELECT {columns} FROM {child.table.fullname} WHERE {child.owner} = ANY($1) ORDER BY id FOR UPDATE"  # noqa: S608
            )
            for row in await connection.fetch(statement, list(drafts)):
                drafts[row[child.owner]].children[place].append(ChildDraft(dict(row), dict(row)))
        return drafts

    async def _refs(self, connection: Connection, count: int) -> Sequence[str]:
        if self._is_dry:
            return [""] * count
        if not self._ref_default:
            self._ref_default = await connection.fetchval(_DEFAULT_OF_REF, self._table.fullname)
        statement = f"SELECT {self._ref_default} AS ref FROM generate_series(1, $1)"  # noqa: S608
        return [row["ref"] for row in await connection.fetch(statement, count)]

    async def _write(self, connection: Connection, plan: Plan) -> None:
        drafts = list(plan.touched.values())
        written = [draft for draft in drafts if draft.row != draft.original]
        await self._merge(connection, self._merge_record, [draft.row for draft in written])
        for place, child in enumerate(self._importable.children):
            present = [(draft, one) for draft in drafts for one in draft.children[place]]
            for draft, one in present:
                one.row |= {"country": draft.row["country"], "visibility": draft.row["visibility"]}
            rows = [one.row for _, one in present if one.row != one.original]
            await self._merge(connection, merge_statement(child.table), rows)
        for derived in self._importable.derived:
            changed = [draft.row["id"] for draft in written if draft.original is not None]
            if changed:
                statement = f"DELETE FROM {derived.table.fullname} WHERE {derived.owner} = ANY($1)"  # noqa: S608
                await connection.execute(statement, changed)
            rows = [row for draft in written for row in derived.rows(draft.row)]
            await self._merge(connection, merge_statement(derived.table), rows)
        await self._settle(connection, plan)

    async def _merge(self, connection: Connection, statement: str, rows: Sequence[Columns]) -> None:
        if rows:
            payload = await asyncio.to_thread(lambda: orjson.dumps(rows, default=str).decode())
            await connection.execute(statement, payload, timeout=PATIENCE)

    async def _settle(self, connection: Connection, plan: Plan) -> None:
        name = self._importable.resource.name
        if plan.identities:
            columns = [list(column) for column in zip(*plan.identities, strict=True)]
            await connection.execute(_SETTLE, name, self._import, *columns, timeout=PATIENCE)
        effects = list(self._effects(plan.touched.values()))
        if effects:
            columns = [list(column) for column in zip(*effects, strict=True)]
            await connection.execute(_EFFECTS, self._import, *columns, timeout=PATIENCE)
        if plan.duplicates:
            records, others = (list(column) for column in zip(*plan.duplicates, strict=True))
            await connection.execute(_DUPLICATES, name, self._import, records, others)

    def _effects(self, drafts: Iterable[Draft]) -> Iterable[tuple[str, UUID, UUID, bool, int, Columns]]:
        for draft in drafts:
            owner = draft.row["id"]
            if draft.row != draft.original:
                yield ("", owner, owner, *_effect(draft.row, draft.original))
            for child, present in zip(self._importable.children, draft.children, strict=True):
                for one in present:
                    if one.original is None or one.row["version"] != one.original["version"]:
                        yield (child.resource.plural, one.row["id"], owner, *_effect(one.row, one.original))

    def _tell(self, uow: UnitOfWork, told: Iterable[Told]) -> None:
        for one in told:
            tell(uow, self._importable, one)


def tell(uow: UnitOfWork, importable: Importable, told: Told) -> None:
    """The audit entry and the fact of one change of an import."""
    action, fact = ("create", "created") if told.before is None else ("update", "updated")
    if told.child is None:
        importable.kind.tell(uow, action, told.before, told.after, fact)
        return
    shown = {"ref": told.owner["ref"], "status": told.owner["status"]}
    record_change(
        uow,
        told.child.resource,
        action,
        before=None if told.before is None else {**told.before, **shown},
        after={**told.after, **shown},
        fields=told.child.told,
        fact=fact,
        link=told.child.link(told.owner, told.after),
    )


def merge_statement(table: Table) -> str:
    """Inserts rows given as one JSON text, and replaces those that are there."""
    names = [str(column.key) for column in table.c]
    keys = [str(column.key) for column in table.primary_key]
    columns = ", ".join(names)
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in (*keys, "ref", "created_at"))
    return (
        f"INSERT INTO {table.fullname} ({columns}) SELECT {columns}"  # noqa: S608
        f" FROM json_populate_recordset(NULL::{table.fullname}, $1::text::json)"
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed}"
    )


_NOT_RESTORED = ("version", "updated_at", "updated_by")


def _effect(row: Columns, original: Columns | None) -> tuple[bool, int, Columns]:
    if original is None:
        return True, row["version"], {}
    before = {name: value for name, value in original.items() if row[name] != value and name not in _NOT_RESTORED}
    return False, row["version"], before
