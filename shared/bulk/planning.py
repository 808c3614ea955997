"""What becomes of the rows of one batch: decided in memory, from what the database holds. Nothing here waits.

A row leads to the record that its identity led to before; else to one with an equal key (e-mail, ORCID iD, ROR id) that
the importer may write; else, where the file repeats an identity, to that of its first row; else it makes a record. A
record that is there is changed only by a row that differs from that row's own last state, and only in its fields.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from shared.bulk.importable import Child, Columns, Importable, Values
from shared.kernel.ids import uuid7


@dataclass(frozen=True, slots=True)
class StagedRow:
    """A good row of the stage."""

    row: int
    record: UUID
    identity: bytes
    occurrence: int
    digest: bytes
    keys: list[str]
    document: str

    @property
    def identity_key(self) -> str:
        """The identity as one of the keys that dry runs remember."""
        return f"identity:{self.identity.hex()}"


@dataclass(slots=True)
class ChildDraft:
    """A child as the batch leaves it; `original` is None where the batch made it."""

    row: Columns
    original: Columns | None


@dataclass(slots=True)
class Draft:
    """A record as the batch leaves it; `original` is None where the batch made it. `derived` are the rows of its side
    tables as long as they hold."""

    row: Columns
    original: Columns | None
    children: list[list[ChildDraft]]
    derived: list[list[Columns]] | None = None

    def derived_rows(self, importable: Importable) -> list[list[Columns]]:
        """The rows of each side table."""
        if self.derived is None:
            self.derived = [one.rows(self.row) for one in importable.derived]
        return self.derived


@dataclass(slots=True)
class Prepared:
    """A good row with what it says, and with the record that it would make: worked out ahead, for most rows do."""

    staged: StagedRow
    values: Values | None = None
    columns: Columns | None = None
    derived: list[list[Columns]] | None = None

    @classmethod
    def unseen(cls, staged: StagedRow, importable: Importable, *, registry: bool) -> "Prepared":
        """The row, which no identity of this very content has led anywhere yet."""
        values = orjson.loads(staged.document)
        columns = {**importable.blank, **importable.enter(values, registry), "id": staged.record}
        return cls(staged, values, columns, [one.rows(columns) for one in importable.derived])


class Told(NamedTuple):
    """One change for the audit trail and the facts. `child` is None for the record itself."""

    owner: Columns
    before: Columns | None
    after: Columns
    child: Child | None = None


@dataclass(slots=True)
class Known:
    """What the database holds for this batch.

    `last`: by row, the records that its identity led to, oldest first, with the digest of its last state. `first`: by
    row, where the identity is repeated, the records of its first row. `matches`: by key, records and whether the
    importer may write them. `usable`: the records, of all these, that the importer may write. `drafts`: those of them
    that may have to change, whole.
    """

    last: Mapping[int, Sequence[tuple[UUID, bytes]]]
    first: Mapping[int, Sequence[UUID]]
    matches: Mapping[str, Sequence[tuple[UUID, bool]]]
    usable: set[UUID]
    drafts: dict[UUID, Draft]


@dataclass(slots=True)
class Plan:
    """What is to be written. `made_by`: by key, the row that made the record that it now leads to."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    told: list[Told] = field(default_factory=list)
    identities: list[tuple[bytes, int, UUID, bytes]] = field(default_factory=list)
    duplicates: set[tuple[UUID, UUID]] = field(default_factory=set)
    touched: dict[UUID, Draft] = field(default_factory=dict)
    made_by: dict[str, int] = field(default_factory=dict)


class Planner:
    """Plans one batch. `refs` are numbers for records that are made, as many as there are rows."""

    def __init__(
        self,
        importable: Importable,
        known: Known,
        refs: Iterable[str],
        *,
        actor: str,
        at: datetime,
        registry: bool,
    ) -> None:
        self._importable = importable
        self._known = known
        self._refs = iter(refs)
        self._actor = actor
        self._at = at
        self._registry = registry
        self._by_key: dict[str, UUID] = {}
        self.plan = Plan()

    def run(self, rows: Sequence[Prepared]) -> Plan:
        """The plan for these rows, in their order."""
        for row in rows:
            self._row(row)
        return self.plan

    def _row(self, prepared: Prepared) -> None:
        row = prepared.staged
        plan, known = self.plan, self._known
        record, last = next(
            ((r, digest) for r, digest in known.last.get(row.row, ()) if r in known.usable), (None, None)
        )
        if record is not None and last == row.digest:
            plan.unchanged += 1
            return
        if prepared.values is None:
            prepared = Prepared.unseen(row, self._importable, registry=self._registry)
        values = prepared.values or {}
        record = record or self._match(row)
        if record is None:
            record = row.record
            self._create(prepared, values)
            plan.created += 1
        elif self._change(record, values):
            plan.updated += 1
        else:
            plan.unchanged += 1
        for key in (*row.keys, row.identity_key):
            self._by_key.setdefault(key, record)
        plan.identities.append((row.identity, row.occurrence, record, row.digest))

    def _match(self, row: StagedRow) -> UUID | None:
        """The record that the row means though its identity is new."""
        for key in row.keys:
            if (made := self._by_key.get(key)) is not None:
                return made
            for record, _ in self._known.matches.get(key, ()):
                if record in self._known.usable:
                    return record
        if row.occurrence > 1:
            if (made := self._by_key.get(row.identity_key)) is not None:
                return made
            return next((r for r in self._known.first.get(row.row, ()) if r in self._known.usable), None)
        return None

    def _create(self, prepared: Prepared, values: Values) -> None:
        row = prepared.staged
        columns: Columns = {
            **(prepared.columns or {}),
            "ref": next(self._refs),
            "version": 1,
            "created_at": self._at,
            "created_by": self._actor,
            "updated_at": self._at,
            "updated_by": self._actor,
        }
        draft = Draft(columns, None, [[] for _ in self._importable.children], prepared.derived)
        self._known.drafts[row.record] = self.plan.touched[row.record] = draft
        self.plan.told.append(Told(draft.row, None, dict(draft.row)))
        self._change_children(draft, values)
        foreign = {record for key in row.keys for record, _ in self._known.matches.get(key, ())}
        self.plan.duplicates |= {(row.record, record) for record in foreign}
        for key in (*row.keys, row.identity_key):
            self.plan.made_by.setdefault(key, row.row)

    def _change(self, record: UUID, values: Values) -> bool:
        draft = self._known.drafts[record]
        wanted = self._importable.change(draft.row, values)
        changed = {name: value for name, value in wanted.items() if draft.row[name] != value}
        if changed:
            before = dict(draft.row)
            draft.row.update(changed)
            draft.derived = None
            self._move_on(draft.row)
            self.plan.told.append(Told(draft.row, before, dict(draft.row)))
        if self._change_children(draft, values) or changed:
            self.plan.touched[record] = draft
            return True
        return False

    def _change_children(self, draft: Draft, values: Values) -> bool:
        changes = [
            self._change_child(draft, child, draft.children[place], values)
            for place, child in enumerate(self._importable.children)
        ]
        return any(changes)

    def _change_child(self, draft: Draft, child: Child, present: list[ChildDraft], values: Values) -> bool:
        wanted = child.wanted(values)
        if wanted is None:
            return False
        found = next((one for one in present if child.same(one.row, wanted)), None)
        if found is None:
            row = {
                **child.blank,
                "id": uuid7(),
                child.owner: draft.row["id"],
                "country": draft.row["country"],
                "visibility": draft.row["visibility"],
                "version": 1,
                "created_at": self._at,
                "updated_at": self._at,
                **wanted,
            }
            present.append(ChildDraft(row, None))
            self.plan.told.append(Told(draft.row, None, dict(row), child))
            return True
        changed = {n: value for n in child.told if (value := wanted.get(n)) is not None and found.row[n] != value}
        if not changed:
            return False
        before = dict(found.row)
        found.row.update(changed)
        found.row["version"] += 1
        found.row["updated_at"] = self._at
        self.plan.told.append(Told(draft.row, before, dict(found.row), child))
        return True

    def _move_on(self, row: Columns) -> None:
        row["version"] += 1
        row["updated_at"] = self._at
        row["updated_by"] = self._actor
