"""The declaration of a resource that can be imported and exported: pure functions from row to record."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import orjson
from sqlalchemy import Table

from shared.bulk.headings import Headings
from shared.bulk.reading import Cells, RowFault
from shared.bulk.record_parts import RecordParts
from shared.bulk.row_identifiers import MARKS
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import Principal, RoleTable
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope
from shared.records.listing import Listing
from shared.records.resource_type import ResourceType

Columns: TypeAlias = dict[str, Any]
Values: TypeAlias = Mapping[str, Any]
IMPORT = "import"
"""The permission that an import of a resource needs."""


def _blank(table: Table) -> Columns:
    """Every column with None, in the order in which a record's columns are hashed."""
    return dict.fromkeys(sorted(str(column.key) for column in table.c))


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A valid row. `identity` identifies the row in a later file. `keys` (`email:…`, `ror:…`) identify the record
    whatever its source. `country` is None if a record that the row names has it. `values` hold the fields of the row,
    and no others, as JSON."""

    identity: tuple[str, ...]
    keys: tuple[str, ...]
    country: str | None
    values: dict[str, Any]


class ResolvedRow(NamedTuple):
    """The values and keys of a row after the records that it names were found or made."""

    values: Values
    keys: tuple[str, ...]


class Resolved(NamedTuple):
    """The rows of a batch, and the records that were made for them, each with its children."""

    rows: Sequence[ResolvedRow]
    added: Mapping[UUID, Sequence[UUID]]


@dataclass(frozen=True, slots=True)
class Derived:
    """A side table derived from the record's row. `rows` returns all rows of one record."""

    table: Table
    owner: str
    rows: Callable[[Values], list[Columns]]


@dataclass(frozen=True)
class Child:
    """Child records of a record. A row can specify one.

    `wanted` returns the columns that the row specifies, or None. `values_on_create` are the additional columns of a new
    child. `same` tests whether an existing child is the specified one. `written_version` is the version before changes
    that the system made as a consequence.
    """

    resource: Resource
    table: Table
    owner: str
    tracked: tuple[str, ...]
    wanted: Callable[[Values], Columns | None]
    same: Callable[[Values, Values], bool]
    link: Callable[[Values, Values], str]
    values_on_create: Values = field(default_factory=dict)
    written_version: Callable[[Values], int] = lambda row: row["version"]
    blank: Columns = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "blank", {**_blank(self.table), **self.values_on_create})


@dataclass(frozen=True)
class Importable:
    """One resource. `parsed_row` validates a row and raises RowFault. `enter` returns the columns of a new record,
    `change` those that the row's values change in an existing one; both may raise RowFault. `parts`: several rows make
    a record. No row leads to a record in one of the states `ended`. `decimals` are headings whose values are texts in
    JSON, so that they stay exact. `advance` returns the verb that the row's values
    take a record through, if any; its third argument is `registry`. `matches` is the SQL function that finds records by
    key. `references` returns, by index, what is wrong with the records that the values refer to. `resolve` finds or
    makes the records that new rows name, in the transaction of their batch; its third argument is whether it is a dry
    run, in which it makes none. `resolves_all`: it also finds those that the rows of existing records name, which keep
    their own keys. `adds` is the kind of record that it makes. An undo removes new records that are not
    `in_use`, last those of `adds`; each transaction begins with `lock`, so that nobody begins to use one meanwhile.
    `record_keys`: JSON objects with all these keys reach `parsed_row` whole, as JSON text in the cell `record`. `cells`
    shows a record under import headings. `registry_verb` is the permission that a caller needs to set `registry`.
    `follow` is called with each record that was written, in its transaction, such as to enqueue a job once.
    `after_insert` is called with the new records of a batch once they are written, to write further records that they
    have; `before_delete` with the ids of those that an undo deletes. Both run in the transaction of their batch."""

    kind: ResourceType[Any, Any]
    roles: RoleTable
    headings: tuple[str, ...]
    parsed_row: Callable[[Cells], ParsedRow]
    enter: Callable[[Values, bool], Columns]
    change: Callable[[Values, Values], Columns]
    listing: Listing
    cells: Callable[[Values, AccessScope], dict[str, str]] = lambda _row, _access: {}
    matches: str | None = None
    derived: tuple[Derived, ...] = ()
    children: tuple[Child, ...] = ()
    references: Callable[[Connection, Principal, Sequence[Values]], Awaitable[Mapping[int, RowFault]]] | None = None
    resolve: Callable[[UnitOfWork, Sequence[Values], bool], Awaitable[Resolved]] | None = None
    resolves_all: bool = False
    adds: "Importable | None" = None
    advance: Callable[[Values, Values, bool], str | None] = lambda _row, _values, _registry: None
    in_use: Callable[[Connection, Sequence[UUID]], Awaitable[set[UUID]]] | None = None
    lock: Callable[[Connection], Awaitable[None]] | None = None
    export_extra: str = ""
    registry_verb: str | None = None
    record_keys: frozenset[str] = frozenset()
    parts: RecordParts | None = None
    ended: tuple[str, ...] = ()
    decimals: frozenset[str] = frozenset()
    follow: Callable[[UnitOfWork, Values], None] | None = None
    after_insert: Callable[[UnitOfWork, Sequence[Values]], Awaitable[None]] | None = None
    before_delete: Callable[[UnitOfWork, Sequence[UUID]], Awaitable[None]] | None = None
    blank: Columns = field(init=False, compare=False, repr=False)
    """Every column of the table, without a value."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "blank", _blank(self.kind.table))

    def whole(self, row: Mapping[str, Any]) -> Cells | None:
        """The row as one cell, if it is a record of the known shape."""
        if not self.record_keys or not self.record_keys <= row.keys():
            return None
        return {"record": orjson.dumps(row).decode()}

    @property
    def understood(self) -> Headings:
        """Every heading that an import accepts."""
        return Headings(self.headings, self.parts.prefix) if self.parts else Headings((*self.headings, *MARKS))

    @property
    def shown(self) -> tuple[str, ...]:
        """The headings of an export that do not depend on the data."""
        return self.headings if self.parts else ("ref", *self.headings)

    async def more_headings(self, connection: Connection, access: AccessScope) -> Sequence[str]:
        """The further headings of an export."""
        return await self.parts.headings(connection, access) if self.parts else ()

    def lines(self, row: Values, access: AccessScope) -> Iterable[dict[str, str]]:
        """The rows of a record in an export."""
        return self.parts.lines(row, access) if self.parts else ({"ref": row["ref"], **self.cells(row, access)},)

    @property
    def resource(self) -> Resource:
        return self.kind.resource

    @property
    def added_part(self) -> str | None:
        """The part of the effects of an import under which records are that were made for its rows."""
        return self.adds.resource.plural if self.adds else None
