"""Writers of export files: one line, object or sheet row for each record."""

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import orjson

from shared.bulk.formulas import escaped
from shared.kernel.errors import TooLarge

MOST_SHEET_ROWS = 1_048_575
"""Maximum rows of a sheet below its headings."""
_PLAIN = {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}


def csv_line(cells: Iterable[str]) -> bytes:
    """One line of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


class Target(AbstractContextManager["Target"], ABC):
    """A file with these headings. Every method blocks. Call `close` last; it leaves the file open. As a context
    manager it releases what it holds, closed or not."""

    def __init__(self, file: BinaryIO, headings: Sequence[str]) -> None:
        self.file = file
        self.headings = headings

    @abstractmethod
    def write(self, cells: Mapping[str, str]) -> None:
        """Writes one record, under its headings."""

    def close(self) -> None:
        """Writes the rest."""
        self.file.flush()

    def __exit__(self, *_: object) -> None:
        """Releases what the target holds."""


class CsvTarget(Target):
    """CSV, with `safe` for people. An import reads it back unchanged."""

    def __init__(self, file: BinaryIO, headings: Sequence[str], *, safe: bool) -> None:
        super().__init__(file, headings)
        self._safe = safe
        file.write(csv_line(headings))

    def write(self, cells: Mapping[str, str]) -> None:
        self.file.write(csv_line(escaped(cells.get(name, ""), safe=self._safe) for name in self.headings))


class NdjsonTarget(Target):
    """One JSON object a line."""

    def write(self, cells: Mapping[str, str]) -> None:
        self.file.write(orjson.dumps({name: cells[name] for name in self.headings if name in cells}) + b"\n")


class XlsxTarget(Target):
    """A workbook of one sheet, written row by row. Every cell is text, so none is a formula or a link. The same rows
    with the same instant of creation, by default the present one, are the same bytes."""

    def __init__(self, file: BinaryIO, headings: Sequence[str], created: datetime | None = None) -> None:
        import xlsxwriter  # slow, and no start of a process needs it

        super().__init__(file, headings)
        self._workbook = xlsxwriter.Workbook(file, _PLAIN)
        if created is not None:
            self._workbook.set_properties({"created": created})
        self._sheet = self._workbook.add_worksheet()
        self._next = 0
        self.write({name: name for name in headings})

    def write(self, cells: Mapping[str, str]) -> None:
        """Raises TooLarge if the sheet is full or a cell is longer than a sheet allows."""
        if self._next > MOST_SHEET_ROWS:
            raise TooLarge(f"A sheet holds {MOST_SHEET_ROWS:,} records; export CSV, or fewer by a filter.")
        for place, name in enumerate(self.headings):
            if (text := cells.get(name)) and self._sheet.write_string(self._next, place, text):
                raise TooLarge("A cell has more text than a sheet allows; export CSV.")
        self._next += 1

    def close(self) -> None:
        self._workbook.close()

    def __exit__(self, *_: object) -> None:
        if not self._sheet.row_data_fh.closed:
            self._sheet.row_data_fh.close()
            Path(self._sheet.row_data_filename).unlink()


def target(file: BinaryIO, file_format: str, headings: Sequence[str], *, safe: bool) -> Target:
    """The target of `csv`, `ndjson` or `xlsx`."""
    if file_format == "xlsx":
        return XlsxTarget(file, headings)
    return NdjsonTarget(file, headings) if file_format == "ndjson" else CsvTarget(file, headings, safe=safe)
