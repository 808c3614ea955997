"""The files of a dataset, block by block, while rows are read."""

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import orjson

from shared.bulk.blocks import CsvBlocks, NdjsonBlocks, SheetBlocks
from shared.bulk.exported_list import columns_of
from shared.database.statements import Row
from shared.open_data.datasets import Dataset
from shared.open_data.domain import DATASET_TYPES, Site, context_of, linked_row
from shared.records.columns import renderer


class Lines:
    """A file: `head`, the blocks of rows, `end`."""

    def __init__(self, dataset: Dataset, blocks: NdjsonBlocks) -> None:
        self._render, self._blocks = renderer(dataset.columns), blocks
        self.head, self.end = blocks.head, blocks.end

    def block(self, rows: Iterable[Row]) -> bytes:
        """The lines of rows."""
        return self._blocks.block(map(self._render, rows))


class _LinkedBlocks(NdjsonBlocks):
    """JSON-LD: the dataset with its rows as parts."""

    def __init__(self, dataset: Dataset, site: Site, address: str) -> None:
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

    def _line(self, record: Mapping[str, Any]) -> bytes:
        separator, self._is_begun = b",\n" if self._is_begun else b"\n", True
        return separator + orjson.dumps(linked_row(record, self._linked, self._site))

    def end(self) -> bytes:
        return b"\n]}\n"


def lines_of(dataset: Dataset, file_format: str, site: Site, address: str) -> Lines:
    """The lines of a format; `address` is that of the dataset. No cell is a formula."""
    return Lines(dataset, _blocks_of(dataset, file_format, site, address))


def _blocks_of(dataset: Dataset, file_format: str, site: Site, address: str) -> NdjsonBlocks:
    match file_format:
        case "jsonld":
            return _LinkedBlocks(dataset, site, address)
        case "xlsx":
            about = f"{dataset.title}. {dataset.description} Licence: {site.licence.name}, {site.licence.address}"
            return SheetBlocks(columns_of(dataset.columns), numbers=False, about=about)
        case "csv":
            return CsvBlocks(columns_of(dataset.columns), safe=True)
    return NdjsonBlocks()


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
