"""The statements that carry a plan out, set-based: one per table. Made ready in memory; nothing here waits."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson

from shared.bulk.importable import Columns, Importable
from shared.bulk.judging import FailedRow
from shared.bulk.merging import Deed, copying, executing, inserting, merging
from shared.bulk.planning import ChildDraft, Draft, Plan

_SETTLE = """
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


def remembering(plan: Plan, imported: UUID) -> list[Deed]:
    """All that a dry run leaves of its good rows: the records that they led to, by what later rows find them by, and
    those that were made or changed, as they would be."""
    rows = {record: row.row for row, record in plan.led}
    keys: dict[str, int] = {}
    for row, record in plan.led:
        for key in (*row.keys, row.identity_key):
            keys.setdefault(key, rows[record])
    led = [(imported, row, record, _state(plan.touched.get(record))) for record, row in rows.items()]
    remember = executing(_REMEMBER, imported, list(keys), list(keys.values()))
    return [*copying("core_import_row", _REMEMBERED, led), *remember]


def _state(draft: Draft | None) -> str | None:
    if draft is None:
        return None
    children = [[one.row for one in present] for present in draft.children]
    return orjson.dumps({"row": draft.row, "children": children}, default=str).decode()


def failing(rows: Iterable[FailedRow], imported: UUID) -> list[Deed]:
    """The entries of the list of failures."""
    return copying("core_import_row", _FAILED, [(imported, *row) for row in rows])


def deeds_of(plan: Plan, importable: Importable, imported: UUID) -> list[Deed]:
    """What is to be executed, in this order, for a plan of the import with this id."""
    drafts = list(plan.touched.values())
    made = [draft.row for draft in drafts if draft.original is None]
    changed = [draft.row for draft in drafts if draft.original is not None and draft.row != draft.original]
    return [
        *inserting(importable.kind.table, made),
        *merging(importable.kind.table, changed),
        *_of_children(importable, drafts),
        *_of_derived(importable, drafts, changed),
        *_of_identities(plan, importable, imported),
        *_of_effects(plan, importable, imported),
    ]


def _of_children(importable: Importable, drafts: list[Draft]) -> Iterable[Deed]:
    for place, child in enumerate(importable.children):
        present = [(draft, one) for draft in drafts for one in draft.children[place]]
        for draft, one in present:
            country, visibility = draft.row["country"], draft.row["visibility"]
            if one.row["country"] != country or one.row["visibility"] != visibility:
                one.row = {**one.row, "country": country, "visibility": visibility}
        yield from inserting(child.table, [one.row for _, one in present if one.original is None])
        moved = [one.row for _, one in present if one.original is not None and one.row != one.original]
        yield from merging(child.table, moved)


def _of_derived(importable: Importable, drafts: list[Draft], changed: list[Columns]) -> Iterable[Deed]:
    for place, derived in enumerate(importable.derived):
        if changed:
            statement = f"DELETE FROM {derived.table.fullname} WHERE {derived.owner} = ANY($1)"  # noqa: S608
            yield from executing(statement, [row["id"] for row in changed])
        drawn = (draft.derived_rows(importable)[place] for draft in drafts if draft.row != draft.original)
        yield from inserting(derived.table, [row for rows in drawn for row in rows])


def _of_identities(plan: Plan, importable: Importable, imported: UUID) -> Iterable[Deed]:
    name = importable.resource.name
    yield from copying("core_import_identity", _NEW_IDENTITY, [(name, *one, imported) for one in plan.new_identities])
    if plan.identities:
        yield from executing(_SETTLE, name, imported, *_columns(plan.identities))


def _of_effects(plan: Plan, importable: Importable, imported: UUID) -> Iterable[Deed]:
    made, changed = _effects(importable, imported, plan.touched.values())
    yield from copying("core_import_effect", _MADE, made)
    if changed:
        yield from executing(_CHANGED, imported, *_columns(changed))
    if plan.duplicates:
        yield from executing(_DUPLICATES, importable.resource.name, imported, *_columns(plan.duplicates))


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


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
