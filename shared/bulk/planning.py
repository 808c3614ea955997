"""Plans the rows of one batch in memory, from the existing records. Never awaits.

A row leads to the record that its identity led to before; else to one with an equal key (e-mail, ORCID iD, ROR id) that
the importer may write; else, if the file repeats an identity, to that of its first row; else it creates a record. An
existing record changes only if the row differs from its own last state, and only in the row's fields.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.bulk.importable import Importable
from shared.bulk.plan import (
    ExistingRecords,
    NewRecord,
    PendingChild,
    PendingRecord,
    Plan,
    PlannedRow,
    RecordedChange,
)
from shared.bulk.reading import RowFault
from shared.bulk.rows import Columns, Values
from shared.bulk.side_tables import Child
from shared.bulk.validation import FailedRow, ValidRow
from shared.database.ids import uuid7


@dataclass(frozen=True, slots=True)
class Writing:
    """The writer, the time, and whether the source is a registry."""

    actor: str
    at: datetime
    registry: bool


def build_new(row: ValidRow, importable: Importable, writing: Writing) -> NewRecord:
    """The record that the row would create."""
    values = row.values
    columns = {
        **importable.blank,
        **importable.entry.enter(values, writing.registry),
        "id": row.record,
        "version": 1,
        "created_at": writing.at,
        "created_by": writing.actor,
        "updated_at": writing.at,
        "updated_by": writing.actor,
    }
    children = [
        [] if (wanted := child.wanted(values)) is None else [_new_child(child, columns, wanted, writing.at)]
        for child in importable.side.children
    ]
    return NewRecord(columns, [one.rows(columns) for one in importable.side.derived], children)


def _new_child(child: Child, owner: Columns, wanted: Columns, at: datetime) -> PendingChild:
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
    return PendingChild(row, None)


class Planner:
    """Plans one batch. `refs` are refs for new records, as many as there are rows."""

    def __init__(self, importable: Importable, known: ExistingRecords, refs: Iterable[str], writing: Writing) -> None:
        self._importable = importable
        self._known = known
        self._refs = iter(refs)
        self._writing = writing
        self._by_key: dict[str | bytes, UUID] = {}
        self._places: dict[UUID, int] = {}
        self.plan = Plan()

    def run(self, rows: Sequence[PlannedRow]) -> Plan:
        """The plan for these rows, in their order."""
        for row in rows:
            try:
                self._row(row)
            except RowFault as fault:
                self.plan.failed.append(FailedRow(row.good.row, fault.code, fault.detail))
        return self.plan

    def _row(self, prepared: PlannedRow) -> None:
        row = prepared.good
        plan, known = self.plan, self._known
        leads = known.last.get(row.row, ())
        record, last = next(((r, digest) for r, digest in leads if r in known.usable), (None, None))
        if record is not None and last == row.digest:
            plan.unchanged += 1
            return
        record = record or self._match(row)
        if record is None and self._importable.parts and self._importable.parts.says_nothing(row.values):
            plan.unchanged += 1
            return
        if record is None:
            record = row.record
            self._create(row, prepared.build_new or build_new(row, self._importable, self._writing))
            self._advance(record, row.values)
            plan.created += 1
        else:
            is_changed = self._change(record, row.values) | self._advance(record, row.values)
            if self._is_part(record, row.values):
                plan.created += 1
            elif is_changed:
                plan.updated += 1
            else:
                plan.unchanged += 1
        for key in row.keys:
            self._by_key.setdefault(key, record)
        self._by_key.setdefault(row.identity, record)
        plan.led.append((row, record))
        settled = plan.identities if leads else plan.new_identities
        settled.append((row.identity, row.occurrence, record, row.digest))

    def _is_part(self, record: UUID, values: Values) -> bool:
        """Whether the row says something about a record of several rows that the batch creates."""
        parts, pending = self._importable.parts, self.plan.touched.get(record)
        return parts is not None and pending is not None and pending.original is None and not parts.says_nothing(values)

    def _match(self, row: ValidRow) -> UUID | None:
        """The existing record of a row with a new identity, or None."""
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

    def _create(self, row: ValidRow, made: NewRecord) -> None:
        columns = made.columns
        columns["ref"] = next(self._refs)
        pending = PendingRecord(columns, None, made.children, made.derived)
        self._known.pending_records[row.record] = self.plan.touched[row.record] = pending
        self._place(row.record)
        self.plan.recorded.append(RecordedChange(columns, None, columns))
        for child, pending_records in zip(self._importable.side.children, made.children, strict=True):
            self.plan.recorded += [RecordedChange(columns, None, one.row, child) for one in pending_records]
        if self._known.matches:
            matches = [match for key in row.keys for match in self._known.matches.get(key, ())]
            self.plan.duplicates |= {(row.record, record) for record, _ in matches}

    def _change(self, record: UUID, values: Values) -> bool:
        pending = self._known.pending_records[record]
        before = pending.row
        wanted = self._importable.entry.change(before, values)
        changed = {name: value for name, value in wanted.items() if before[name] != value}
        if changed:
            self._record(pending, changed)
        if self._change_children(pending, values) or changed:
            self.plan.touched[record] = pending
            return True
        return False

    def _record(self, pending: PendingRecord, changed: Columns) -> None:
        """Records a change. Those of a batch in a record of several rows are one."""
        before, recorded = pending.row, self.plan.recorded
        pending.derived = None
        if (place := self._places.get(before["id"])) is not None:
            pending.row = {**before, **changed}
            recorded[place] = recorded[place]._replace(owner=pending.row, after=pending.row)
            return
        pending.row = {**before, **changed, **self._moved_on(before), "updated_by": self._writing.actor}
        self._place(before["id"])
        recorded.append(RecordedChange(pending.row, before, pending.row))

    def _place(self, record: UUID) -> None:
        if self._importable.parts:
            self._places[record] = len(self.plan.recorded)

    def _advance(self, record: UUID, values: Values) -> bool:
        pending = self._known.pending_records[record]
        before = pending.row
        verb = self._importable.entry.advance(before, values, self._writing.registry)
        if verb is None:
            return False
        status = self._importable.kind.lifecycle.of(verb, before["status"]).target
        by = {"updated_by": self._writing.actor}
        pending.row = {**before, "status": status, **self._moved_on(before), **by}
        self.plan.recorded.append(RecordedChange(pending.row, before, pending.row, verb=verb))
        self.plan.touched[record] = pending
        return True

    def _change_children(self, pending: PendingRecord, values: Values) -> bool:
        changes = [
            self._change_child(pending, child, pending.children[place], values)
            for place, child in enumerate(self._importable.side.children)
        ]
        return any(changes)

    def _change_child(self, pending: PendingRecord, child: Child, present: list[PendingChild], values: Values) -> bool:
        wanted = child.wanted(values)
        if wanted is None:
            return False
        found = next((one for one in present if child.same(one.row, wanted)), None)
        if found is None:
            made = _new_child(child, pending.row, wanted, self._writing.at)
            present.append(made)
            self.plan.recorded.append(RecordedChange(pending.row, None, made.row, child))
            return True
        changed = {n: value for n in child.tracked if (value := wanted.get(n)) is not None and found.row[n] != value}
        if not changed:
            return False
        before = found.row
        found.row = {**before, **changed, **self._moved_on(before)}
        self.plan.recorded.append(RecordedChange(pending.row, before, found.row, child))
        return True

    def _moved_on(self, row: Columns) -> Columns:
        return {"version": row["version"] + 1, "updated_at": self._writing.at}
