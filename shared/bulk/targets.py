"""Writers of export files: one line, object or sheet row for each record."""

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

import orjson

from shared.bulk.formulas import escaped
from shared.bulk.workbooks import LONGEST_CELL, Workbook
from shared.kernel.errors import TooLarge


def cell_text(value: Any) -> str:
    """A JSON value as the text of a cell; nothing for null."""
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def csv_line(cells: Iterable[str]) -> bytes:
    """One line of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


class Target(ABC):
    """A file with these headings. Every method blocks. Call `close` last; it leaves the file open."""

    def __init__(self, file: BinaryIO, headings: Sequence[str]) -> None:
        self.file = file
        self.headings = headings

    @abstractmethod
    def write(self, cells: Mapping[str, str]) -> None:
        """Writes one record, under its headings."""

    def close(self) -> None:
        """Writes the rest."""
        self.file.flush()


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
    """A workbook, written row by row (see `Workbook`), in which every cell is text."""

    def __init__(self, file: BinaryIO, headings: Sequence[str]) -> None:
        super().__init__(file, headings)
        self._workbook = Workbook(headings)

    def write(self, cells: Mapping[str, str]) -> None:
        """Raises TooLarge if a cell is longer than a sheet allows."""
        texts = [cells.get(name) for name in self.headings]
        if any(text and len(text) > LONGEST_CELL for text in texts):
            raise TooLarge("A cell has more text than a sheet allows; export CSV.")
        self._workbook.write(texts)
        self.file.write(self._workbook.taken())

    def close(self) -> None:
        self._workbook.close()
        self.file.write(self._workbook.taken())


def target(file: BinaryIO, file_format: str, headings: Sequence[str], *, safe: bool) -> Target:
    """The target of `csv`, `ndjson` or `xlsx`."""
    if file_format == "xlsx":
        return XlsxTarget(file, headings)
    return NdjsonTarget(file, headings) if file_format == "ndjson" else CsvTarget(file, headings, safe=safe)
