"""The files of a dataset, block by block, while rows are read."""

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import orjson

from shared.bulk.exported_list import cells_of, columns_of
from shared.bulk.formulas import without_formulas
from shared.bulk.targets import csv_line
from shared.bulk.workbooks import Workbook, cut
from shared.database.statements import Row
from shared.open_data.datasets import Dataset
from shared.open_data.domain import DATASET_TYPES, Site, context_of, linked_row
from shared.records.columns import renderer


class Lines:
    """A file: `head`, the blocks of rows, `end`."""

    head = b""

    def __init__(self, dataset: Dataset) -> None:
        self._render = renderer(dataset.columns)

    def block(self, rows: Iterable[Row]) -> bytes:
        """The lines of rows."""
        return b"".join(self._line(self._render(row)) for row in rows)

    def end(self) -> bytes:
        """What follows the last row."""
        return b""

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
            "dcterms:license": {"@id": site.licence.address},
            "schema:license": {"@id": site.licence.address},
        }
        self.head = orjson.dumps(about)[:-1] + b',"schema:hasPart":['

    def _line(self, row: Mapping[str, Any]) -> bytes:
        separator, self._is_begun = b",\n" if self._is_begun else b"\n", True
        return separator + orjson.dumps(linked_row(row, self._linked, self._site))

    def end(self) -> bytes:
        return b"\n]}\n"


class SheetLines(Lines):
    """A workbook. A text that is too long for a cell is cut."""

    def __init__(self, dataset: Dataset, site: Site) -> None:
        super().__init__(dataset)
        self._columns = columns_of(dataset.columns)
        about = f"{dataset.title}. {dataset.description} Licence: {site.licence.name}, {site.licence.address}"
        self._workbook = Workbook(self._columns, about=about)

    def block(self, rows: Iterable[Row]) -> bytes:
        for row in rows:
            cells = cells_of(self._render(row))
            self._workbook.write(cut(cells[name]) for name in self._columns)
        return self._workbook.taken()

    def end(self) -> bytes:
        self._workbook.close()
        return self._workbook.taken()


def lines_of(dataset: Dataset, file_format: str, site: Site, address: str) -> Lines:
    """The lines of a format; `address` is that of the dataset."""
    match file_format:
        case "jsonld":
            return LinkedLines(dataset, site, address)
        case "xlsx":
            return SheetLines(dataset, site)
        case "csv":
            return CsvLines(dataset)
    return Lines(dataset)


class LinesFile:
    """Lines, written row by row into a file."""

    def __init__(self, lines: Lines, file: BinaryIO) -> None:
        self._lines, self._file = lines, file
        file.write(lines.head)

    def write(self, rows: Iterable[Row]) -> None:
        """Adds rows. Blocks."""
        self._file.write(self._lines.block(rows))

    def close(self) -> None:
        """Writes the rest. Blocks."""
        self._file.write(self._lines.end())
