"""What a row of a file is: how it is read and shown, and what its values do to a record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Table

from shared.bulk.reading import Cells
from shared.records.access_scope import AccessScope

Columns: TypeAlias = dict[str, Any]
Values: TypeAlias = Mapping[str, Any]


def blank_of(table: Table) -> Columns:
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


@dataclass(frozen=True, slots=True)
class RowFormat:
    """How a row is read and shown. `parsed_row` validates a row and raises RowFault. `cells` shows a record under the
    `headings`, unless several rows make a record. `decimals` are headings whose values are texts in JSON, so that they
    stay exact. `record_keys`: JSON objects with all these keys reach `parsed_row` whole, as JSON text in the cell
    `record`."""

    headings: tuple[str, ...]
    parsed_row: Callable[[Cells], ParsedRow]
    cells: Callable[[Values, AccessScope], dict[str, str]] = lambda _row, _access: {}
    decimals: frozenset[str] = frozenset()
    record_keys: frozenset[str] = frozenset()

    def whole(self, row: Mapping[str, Any]) -> Cells | None:
        """The row as one cell, if it is a record of the known shape."""
        if not self.record_keys or not self.record_keys <= row.keys():
            return None
        return {"record": orjson.dumps(row).decode()}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the values of a row do to a record. `enter` returns the columns of a new record, `change` those that the
    values change in an existing one; both may raise RowFault. `advance` returns the verb that the values take a record
    through, if any. The last argument of `enter` and `advance` is `registry`; `registry_verb` is the permission that a
    caller needs to set it."""

    enter: Callable[[Values, bool], Columns]
    change: Callable[[Values, Values], Columns]
    advance: Callable[[Values, Values, bool], str | None] = lambda _row, _values, _registry: None
    registry_verb: str | None = None
