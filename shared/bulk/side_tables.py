"""The tables beside that of a record: derived rows, and child records."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Table

from shared.bulk.rows import Columns, Values, blank_of
from shared.kernel.resource import Resource


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
        object.__setattr__(self, "blank", {**blank_of(self.table), **self.values_on_create})


@dataclass(frozen=True, slots=True)
class SideTables:
    """The side tables and the child records of a record, each kind at its index."""

    derived: tuple[Derived, ...] = ()
    children: tuple[Child, ...] = ()
