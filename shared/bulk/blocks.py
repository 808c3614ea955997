"""Files that are sent or stored block by block while records are read: CSV, NDJSON, workbooks and GeoJSON."""

import codecs
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import orjson

from shared.bulk.exported_list import cells_of, columns_of
from shared.bulk.formulas import without_formulas
from shared.bulk.layout import SPREADSHEET
from shared.bulk.targets import csv_line
from shared.bulk.workbooks import MOST_DIGITS, Workbook, cut
from shared.kernel import geojson

FORMATS = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson", "xlsx": SPREADSHEET}
PLACES = "geojson"
"""The format of lists whose records have places on a map, beside `FORMATS`."""


class NdjsonBlocks:
    """One JSON object a line."""

    head = b""

    def block(self, records: Iterable[Mapping[str, Any]]) -> bytes:
        """The bytes of records."""
        return b"".join(map(self._line, records))

    def end(self) -> bytes:
        """What follows the last record."""
        return b""

    def _line(self, record: Mapping[str, Any]) -> bytes:
        return orjson.dumps(record) + b"\n"


class CsvBlocks(NdjsonBlocks):
    """CSV with these columns. `safe`: no cell is a formula. `bom`: it begins with the mark by which Excel knows
    UTF-8."""

    def __init__(self, columns: Iterable[str], *, safe: bool, bom: bool = False) -> None:
        self._columns, self._safe = tuple(columns), safe
        self.head = (codecs.BOM_UTF8 if bom else b"") + csv_line(self._columns)

    def _line(self, record: Mapping[str, Any]) -> bytes:
        texts = cells_of(record)
        cells = [texts.get(name, "") for name in self._columns]
        return csv_line(without_formulas(cells) if self._safe else cells)


class SheetBlocks(NdjsonBlocks):
    """A workbook with these columns. `numbers`: numbers are numbers, as far as a spreadsheet keeps their digits; else
    each cell is text. A text that is too long for a cell is cut. `about` is its description."""

    def __init__(self, columns: Iterable[str], *, numbers: bool = True, about: str = "") -> None:
        self._columns, self._has_numbers = tuple(columns), numbers
        self._workbook = Workbook(self._columns, about)

    def block(self, records: Iterable[Mapping[str, Any]]) -> bytes:
        for record in records:
            texts = cells_of(record)
            self._workbook.write(self._cell(record.get(name), texts.get(name, "")) for name in self._columns)
        return self._workbook.taken()

    def end(self) -> bytes:
        self._workbook.close()
        return self._workbook.taken()

    def _cell(self, value: Any, text: str) -> str | float:
        if self._has_numbers and isinstance(value, (int, float)) and not isinstance(value, bool):
            return value if len(text) <= MOST_DIGITS else cut(text)
        return cut(text)


class FeatureBlocks(NdjsonBlocks):
    """A collection of GeoJSON, whose records are features."""

    head = f'{{"type":"FeatureCollection","disclaimer":"{geojson.DISCLAIMER}","features":[\n'.encode()

    def __init__(self) -> None:
        self._is_first = True

    def block(self, records: Iterable[Mapping[str, Any]]) -> bytes:
        lines = b",\n".join(map(orjson.dumps, records))
        before = b"" if self._is_first or not lines else b",\n"
        self._is_first = self._is_first and not lines
        return before + lines

    def end(self) -> bytes:
        return b"\n]}\n"


def blocks_of(file_format: str, members: Collection[str], *, safe: bool, bom: bool) -> NdjsonBlocks:
    """The blocks of a list in a format, whose records have these members."""
    if file_format == "ndjson":
        return NdjsonBlocks()
    if file_format == PLACES:
        return FeatureBlocks()
    columns = columns_of(members)
    return SheetBlocks(columns) if file_format == "xlsx" else CsvBlocks(columns, safe=safe, bom=bom)
