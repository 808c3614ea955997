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

from shared.bulk.importable import Child, Columns, Importable, Values
from shared.bulk.judging import GoodRow
from shared.database.ids import uuid7


@dataclass(slots=True)
class ChildDraft:
    """A child as the batch leaves it; `original` is None where the batch made it. Rows are replaced, never changed."""

    row: Columns
    original: Columns | None


@dataclass(slots=True)
class Draft:
    """A record as the batch leaves it; `original` is None where the batch made it. Rows are replaced, never changed.
    `derived` are the rows of its side tables as long as they hold."""

    row: Columns
    original: Columns | None
    children: list[list[ChildDraft]]
    derived: list[list[Columns]] | None = None

    def derived_rows(self, importable: Importable) -> list[list[Columns]]:
        """The rows of each side table."""
        if self.derived is None:
            self.derived = [one.rows(self.row) for one in importable.derived]
        return self.derived


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes, since when, and whether the source is a registry."""

    actor: str
    at: datetime
    registry: bool


@dataclass(slots=True)
class Made:
    """The record that a row would make, but for its number, with its side tables and children."""

    columns: Columns
    derived: list[list[Columns]]
    children: list[list[ChildDraft]]


class Prepared(NamedTuple):
    """A good row; `unseen` is what it would make, worked out ahead where its very content is new."""

    good: GoodRow
    unseen: Made | None = None


def unseen(row: GoodRow, importable: Importable, writing: Writing) -> Made:
    """The record that the row would make."""
    values = row.values
    columns = {
        **importable.blank,
        **importable.enter(values, writing.registry),
        "id": row.record,
        "version": 1,
        "created_at": writing.at,
        "created_by": writing.actor,
        "updated_at": writing.at,
        "updated_by": writing.actor,
    }
    children = [
        [] if (wanted := child.wanted(values)) is None else [_new_child(child, columns, wanted, writing.at)]
        for child in importable.children
    ]
    return Made(columns, [one.rows(columns) for one in importable.derived], children)


def _new_child(child: Child, owner: Columns, wanted: Columns, at: datetime) -> ChildDraft:
    row = {
        **child.blank,
        "id": uuid7(),
        child.owner: owner["id"],
        "country": owner["country"],
        "visibility": owner["visibility"],
        "version": 1,
        "created_at": at,
        "updated_at": at,
        **wanted,
    }
    return ChildDraft(row, None)


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

    @classmethod
    def nothing(cls) -> "Known":
        """What it holds for rows that are all new."""
        return cls({}, {}, {}, set(), {})


@dataclass(slots=True)
class Plan:
    """What is to be written. `led`: the rows that are not as they were, with the record that each led to."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    told: list[Told] = field(default_factory=list)
    identities: list[tuple[bytes, int, UUID, bytes]] = field(default_factory=list)
    new_identities: list[tuple[bytes, int, UUID, bytes]] = field(default_factory=list)
    duplicates: set[tuple[UUID, UUID]] = field(default_factory=set)
    touched: dict[UUID, Draft] = field(default_factory=dict)
    led: list[tuple[GoodRow, UUID]] = field(default_factory=list)


class Planner:
    """Plans one batch. `refs` are numbers for records that are made, as many as there are rows."""

    def __init__(self, importable: Importable, known: Known, refs: Iterable[str], writing: Writing) -> None:
        self._importable = importable
        self._known = known
        self._refs = iter(refs)
        self._writing = writing
        self._by_key: dict[str | bytes, UUID] = {}
        self.plan = Plan()

    def run(self, rows: Sequence[Prepared]) -> Plan:
        """The plan for these rows, in their order."""
        for row in rows:
            self._row(row)
        return self.plan

    def _row(self, prepared: Prepared) -> None:
        row = prepared.good
        plan, known = self.plan, self._known
        leads = known.last.get(row.row, ())
        record, last = next(((r, digest) for r, digest in leads if r in known.usable), (None, None))
        if record is not None and last == row.digest:
            plan.unchanged += 1
            return
        made = prepared.unseen or unseen(row, self._importable, self._writing)
        record = record or self._match(row)
        if record is None:
            record = row.record
            self._create(row, made)
            plan.created += 1
        elif self._change(record, row.values):
            plan.updated += 1
        else:
            plan.unchanged += 1
        for key in row.keys:
            self._by_key.setdefault(key, record)
        self._by_key.setdefault(row.identity, record)
        plan.led.append((row, record))
        settled = plan.identities if leads else plan.new_identities
        settled.append((row.identity, row.occurrence, record, row.digest))

    def _match(self, row: GoodRow) -> UUID | None:
        """The record that the row means though its identity is new."""
        for key in row.keys:
            if (made := self._by_key.get(key)) is not None:
                return made
            for record, _ in self._known.matches.get(key, ()):
                if record in self._known.usable:
                    return record
        if row.occurrence > 1:
            if (made := self._by_key.get(row.identity)) is not None:
                return made
            return next((r for r in self._known.first.get(row.row, ()) if r in self._known.usable), None)
        return None

    def _create(self, row: GoodRow, made: Made) -> None:
        columns = made.columns
        columns["ref"] = next(self._refs)
        draft = Draft(columns, None, made.children, made.derived)
        self._known.drafts[row.record] = self.plan.touched[row.record] = draft
        self.plan.told.append(Told(columns, None, columns))
        for child, drafts in zip(self._importable.children, made.children, strict=True):
            self.plan.told += [Told(columns, None, one.row, child) for one in drafts]
        if self._known.matches:
            matches = [match for key in row.keys for match in self._known.matches.get(key, ())]
            self.plan.duplicates |= {(row.record, record) for record, _ in matches}

    def _change(self, record: UUID, values: Values) -> bool:
        draft = self._known.drafts[record]
        before = draft.row
        wanted = self._importable.change(before, values)
        changed = {name: value for name, value in wanted.items() if before[name] != value}
        if changed:
            by = {"updated_by": self._writing.actor}
            draft.row, draft.derived = {**before, **changed, **self._moved_on(before), **by}, None
            self.plan.told.append(Told(draft.row, before, draft.row))
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
            made = _new_child(child, draft.row, wanted, self._writing.at)
            present.append(made)
            self.plan.told.append(Told(draft.row, None, made.row, child))
            return True
        changed = {n: value for n in child.told if (value := wanted.get(n)) is not None and found.row[n] != value}
        if not changed:
            return False
        before = found.row
        found.row = {**before, **changed, **self._moved_on(before)}
        self.plan.told.append(Told(draft.row, before, found.row, child))
        return True

    def _moved_on(self, row: Columns) -> Columns:
        return {"version": row["version"] + 1, "updated_at": self._writing.at}
