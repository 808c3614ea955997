"""What a batch of an import finds and writes, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from shared.bulk.importable import Importable
from shared.bulk.rows import Columns
from shared.bulk.side_tables import Child
from shared.bulk.validation import FailedRow, ValidRow


@dataclass(slots=True)
class PendingChild:
    """A child after the batch; `original` is None if the batch created it. Rows are replaced, never mutated."""

    row: Columns
    original: Columns | None


@dataclass(slots=True)
class PendingRecord:
    """A record after the batch; `original` is None if the batch created it. Rows are replaced, never mutated. `derived`
    caches the rows of its side tables while they are valid."""

    row: Columns
    original: Columns | None
    children: list[list[PendingChild]]
    derived: list[list[Columns]] | None = None

    def derived_rows(self, importable: Importable) -> list[list[Columns]]:
        """The rows of each side table."""
        if self.derived is None:
            self.derived = [one.rows(self.row) for one in importable.side.derived]
        return self.derived


@dataclass(slots=True)
class NewRecord:
    """The record that a row would create, without its ref, with its side tables and children."""

    columns: Columns
    derived: list[list[Columns]]
    children: list[list[PendingChild]]


class PlannedRow(NamedTuple):
    """A valid row. `build_new` is the record that it would create, prepared ahead if its content is new."""

    good: ValidRow
    build_new: NewRecord | None = None


class RecordedChange(NamedTuple):
    """One change for the audit trail and the facts. `child` is None for the record itself; `verb` is that of a
    transition."""

    owner: Columns
    before: Columns | None
    after: Columns
    child: Child | None = None
    verb: str | None = None


@dataclass(slots=True)
class ExistingRecords:
    """What the database holds for this batch.

    `last`: by row, the records that its identity led to, oldest first, with the digest of its last state. `first`: by
    row, if the identity is repeated, the records of its first row. `matches`: by key, records and whether the importer
    may write them. `usable`: those of all these records that the importer may write. `pending_records`: those of them
    that may change, complete.
    """

    last: Mapping[int, Sequence[tuple[UUID, bytes]]]
    first: Mapping[int, Sequence[UUID]]
    matches: Mapping[str, Sequence[tuple[UUID, bool]]]
    usable: set[UUID]
    pending_records: dict[UUID, PendingRecord]

    @classmethod
    def nothing(cls) -> "ExistingRecords":
        """The value for a batch of new rows."""
        return cls({}, {}, {}, set(), {})


@dataclass(slots=True)
class Plan:
    """The writes of a batch. `led`: the rows that are not unchanged, each with its record."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    recorded: list[RecordedChange] = field(default_factory=list)
    identities: list[tuple[bytes, int, UUID, bytes]] = field(default_factory=list)
    new_identities: list[tuple[bytes, int, UUID, bytes]] = field(default_factory=list)
    duplicates: set[tuple[UUID, UUID]] = field(default_factory=set)
    touched: dict[UUID, PendingRecord] = field(default_factory=dict)
    led: list[tuple[ValidRow, UUID]] = field(default_factory=list)
    failed: list[FailedRow] = field(default_factory=list)
