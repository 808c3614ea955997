"""One batch: planned and written in one transaction, with its fence. Set-based: one statement per table."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.bulk.importable import Columns, Importable
from shared.bulk.lookup import Lookup
from shared.bulk.merging import insert_rows, merge_rows
from shared.bulk.planning import ChildDraft, Draft, Plan, Planner, Prepared, Told, Writing
from shared.bulk.staging import PATIENCE
from shared.bulk.turns import in_turns
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import Origin, UnitOfWork
from shared.kernel.clock import now
from shared.messaging.job_run import JobRun
from shared.records.changes import record_change
from shared.records.sight import Sight

_BEGIN = ";".join(
    f"SET LOCAL {name} = {value}"
    for name, value in {
        "lock_timeout": "'5min'",
        "statement_timeout": "'5min'",
        "synchronous_commit": "off",
        "work_mem": "'64MB'",
    }.items()
)
"""A batch need not reach the disk before the next begins: its fence tells whoever goes on what of it is there, and the
commits of its facts' positions and of the import's end wait for all before them. The memory is for the search index,
whose new entries are sorted in as many passes as they take times of it."""
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_FENCE = "INSERT INTO core_import_batch (import, batch, created, updated, unchanged) VALUES ($1, $2, $3, $4, $5)"
_SETTLE = """
INSERT INTO core_import_identity AS i (resource, identity, occurrence, record, digest, import)
SELECT $1, w.identity, w.occurrence, w.record, w.digest, $2
FROM unnest($3::bytea[], $4::integer[], $5::uuid[], $6::bytea[]) w (identity, occurrence, record, digest)
ON CONFLICT (identity, occurrence, record)
DO UPDATE SET digest = excluded.digest, earlier_digest = i.digest, changed_by = excluded.import
"""
_NEW_IDENTITY = ("resource", "identity", "occurrence", "record", "digest", "import")
_MADE = ("import", "part", "record", "owner", "version", "created", "made_with")
_CHANGED = """
INSERT INTO core_import_effect AS e (import, part, record, owner, version, before, created)
SELECT $1, *, false FROM unnest($2::text[], $3::uuid[], $4::uuid[], $5::integer[], $6::jsonb[])
ON CONFLICT (import, owner, record)
DO UPDATE SET version = excluded.version, before = excluded.before || e.before
"""
_NOT_RESTORED = ("version", "updated_at", "updated_by")
_DUPLICATES = """
INSERT INTO core_import_duplicate (resource, record, other, import)
SELECT $1, w.record, w.other, $2 FROM unnest($3::uuid[], $4::uuid[]) w (record, other) ON CONFLICT DO NOTHING
"""
_REMEMBER = """
INSERT INTO core_import_key (import, key, row) SELECT $1, * FROM unnest($2::text[], $3::integer[])
ON CONFLICT DO NOTHING
"""
_DEFAULT_OF_REF = """
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
WHERE adrelid = $1::regclass AND attname = 'ref'
"""


class Writer:
    """Writes the batches of one import, or goes through the motions for a dry run."""

    def __init__(self, importable: Importable, sight: Sight, imported: Row, lookup: Lookup) -> None:
        self._importable = importable
        self._table = importable.kind.table
        self._sight = sight
        self._import: UUID = imported["id"]
        self._registry: bool = imported["registry"]
        self._is_dry = imported["mode"] == "dry_run"
        self._lookup = lookup
        self._ref_default = ""

    async def write(self, run: JobRun, batch: int, rows: Sequence[Prepared], is_told: asyncio.Event) -> None:
        """Writes one batch and its fence. A fence that is there already ends the transaction with an error. `is_told`
        is set once the rest is left to Postgres."""
        origin = Origin(self._sight.principal, str(run.id), None, bulk=True)
        async with run.unit_of_work(self._sight.context, origin) as uow:
            connection = uow.connection
            await connection.execute(_BEGIN)
            await connection.execute(_ONE_AT_A_TIME, f"import {self._importable.resource.name}", timeout=PATIENCE)
            known = await self._lookup.known(connection, [row.staged for row in rows])
            refs = await self._refs(connection, len(rows))
            writing = Writing(self._sight.principal.label, now(), self._registry)
            plan = await asyncio.to_thread(Planner(self._importable, known, refs, writing).run, rows)
            counts = (plan.created, plan.updated, plan.unchanged)
            await connection.execute(_FENCE, self._import, batch, *counts)
            if self._is_dry:
                made = plan.made_by
                await connection.execute(_REMEMBER, self._import, list(made), list(made.values()))
                is_told.set()
            else:
                await asyncio.gather(self._write(connection, plan), self._tell(uow, plan.told, is_told))

    async def _refs(self, connection: Connection, count: int) -> Sequence[str]:
        if self._is_dry:
            return [""] * count
        if not self._ref_default:
            self._ref_default = await connection.fetchval(_DEFAULT_OF_REF, self._table.fullname)
        statement = f"SELECT {self._ref_default} AS ref FROM generate_series(1, $1)"  # noqa: S608
        return [row["ref"] for row in await connection.fetch(statement, count)]

    async def _write(self, connection: Connection, plan: Plan) -> None:
        drafts = list(plan.touched.values())
        made = [draft.row for draft in drafts if draft.original is None]
        changed = [draft.row for draft in drafts if draft.original is not None and draft.row != draft.original]
        await insert_rows(connection, self._table, made)
        await merge_rows(connection, self._table, changed)
        for place, child in enumerate(self._importable.children):
            present = [(draft, one) for draft in drafts for one in draft.children[place]]
            for draft, one in present:
                where = {"country": draft.row["country"], "visibility": draft.row["visibility"]}
                if not where.items() <= one.row.items():
                    one.row = {**one.row, **where}
            await insert_rows(connection, child.table, [one.row for _, one in present if one.original is None])
            moved = [one.row for _, one in present if one.original is not None and one.row != one.original]
            await merge_rows(connection, child.table, moved)
        for place, derived in enumerate(self._importable.derived):
            if changed:
                statement = f"DELETE FROM {derived.table.fullname} WHERE {derived.owner} = ANY($1)"  # noqa: S608
                await connection.execute(statement, [row["id"] for row in changed])
            rows = [
                row
                for draft in drafts
                if draft.row != draft.original
                for row in draft.derived_rows(self._importable)[place]
            ]
            await insert_rows(connection, derived.table, rows)
        await self._settle(connection, plan)

    async def _settle(self, connection: Connection, plan: Plan) -> None:
        name = self._importable.resource.name
        new = [(name, *one, self._import) for one in plan.new_identities]
        await _copy(connection, "core_import_identity", _NEW_IDENTITY, new)
        if plan.identities:
            await connection.execute(_SETTLE, name, self._import, *_columns(plan.identities), timeout=PATIENCE)
        made, changed = _effects(self._importable, self._import, plan.touched.values())
        await _copy(connection, "core_import_effect", _MADE, made)
        if changed:
            await connection.execute(_CHANGED, self._import, *_columns(changed), timeout=PATIENCE)
        if plan.duplicates:
            await connection.execute(_DUPLICATES, name, self._import, *_columns(plan.duplicates))

    async def _tell(self, uow: UnitOfWork, told: Sequence[Told], is_told: asyncio.Event) -> None:
        at = now()
        async for one in in_turns(told):
            tell(uow, self._importable, one, at)
        is_told.set()


def tell(uow: UnitOfWork, importable: Importable, told: Told, at: datetime) -> None:
    """The audit entry and the fact of one change of an import."""
    action, fact = ("create", "created") if told.before is None else ("update", "updated")
    if told.child is None:
        importable.kind.tell(uow, action, told.before, told.after, fact, at=at)
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
        at=at,
        person=importable.kind.person_of(told.owner),
    )


def _effects(
    importable: Importable, imported: UUID, drafts: Iterable[Draft]
) -> tuple[list[tuple[Any, ...]], list[tuple[str, UUID, UUID, int, Columns]]]:
    """What the batch made, and what it changed with the fields before it. Children that a record was made with, and
    that are as they were made, are named with it."""
    made: list[tuple[Any, ...]] = []
    changed: list[tuple[str, UUID, UUID, int, Columns]] = []
    for draft in drafts:
        owner = draft.row["id"]
        lesser = [
            (child.resource.plural, one)
            for child, present in zip(importable.children, draft.children, strict=True)
            for one in present
        ]
        with_it = [one.row["id"] for _, one in lesser if _is_made_with(draft, one)]
        parts = [("", draft.row, draft.original, with_it)]
        parts += [(part, one.row, one.original, []) for part, one in lesser if one.row["id"] not in with_it]
        for part, row, original, children in parts:
            if original is None:
                made.append((imported, part, row["id"], owner, row["version"], True, children))
            elif row["version"] != original["version"]:
                before = {n: value for n, value in original.items() if row[n] != value and n not in _NOT_RESTORED}
                changed.append((part, row["id"], owner, row["version"], before))
    return made, changed


def _is_made_with(draft: Draft, child: ChildDraft) -> bool:
    return draft.original is None and child.original is None and child.row["version"] == 1


async def _copy(connection: Connection, table: str, columns: Sequence[str], records: Sequence[tuple[Any, ...]]) -> None:
    if records:
        await connection.copy_records_to_table(
            table, schema_name="escm", columns=columns, records=records, timeout=PATIENCE
        )


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
