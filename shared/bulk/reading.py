"""Reads the rows of a file."""

import codecs
import csv
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from shared.bulk.formulas import unescaped
from shared.bulk.items import Item, read_item
from shared.bulk.layout import (
    LONGEST_LINE,
    MOST_ROWS,
    Layout,
    array_items,
    delimiter_of,
    field_of,
    is_array,
    malformed,
)
from shared.kernel.errors import TooLarge

Cells: TypeAlias = dict[str, str | list[str]]
"""The cells of a row by field: trimmed text, or a list of texts from NDJSON. Never empty."""


class RowFault(Exception):
    """Why a row is invalid: a code of the catalogue and a sentence."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


UNKNOWN_REFERENCE = RowFault("unknown_reference", "The record that the row refers to is not known.")


class RawRow(NamedTuple):
    """A row of the file: its number among the data rows, from 1, and its cells by column."""

    number: int
    cells: Mapping[str, Any]
    fault: RowFault | None = None


def rows_of(path: Path, layout: Layout) -> Iterator[RawRow]:
    """The data rows, without blank lines. For a workbook, `path` is that of its rows as CSV. Blocks.

    Raises Invalid if the file's structure is broken, TooLarge beyond a million rows.
    """
    reader = _ndjson_rows(path) if layout.media == "ndjson" else _csv_rows(path, layout)
    for row in reader:
        if row.number > MOST_ROWS:
            raise TooLarge(f"At most {MOST_ROWS:,} rows; divide the file.")
        yield row


def count_rows(path: Path, layout: Layout) -> int:
    """The number of data rows. Reads the whole file, blocks, and raises what `rows_of` raises."""
    return sum(1 for _ in rows_of(path, layout))


def cells_of(row: RawRow, layout: Layout, known: tuple[str, ...], decimals: Set[str] = frozenset()) -> Cells:
    """The row by field. Raises RowFault for a value that is not text, number, boolean or a list of texts, and
    `decimal_as_text` for a number of JSON in one of the fields `decimals`."""
    fields, is_csv = layout.fields, layout.media == "csv"
    cells: Cells = {}
    for column, value in row.cells.items():
        field = fields[column] if column in fields else field_of(column, known, {})
        if field is None or value is None:
            continue
        if field in decimals and isinstance(value, (int, float)):
            raise RowFault("decimal_as_text", f'{field}: a decimal number is a text, such as "12.50".')
        if isinstance(value, list):
            text: str | list[str] = [_text(field, part) for part in value]
        else:
            text = _text(field, unescaped(value) if is_csv else value)
        if text:
            cells[field] = [part for part in text if part] if isinstance(text, list) else text
    return cells


def _text(field: str, value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise RowFault("invalid_type", f"{field}: text, or a list of texts.")
    return str(value)


def _csv_rows(path: Path, layout: Layout) -> Iterator[RawRow]:
    names = layout.names
    with path.open(encoding="utf-8-sig", newline="") as file:
        delimiter = delimiter_of(
            file.readline(LONGEST_LINE),
            [field for _, field in layout.columns if field],
            layout.fields,
        )
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        number = 0
        try:
            next(reader)
            for values in reader:
                if not values:
                    continue
                number += 1
                fault = None
                if len(values) != len(names):
                    fault = RowFault("invalid_format", f"The row has {len(values)} cells, the heading {len(names)}.")
                yield RawRow(number, dict(zip(names, values, strict=False)), fault)
        except csv.Error as error:
            raise malformed(f"Broken quoting or line ends at line {reader.line_num}: {error}.") from None


def _ndjson_rows(path: Path) -> Iterator[RawRow]:
    number = 0
    if is_array(path):
        for number, item in enumerate(array_items(path), 1):
            yield _object_row(number, item)
        return
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            if len(line) >= LONGEST_LINE:
                raise malformed("A line is longer than 1 MiB.")
            if number == 0:
                line = line.removeprefix(codecs.BOM_UTF8)
            if not line.strip():
                continue
            number += 1
            yield _object_row(number, read_item(line.decode(errors="replace")))


def _object_row(number: int, item: Item) -> RawRow:
    cells = item.value if isinstance(item.value, dict) else {}
    if item.fault is not None:
        return RawRow(number, cells, RowFault(*item.fault))
    if not isinstance(item.value, dict):
        return RawRow(number, {}, RowFault("invalid_type", "The row is not a JSON object."))
    return RawRow(number, cells)
