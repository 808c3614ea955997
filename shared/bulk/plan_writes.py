"""The statements that execute a plan, one per table. Prepared in memory, without input or output."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from shared.bulk.execution import PreparedWrite, copying, executing, inserting, merging
from shared.bulk.importable import Importable
from shared.bulk.plan import PendingChild, PendingRecord, Plan
from shared.bulk.rows import Columns
from shared.bulk.validation import FailedRow
from shared.kernel.decimals import to_text

_UPSERT_IDENTITIES = """
INSERT INTO core_import_identity AS i (resource, identity, occurrence, record, digest, import)
SELECT $1, w.identity, w.occurrence, w.record, w.digest, $2
FROM unnest($3::bytea[], $4::integer[], $5::uuid[], $6::bytea[]) w (identity, occurrence, record, digest)
ON CONFLICT (identity, occurrence, record)
DO UPDATE SET digest = excluded.digest, earlier_digest = i.digest, changed_by = excluded.import
"""
_REMEMBERED = ("import", "row", "record", "document")
_FAILED = ("import", *FailedRow._fields)
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


def remembering(plan: Plan, imported: UUID) -> list[PreparedWrite]:
    """The results of a dry run's valid rows: the records that they led to, the keys by which later rows find them, and
    the resulting state of created or changed records."""
    rows = {record: row.row for row, record in plan.led}
    keys: dict[str, int] = {}
    for row, record in plan.led:
        for key in (*row.keys, row.identity_key):
            keys.setdefault(key, rows[record])
    led = [(imported, row, record, _state(plan.touched.get(record))) for record, row in rows.items()]
    remember = executing(_REMEMBER, imported, list(keys), list(keys.values()))
    return [*copying("core_import_row", _REMEMBERED, led), *remember]


def _state(pending: PendingRecord | None) -> str | None:
    if pending is None:
        return None
    children = [[one.row for one in present] for present in pending.children]
    return orjson.dumps({"row": pending.row, "children": children}, default=str).decode()


def adding(importable: Importable, imported: UUID, added: Mapping[UUID, Sequence[UUID]]) -> list[PreparedWrite]:
    """The effects of new records that were made for the rows of a batch, with their children."""
    part = importable.added_part
    made = [(imported, part, record, record, 1, True, list(children)) for record, children in added.items()]
    return copying("core_import_effect", _MADE, made)


def failing(rows: Iterable[FailedRow], imported: UUID) -> list[PreparedWrite]:
    """The entries of the list of failures."""
    return copying("core_import_row", _FAILED, [(imported, *row) for row in rows])


def writes_of(plan: Plan, importable: Importable, imported: UUID) -> list[PreparedWrite]:
    """The writes, in order, of a plan for the import with this id."""
    pending_records = list(plan.touched.values())
    made = [pending.row for pending in pending_records if pending.original is None]
    changed = [
        pending.row for pending in pending_records if pending.original is not None and pending.row != pending.original
    ]
    return [
        *inserting(importable.kind.table, made),
        *merging(importable.kind.table, changed),
        *_of_children(importable, pending_records),
        *_of_derived(importable, pending_records, changed),
        *_of_identities(plan, importable, imported),
        *_of_effects(plan, importable, imported),
    ]


def _of_children(importable: Importable, pending_records: list[PendingRecord]) -> Iterable[PreparedWrite]:
    for place, child in enumerate(importable.side.children):
        present = [(pending, one) for pending in pending_records for one in pending.children[place]]
        for pending, one in present:
            country, visibility = pending.row["country"], pending.row["visibility"]
            if one.row["country"] != country or one.row["visibility"] != visibility:
                one.row = {**one.row, "country": country, "visibility": visibility}
        yield from inserting(child.table, [one.row for _, one in present if one.original is None])
        moved = [one.row for _, one in present if one.original is not None and one.row != one.original]
        yield from merging(child.table, moved)


def _of_derived(
    importable: Importable, pending_records: list[PendingRecord], changed: list[Columns]
) -> Iterable[PreparedWrite]:
    for place, derived in enumerate(importable.side.derived):
        if changed:
            statement = f"DELETE FROM {derived.table.fullname} WHERE {derived.owner} = ANY($1)"  # noqa: S608
            yield from executing(statement, [row["id"] for row in changed])
        drawn = (
            pending.derived_rows(importable)[place] for pending in pending_records if pending.row != pending.original
        )
        yield from inserting(derived.table, [row for rows in drawn for row in rows])


def _of_identities(plan: Plan, importable: Importable, imported: UUID) -> Iterable[PreparedWrite]:
    name = importable.resource.name
    yield from copying("core_import_identity", _NEW_IDENTITY, [(name, *one, imported) for one in plan.new_identities])
    if plan.identities:
        yield from executing(_UPSERT_IDENTITIES, name, imported, *_columns(plan.identities))


def _of_effects(plan: Plan, importable: Importable, imported: UUID) -> Iterable[PreparedWrite]:
    made, changed = _effects(importable, imported, plan.touched.values())
    yield from copying("core_import_effect", _MADE, made)
    if changed:
        yield from executing(_CHANGED, imported, *_columns(changed))
    if plan.duplicates:
        yield from executing(_DUPLICATES, importable.resource.name, imported, *_columns(plan.duplicates))


def _effects(
    importable: Importable, imported: UUID, pending_records: Iterable[PendingRecord]
) -> tuple[list[tuple[Any, ...]], list[tuple[str, UUID, UUID, int, Columns]]]:
    """The records that the batch created or changed, with their earlier fields. Children that were created with a
    record, and have not changed since, are named with it."""
    made: list[tuple[Any, ...]] = []
    changed: list[tuple[str, UUID, UUID, int, Columns]] = []
    for pending in pending_records:
        owner = pending.row["id"]
        lesser = [
            (child.resource.plural, one)
            for child, present in zip(importable.side.children, pending.children, strict=True)
            for one in present
        ]
        with_it = [one.row["id"] for _, one in lesser if _is_made_with(pending, one)]
        parts = [("", pending.row, pending.original, with_it)]
        parts += [(part, one.row, one.original, []) for part, one in lesser if one.row["id"] not in with_it]
        for part, row, original, children in parts:
            if original is None:
                made.append((imported, part, row["id"], owner, row["version"], True, children))
            elif row["version"] != original["version"]:
                before = {
                    n: _stored(value) for n, value in original.items() if row[n] != value and n not in _NOT_RESTORED
                }
                changed.append((part, row["id"], owner, row["version"], before))
    return made, changed


def _stored(value: Any) -> Any:
    if isinstance(value, Decimal):
        return to_text(value)
    return str(value) if isinstance(value, UUID) else value


def _is_made_with(pending: PendingRecord, child: PendingChild) -> bool:
    return pending.original is None and child.original is None and child.row["version"] == 1


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
