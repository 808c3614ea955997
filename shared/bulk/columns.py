"""Columns of a file that say one field of a record each: how their cells are read, written and shown.

COLUMNS = (Column("due", DAY), Column("due_reason"), Column("title", TEXTS, "titles"))
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from shared.bulk.reading import RowFault


def texts_in(heading: str, cell: str) -> Any:
    """A text in English, or texts by language as a JSON object. Raises RowFault."""
    if not cell.startswith("{"):
        return {"en": cell}
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        raise RowFault("malformed_json", f"{heading}: a text, or a JSON object of texts by language.") from None


def texts_cell(texts: str) -> str:
    """The cell that `texts_in` reads as these texts, which a list has as JSON."""
    found = orjson.loads(texts)
    plain = found.get("en") if found.keys() == {"en"} else None
    return plain if plain and not plain.startswith("{") else texts if found else ""


def number_in(heading: str, cell: str) -> int | float:
    """A number. Raises RowFault."""
    try:
        return int(cell) if cell.removeprefix("-").isdecimal() else float(cell)
    except ValueError:
        raise RowFault("invalid_format", f"{heading}: a number such as 12.5.") from None


@dataclass(frozen=True, slots=True)
class CellType:
    """What a cell holds. `read` returns the JSON of a cell under a heading, or raises RowFault. `write` returns the
    value of the table's column for this JSON, `show` the cell for a value as a list has it."""

    read: Callable[[str, str], Any] = lambda _heading, cell: cell
    write: Callable[[Any], Any] = lambda value: value
    show: Callable[[Any], str | None] = str


TEXT = CellType()
DAY = CellType(write=date.fromisoformat)
NUMBER = CellType(number_in, show="{:g}".format)
TEXTS = CellType(texts_in, show=texts_cell)


@dataclass(frozen=True, slots=True)
class Column:
    """The column under a heading. It says the field `of`, by default that of the same name."""

    heading: str
    type: CellType = TEXT
    of: str | None = None

    @property
    def field(self) -> str:
        return self.of or self.heading


def read(columns: Iterable[Column], cells: Mapping[str, str]) -> dict[str, Any]:
    """The fields that the cells say, as JSON. Raises RowFault."""
    return {one.field: one.type.read(one.heading, cells[one.heading]) for one in columns if one.heading in cells}


def written(columns: Iterable[Column], values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the table that these values set."""
    return {one.field: one.type.write(values[one.field]) for one in columns if one.field in values}


def shown(columns: Iterable[Column], row: Mapping[str, Any]) -> dict[str, str | None]:
    """The cells of a record in an export."""
    return {one.heading: one.type.show(row[one.field]) for one in columns if row[one.field] is not None}
