"""The format of a file and the meaning of its columns, decided from name, type, first rows and mapping."""

import codecs
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from shared.bulk.items import Item, read_item
from shared.kernel.errors import FieldError, Invalid, UnsupportedMedia, pointer_to

MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
LONGEST_LINE = 1 << 20
REMARKS = ("problem", "detail", "row")
"""Columns that a list of failures adds. An import ignores them, so that a corrected list can be sent as it is."""
_HEAD_ROWS = 2000
_BLOCK = 1 << 20
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BY_SUFFIX = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
    ".xlsx": "xlsx",
}
"""NDJSON is an object a line, or one array of objects."""
_BY_TYPE = {
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "text/plain": "csv",
    "application/csv": "csv",
    "application/vnd.ms-excel": "csv",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/json": "ndjson",
    "application/x-jsonlines": "ndjson",
    SPREADSHEET: "xlsx",
}
_ANY_TYPE = ("", "application/octet-stream")


@dataclass(frozen=True)
class Layout:
    """`columns` are the file's columns in order, each with its field, or None."""

    media: str
    columns: tuple[tuple[str, str | None], ...]
    ignored: tuple[str, ...]

    @cached_property
    def names(self) -> list[str]:
        return [name for name, _ in self.columns]

    @cached_property
    def fields(self) -> dict[str, str | None]:
        """Each column with its field."""
        return dict(self.columns)


def malformed(detail: str, *, pointer: str | None = "/file") -> Invalid:
    """The error of a file that is not valid in its format."""
    return Invalid(detail, code="malformed_file", errors=[FieldError("malformed_file", detail, pointer=pointer)])


def media_of(file_name: str, content_type: str) -> str:
    """`csv`, `ndjson` or `xlsx`, from the name's suffix, else the part's type. Raises UnsupportedMedia for all else."""
    kind = content_type.partition(";")[0].strip().lower()
    media = _BY_SUFFIX.get(Path(file_name).suffix.lower()) or _BY_TYPE.get(kind)
    if media is None and kind not in _ANY_TYPE:
        raise UnsupportedMedia(f"Send CSV (text/csv), NDJSON (application/x-ndjson) or XLSX ({SPREADSHEET}).")
    return media or "csv"


def examine(
    path: Path,
    media: str,
    known: Sequence[str],
    mapping: Mapping[str, str | None],
    record_keys: AbstractSet[str] = frozenset(),
) -> Layout:
    """The layout of a file; for a workbook, of its rows as CSV. Blocks. Reads every byte and parses the first rows.

    `known` are the headings of the resource. `mapping`, from column to heading, takes precedence; a column mapped to
    null is ignored. JSON objects with all `record_keys` are read whole. Raises Invalid if the file does not have its
    declared format or is not UTF-8 without U+0000, if a mapping names an unknown column or heading, or if no column is
    recognised.
    """
    _check_bytes(path)
    names = _keys_of_ndjson(path) if media == "ndjson" else _headings_of_csv(path, known, mapping)
    if len(names) > MOST_COLUMNS:
        raise malformed(f"At most {MOST_COLUMNS} columns.")
    _check_mapping(names, known, mapping)
    if media == "ndjson" and record_keys and record_keys <= set(names):
        return Layout(media, tuple((name, None) for name in names), ())
    columns = tuple((name, field_of(name, known, mapping)) for name in names)
    filled = [field for _, field in columns if field]
    if not filled:
        raise malformed(f"No column is recognised. Headings: {', '.join(known)}.")
    if len(set(filled)) < len(filled):
        raise malformed("Two columns fill the same field.")
    ignored = tuple(name for name, field in columns if field is None and not _is_expected(name, mapping))
    return Layout(media, columns, ignored)


def field_of(name: str, known: Sequence[str], mapping: Mapping[str, str | None]) -> str | None:
    """The field of a column."""
    if name in mapping:
        return mapping[name]
    plain = name.strip().lower().replace(" ", "_")
    return plain if plain in known else None


def _is_expected(name: str, mapping: Mapping[str, str | None]) -> bool:
    return name in mapping or name in REMARKS


def _check_mapping(names: Sequence[str], known: Sequence[str], mapping: Mapping[str, str | None]) -> None:
    faults = [
        FieldError("not_one_of", f"Not a heading: one of {', '.join(known)}.", pointer=pointer_to("mapping", column))
        for column, field in mapping.items()
        if field is not None and field not in known
    ] + [
        FieldError("invalid_value", "The file has no such column.", pointer=pointer_to("mapping", column))
        for column in mapping
        if column not in names
    ]
    if faults:
        raise Invalid("The mapping does not fit the file.", errors=faults)


def _check_bytes(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        first = file.read(_BLOCK)
        if not first.strip():
            raise malformed("The file is empty.")
        block, at = first, 0
        while block:
            if b"\0" in block:
                raise malformed("The file contains U+0000: it is not a text file.")
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                raise malformed("The file is not UTF-8; save it as UTF-8.") from None
            at += len(block)
            block = file.read(_BLOCK)
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise malformed("The file ends in the middle of a character.") from None


def delimiter_of(line: str, known: Sequence[str], mapping: Mapping[str, str | None]) -> str:
    """The delimiter (`,`, `;` or a tab) that recognises most headings in the first line."""

    def sense(delimiter: str) -> tuple[int, int]:
        try:
            names = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            return (-1, -1)
        return sum(1 for name in names if field_of(name, known, mapping) or name in mapping), len(names)

    return max(",;\t", key=sense)


def _headings_of_csv(path: Path, known: Sequence[str], mapping: Mapping[str, str | None]) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline(LONGEST_LINE)
        if line.lstrip().startswith(("{", "[", "<")):
            raise malformed("The file is not CSV.")
        delimiter = delimiter_of(line, known, mapping)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            names = next(reader, [])
            for _ in zip(range(_HEAD_ROWS), reader, strict=False):
                pass
        except csv.Error as error:
            raise malformed(f"Broken quoting or line ends at line {reader.line_num}: {error}.") from None
    if not any(name.strip() for name in names):
        raise malformed("The first line has no headings.")
    if len(set(names)) < len(names):
        raise malformed("Two columns have the same heading.")
    return names


def is_array(path: Path) -> bool:
    """Whether a file of JSON is one array of objects instead of an object a line."""
    with path.open("rb") as file:
        return file.read(_BLOCK).removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"["


def array_items(path: Path) -> Iterator[Item]:
    """The items of a file that is one JSON array, read lazily. Blocks. Raises Invalid if the array is truncated, or an
    item is longer than 1 MiB."""
    decoder = json.JSONDecoder(parse_int=str, parse_float=str)
    with path.open(encoding="utf-8-sig") as file:
        text, at = file.read(_BLOCK).lstrip()[1:], 0
        while True:
            while text[at : at + 1] in (" ", "\t", "\r", "\n", ","):
                at += 1
            if text[at : at + 1] == "]":
                return
            try:
                _, end = decoder.raw_decode(text, at)
            except (json.JSONDecodeError, RecursionError):
                more = file.read(_BLOCK)
                if not more or len(text) - at > LONGEST_LINE:
                    raise malformed("The JSON array is truncated, or an item is longer than 1 MiB.") from None
                text, at = text[at:] + more, 0
            else:
                yield read_item(text[at:end])
                at = end


def _keys_of_ndjson(path: Path) -> list[str]:
    names: dict[str, None] = {}
    if is_array(path):
        for item, _ in islice(array_items(path), _HEAD_ROWS):
            names |= dict.fromkeys(item if isinstance(item, dict) else ())
        return list(names)
    with path.open("rb") as file:
        for number in range(_HEAD_ROWS):
            line = file.readline(LONGEST_LINE)
            if not line:
                break
            item = _object(line.removeprefix(codecs.BOM_UTF8) if number == 0 else line)
            if item is None and number == 0:
                raise malformed("The file is not NDJSON: the first line is not a JSON object.")
            names |= dict.fromkeys(item or ())
    return list(names)


def _object(line: bytes) -> dict[str, Any] | None:
    item = read_item(line.decode(errors="replace")).value
    return item if isinstance(item, dict) else None
