"""Undoes an import: deletes its new records and reverts its changes, except those changed since."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.bulk.execution import execute_all, inserting, merging
from shared.bulk.importable import Importable
from shared.bulk.imports import close_import
from shared.bulk.plan import RecordedChange
from shared.bulk.rows import Columns
from shared.bulk.side_tables import Child
from shared.bulk.writing import record_imported_change
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.records.access_scope import AccessScope
from shared.records.changes import record_change

AT_ONCE = 1000
_OWN, _ADDED = (
    f"""
SELECT DISTINCT owner FROM core_import_effect
WHERE import = $1 AND NOT is_retained AND part {condition} $2 ORDER BY owner LIMIT $3
"""  # noqa: S608
    for condition in ("IS DISTINCT FROM", "=")
)
"""The records of the import's kind, and those that were made for its rows."""
_KEPT = """
SELECT owner AS id, coalesce(bool_or(part = $2), false) AS is_added FROM core_import_effect
WHERE import = $1 AND is_retained AND owner > $3 GROUP BY owner ORDER BY owner LIMIT $4
"""
_FIRST = UUID(int=0)
_EFFECTS = (
    "SELECT part, record, owner, created, version, before, made_with FROM core_import_effect"
    " WHERE import = $1 AND owner = ANY($2)"
)
_AS_MADE: Mapping[str, Any] = {"created": True, "version": 1}
_MARK_RETAINED = "UPDATE core_import_effect SET is_retained = true WHERE import = $1 AND owner = ANY($2)"
_DELETE_EFFECTS = "DELETE FROM core_import_effect WHERE import = $1 AND owner = ANY($2)"
_DELETE_REMOVED = "DELETE FROM core_import_identity WHERE resource = $1 AND record = ANY($2)"
_DELETE_DUPLICATES = "DELETE FROM core_import_duplicate WHERE resource = $1 AND record = ANY($2)"
_DELETE_RESTORED = "DELETE FROM core_import_identity WHERE import = $1 AND record = ANY($2)"
_REMEMBER_EARLIER = """
UPDATE core_import_identity SET digest = earlier_digest, earlier_digest = NULL, changed_by = NULL
WHERE changed_by = $1 AND record = ANY($2)
"""
_DELETE_REST = """
DELETE FROM core_import_identity i WHERE i.import = $1
    AND NOT EXISTS (SELECT FROM core_import_effect e WHERE e.import = $1 AND e.owner = i.record)
"""
_COUNT = "SELECT count(DISTINCT owner) FROM core_import_effect WHERE import = $1 AND NOT is_retained"
_NO_CONTEXT = ";".join(
    f"SET LOCAL escm.{name}=''"
    for name in ("visibilities", "countries", "records", "write_countries", "write_records", "write_everywhere")
)


async def extent(connection: Connection, imported: Mapping[str, Any]) -> int:
    """The number of records to undo."""
    return int(await connection.fetchval(_COUNT, imported["id"]))


async def see_as(connection: Connection, access: AccessScope) -> None:
    """Sets row-level security to this access scope for the rest of the transaction."""
    await connection.execute(";".join(part for part in (_NO_CONTEXT, access.context.set_local) if part))


async def leave_to(uow: UnitOfWork, imported: Row, job: UUID) -> Row:
    """Assigns the import to the job that undoes it."""
    statement = "UPDATE core_import SET job = $2 WHERE id = $1 RETURNING *"
    return await uow.connection.fetchrow(statement, imported["id"], job)


async def kept(
    connection: Connection, importable: Importable, imported: UUID, after: UUID | None, limit: int
) -> list[Row]:
    """The records that an undo has kept, by id, and whether they were made for rows; one more than `limit` if there are
    more. Empty once the import is so old that it can no longer be undone."""
    found: list[Row] = await connection.fetch(_KEPT, imported, importable.added_part, after or _FIRST, limit + 1)
    return found


async def take_back_some(uow: UnitOfWork, importable: Importable, access: AccessScope, imported: Row) -> Row:
    """Undoes up to 1,000 records. Returns the import's row, whose status is `undone` when nothing is left.

    `taken_back` counts the records removed, restored, and kept because they changed since, are in use or out of scope,
    and, under the name of their kind, those that were made for rows.
    """
    connection, key, part = uow.connection, imported["id"], importable.added_part
    if importable.undo.lock is not None:
        await importable.undo.lock(connection)
    owners = [row["owner"] for row in await connection.fetch(_OWN, key, part, AT_ONCE)]
    added = [row["owner"] for row in await connection.fetch(_ADDED, key, part, AT_ONCE - len(owners))]
    found = await _Return(uow, importable, access).take_back(imported, owners)
    if importable.undo.adds is not None and part is not None:
        people = await _Return(uow, importable.undo.adds, access, part).take_back(imported, added)
        found |= {f"{part}_{name}": people[name] for name in ("removed", "kept")}
    before = imported["taken_back"] or {}
    counts = {name: before.get(name, 0) + count for name, count in found.items()}
    if len(owners) + len(added) < AT_ONCE:
        await connection.execute(_DELETE_REST, key)
        return await close_import(uow, imported, "undone", taken_back=counts)
    return await connection.fetchrow("UPDATE core_import SET taken_back = $2 WHERE id = $1 RETURNING *", key, counts)


@dataclass
class _LockedRecord:
    """A record with its present children, by the index of their kind."""

    row: Columns
    children: list[dict[UUID, Columns]]


@dataclass
class _Return:
    uow: UnitOfWork
    importable: Importable
    access: AccessScope
    part: str = ""
    removed: list[UUID] = field(default_factory=list)
    restored: list[UUID] = field(default_factory=list)
    kept: list[UUID] = field(default_factory=list)
    _rows: list[Columns] = field(default_factory=list)
    _children: list[tuple[Child, Columns]] = field(default_factory=list)
    _gone: list[tuple[Child, UUID]] = field(default_factory=list)

    async def take_back(self, imported: Row, owners: Sequence[UUID]) -> dict[str, int]:
        """Undoes what the import did to these records. Returns how many it removed, restored and kept."""
        if owners:
            await self._prepare(imported, owners)
            await self._write(imported["id"])
        return {name: len(getattr(self, name)) for name in ("removed", "restored", "kept")}

    async def _prepare(self, imported: Row, owners: Sequence[UUID]) -> None:
        """Decides what to do with each record."""
        connection = self.uow.connection
        effects: dict[UUID, list[Row]] = defaultdict(list)
        for row in await connection.fetch(_EFFECTS, imported["id"], owners):
            effects[row["owner"]].append(row)
        locked = await self._lock(connection, owners)
        in_use = await self.importable.undo.in_use(connection, owners) if self.importable.undo.in_use else set()
        for owner in owners:
            found = locked.get(owner)
            if found is None or not self._take_back(found, effects[owner], is_in_use=owner in in_use):
                self.kept.append(owner)

    def _take_back(self, locked: _LockedRecord, effects: Sequence[Row], *, is_in_use: bool) -> bool:
        own = next((effect for effect in effects if effect["part"] == self.part), None)
        lesser: dict[UUID, Mapping[str, Any]] = dict.fromkeys(own["made_with"] if own else (), _AS_MADE)
        lesser |= {effect["record"]: effect for effect in effects if effect["part"] != self.part}
        present = {
            key: child.written_version(row)
            for child, children in zip(self.importable.side.children, locked.children, strict=True)
            for key, row in children.items()
        }
        touched = any(present.get(key) != effect["version"] for key, effect in lesser.items())
        if touched or (own is not None and locked.row["version"] != own["version"]):
            return False
        if own is not None and own["created"]:
            if is_in_use or set(present) - set(lesser):
                return False
            self._remove(locked)
            return True
        for place, child in enumerate(self.importable.side.children):
            for key, row in locked.children[place].items():
                if key in lesser:
                    self._take_back_child(locked.row, child, row, lesser[key])
        if own is not None:
            self._restore(locked.row, own["before"])
        self.restored.append(locked.row["id"])
        return True

    def _remove(self, locked: _LockedRecord) -> None:
        for place, child in enumerate(self.importable.side.children):
            for row in locked.children[place].values():
                self._remove_child(locked.row, child, row)
        self.importable.kind.record_row_change(
            self.uow,
            "delete",
            locked.row,
            {**locked.row, "version": locked.row["version"] + 1},
            "deleted",
        )
        self.removed.append(locked.row["id"])

    def _remove_child(self, owner: Columns, child: Child, row: Columns) -> None:
        shown = {"ref": owner["ref"], "status": owner["status"]}
        record_change(
            self.uow,
            child.resource,
            "delete",
            before={**row, **shown},
            after={**row, **shown, "version": row["version"] + 1},
            fields=(),
            fact="deleted",
            link=child.link(owner, row),
            person=self.importable.kind.person_of(owner),
        )
        self._gone.append((child, row["id"]))

    def _take_back_child(self, owner: Columns, child: Child, row: Columns, effect: Mapping[str, Any]) -> None:
        if effect["created"]:
            self._remove_child(owner, child, row)
            return
        after = {**row, **effect["before"], "version": row["version"] + 1, "updated_at": now()}
        record_imported_change(self.uow, self.importable, RecordedChange(owner, row, after, child), after["updated_at"])
        self._children.append((child, after))

    def _restore(self, row: Columns, before: Columns) -> None:
        moved = {"version": row["version"] + 1, "updated_at": now(), "updated_by": self.uow.origin.actor.label}
        after = {**row, **before, **moved}
        record_imported_change(self.uow, self.importable, RecordedChange(after, row, after), moved["updated_at"])
        self._rows.append(after)

    async def _lock(self, connection: Connection, owners: Sequence[UUID]) -> dict[UUID, _LockedRecord]:
        table = self.importable.kind.table
        statement = f"SELECT * FROM {table.fullname} WHERE id = ANY($1) ORDER BY id FOR UPDATE"  # noqa: S608
        rows = await connection.fetch(statement, owners)
        locked = {row["id"]: _LockedRecord(dict(row), [{} for _ in self.importable.side.children]) for row in rows}
        for place, child in enumerate(self.importable.side.children):
            statement = f"SELECT * FROM {child.table.fullname} WHERE {child.owner} = ANY($1) FOR UPDATE"  # noqa: S608
            for row in await connection.fetch(statement, list(locked)):
                locked[row[child.owner]].children[place][row["id"]] = dict(row)
        return locked

    async def _write(self, key: UUID) -> None:
        """Writes what `_prepare` decided."""
        connection, table = self.uow.connection, self.importable.kind.table
        for child in self.importable.side.children:
            gone = [record for one, record in self._gone if one is child]
            await connection.execute(f"DELETE FROM {child.table.fullname} WHERE id = ANY($1)", gone)  # noqa: S608
            rows = [row for one, row in self._children if one is child]
            await execute_all(connection, merging(child.table, rows))
        changed = [*self.removed, *(row["id"] for row in self._rows)]
        for derived in self.importable.side.derived:
            statement = f"DELETE FROM {derived.table.fullname} WHERE {derived.owner} = ANY($1)"  # noqa: S608
            await connection.execute(statement, changed)
        if self.importable.undo.before_delete is not None and self.removed:
            await self.importable.undo.before_delete(self.uow, self.removed)
        await connection.execute(f"DELETE FROM {table.fullname} WHERE id = ANY($1)", self.removed)  # noqa: S608
        await execute_all(connection, merging(table, self._rows))
        for derived in self.importable.side.derived:
            rows = [row for record in self._rows for row in derived.rows(record)]
            await execute_all(connection, inserting(derived.table, rows))
        await self._update_import_records(connection, key)

    async def _update_import_records(self, connection: Connection, key: UUID) -> None:
        name = self.importable.resource.name
        await connection.execute(_DELETE_REMOVED, name, self.removed)
        await connection.execute(_DELETE_DUPLICATES, name, self.removed)
        await connection.execute(_DELETE_RESTORED, key, self.restored)
        await connection.execute(_REMEMBER_EARLIER, key, self.restored)
        await connection.execute(_MARK_RETAINED, key, self.kept)
        await connection.execute(_DELETE_EFFECTS, key, [*self.removed, *self.restored])
