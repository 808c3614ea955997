"""The declaration of a resource that can be imported and exported."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.bulk.headings import Headings
from shared.bulk.record_parts import RecordParts
from shared.bulk.row_identifiers import MARKS
from shared.bulk.row_records import RowRecords
from shared.bulk.rows import Columns, Entry, RowFormat, Values, blank_of
from shared.bulk.side_tables import SideTables
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import RoleTable
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope
from shared.records.listing import Listing
from shared.records.resource_type import ResourceType

IMPORT = "import"
"""The permission that an import of a resource needs."""


@dataclass(frozen=True, slots=True)
class AfterWriting:
    """What follows the writing of a batch, in its transaction. `write` is called with each record that was written,
    such as to enqueue a job once. `insert` is called with the new records, to write further records that they have."""

    write: Callable[[UnitOfWork, Values], None] | None = None
    insert: Callable[[UnitOfWork, Sequence[Values]], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """What an undo of an import needs. It removes new records that are not `in_use`, last those that were made for
    rows, which are of the kind `adds`. Each of its transactions begins with `lock`, so that nobody begins to use one
    meanwhile. `before_delete` is called, in its transaction, with the ids of the records that it deletes."""

    in_use: Callable[[Connection, Sequence[UUID]], Awaitable[set[UUID]]] | None = None
    adds: "Importable | None" = None
    lock: Callable[[Connection], Awaitable[None]] | None = None
    before_delete: Callable[[UnitOfWork, Sequence[UUID]], Awaitable[None]] | None = None


@dataclass(frozen=True)
class Importable:
    """One resource. With `parts` several rows make a record. `export_extra` is the extra column of the `listing` that
    an export reads."""

    kind: ResourceType[Any, Any]
    roles: RoleTable
    rows: RowFormat
    entry: Entry
    listing: Listing
    export_extra: str = ""
    records: RowRecords = field(default_factory=RowRecords)
    parts: RecordParts | None = None
    side: SideTables = field(default_factory=SideTables)
    after: AfterWriting = field(default_factory=AfterWriting)
    undo: Undo = field(default_factory=Undo)
    blank: Columns = field(init=False, compare=False, repr=False)
    """Every column of the table, without a value."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "blank", blank_of(self.kind.table))

    @property
    def understood(self) -> Headings:
        """Every heading that an import accepts."""
        names = self.rows.headings
        return Headings(names, self.parts.prefix) if self.parts else Headings((*names, *MARKS))

    @property
    def shown(self) -> tuple[str, ...]:
        """The headings of an export that do not depend on the data."""
        return self.rows.headings if self.parts else ("ref", *self.rows.headings)

    async def more_headings(self, connection: Connection, access: AccessScope) -> Sequence[str]:
        """The further headings of an export."""
        return await self.parts.headings(connection, access) if self.parts else ()

    def lines(self, row: Values, access: AccessScope) -> Iterable[dict[str, str]]:
        """The rows of a record in an export."""
        return self.parts.lines(row, access) if self.parts else ({"ref": row["ref"], **self.rows.cells(row, access)},)

    @property
    def resource(self) -> Resource:
        return self.kind.resource

    @property
    def added_part(self) -> str | None:
        """The part of the effects of an import under which records are that were made for its rows."""
        return self.undo.adds.resource.plural if self.undo.adds else None
