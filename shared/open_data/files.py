"""The files of a dataset, block by block: CSV, NDJSON and JSON-LD while rows are read, XLSX as a whole."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson

from shared.bulk.exported_list import cells_of, columns_of
from shared.bulk.formulas import without_formulas
from shared.bulk.targets import XlsxTarget, csv_line
from shared.database.statements import Row
from shared.open_data.datasets import Dataset
from shared.open_data.domain import DATASET_TYPES, Site, context_of, linked_row
from shared.records.columns import renderer

_LONGEST_CELL = 32_767
"""Characters in a cell of a sheet."""
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""What each workbook says of its creation, so that the same rows are the same bytes."""


class Target(AbstractContextManager["Target"], ABC):
    """A file that is written row by row. As a context manager it releases what it holds, closed or not."""

    @abstractmethod
    def write(self, rows: Iterable[Row]) -> None:
        """Adds rows. Blocks."""

    @abstractmethod
    def close(self) -> None:
        """Writes the rest. Blocks."""

    def __exit__(self, *_: object) -> None:
        """Releases what the target holds."""


class Lines:
    """A file of lines: `head`, the lines of rows, `tail`."""

    head = b""
    tail = b""

    def __init__(self, dataset: Dataset) -> None:
        self._render = renderer(dataset.columns)

    def block(self, rows: Iterable[Row]) -> bytes:
        """The lines of rows."""
        return b"".join(self._line(self._render(row)) for row in rows)

    def _line(self, row: Mapping[str, Any]) -> bytes:
        return orjson.dumps(row) + b"\n"


class CsvLines(Lines):
    """CSV in which no cell is a formula."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset)
        self._columns = columns_of(dataset.columns)
        self.head = csv_line(self._columns)

    def _line(self, row: Mapping[str, Any]) -> bytes:
        cells = cells_of(row)
        return csv_line(without_formulas(cells[name] for name in self._columns))


class LinkedLines(Lines):
    """JSON-LD: the dataset with its rows as parts."""

    def __init__(self, dataset: Dataset, site: Site, address: str) -> None:
        super().__init__(dataset)
        self._linked, self._site, self._is_begun = dataset.linked, site, False
        about = {
            "@context": context_of(dataset.linked, site),
            "@id": address,
            "@type": DATASET_TYPES,
            "dcterms:title": dataset.title,
            "dcterms:description": dataset.description,
        }
        self.head = orjson.dumps(about)[:-1] + b',"schema:hasPart":['
        self.tail = b"\n]}\n"

    def _line(self, row: Mapping[str, Any]) -> bytes:
        separator, self._is_begun = b",\n" if self._is_begun else b"\n", True
        return separator + orjson.dumps(linked_row(row, self._linked, self._site))


def lines_of(dataset: Dataset, file_format: str, site: Site, address: str) -> Lines:
    """The lines of a format other than XLSX; `address` is that of the dataset."""
    if file_format == "jsonld":
        return LinkedLines(dataset, site, address)
    return CsvLines(dataset) if file_format == "csv" else Lines(dataset)


class LinesFile(Target):
    """Lines, written row by row into a file."""

    def __init__(self, lines: Lines, file: BinaryIO) -> None:
        self._lines, self._file = lines, file
        file.write(lines.head)

    def write(self, rows: Iterable[Row]) -> None:
        self._file.write(self._lines.block(rows))

    def close(self) -> None:
        self._file.write(self._lines.tail)


class Sheet(Target):
    """A workbook, written row by row into a temporary file."""

    def __init__(self, dataset: Dataset, file: BinaryIO) -> None:
        self._render = renderer(dataset.columns)
        self._target = XlsxTarget(file, columns_of(dataset.columns), _CREATED)

    def write(self, rows: Iterable[Row]) -> None:
        """Raises TooLarge if the sheet is full."""
        for row in rows:
            self._target.write({name: _cut(text) for name, text in cells_of(self._render(row)).items()})

    def close(self) -> None:
        self._target.close()

    def __exit__(self, *reason: Any) -> None:
        self._target.__exit__(*reason)


def _cut(text: str) -> str:
    """The text, or as much of it as a cell holds, with an ellipsis."""
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"
