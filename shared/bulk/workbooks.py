"""Workbooks (XLSX) that are sent or stored while they are made, row by row."""

import re
from collections.abc import Iterable, Sequence
from typing import IO, cast
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MOST_SHEET_ROWS = 1_048_575
"""Maximum rows of a sheet below its headings."""
LONGEST_CELL = 32_767
"""Characters in a cell."""
MOST_DIGITS = 15
"""Significant digits that a spreadsheet keeps of a number."""
_MOST_BYTES = 1 << 30
"""Bytes of a sheet, before it is compressed, after which the next one begins."""
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ABOUT = f"{_PACKAGE}/metadata/core-properties"
_TERMS = "http://purl.org/dc/elements/1.1/"
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


class Workbook:
    """A workbook with the same headings on each of its sheets; a new sheet begins where one is full. An integer or a
    float is a number, every other cell is text, so none is a formula or a link. `about` is its description. The same
    rows are the same bytes."""

    def __init__(self, headings: Sequence[str], about: str = "") -> None:
        self._made = _Made()
        self._zip = ZipFile(cast(IO[bytes], self._made), "w")
        self._headings = headings
        self._about = about
        self._sheets = 0
        self._begin()

    def taken(self) -> bytes:
        """The bytes since the last call."""
        return self._made.taken()

    def write(self, cells: Iterable[str | float | None]) -> None:
        """Adds a row."""
        if self._rows == MOST_SHEET_ROWS or self._bytes > _MOST_BYTES:
            self._end()
            self._begin()
        self._add(cells)
        self._rows += 1

    def close(self) -> None:
        """Adds the rest."""
        self._end()
        for name, text in self._parts():
            with self._zip.open(_entry(name), "w") as part:
                part.write(f"{_XML}{text}".encode())
        self._zip.close()

    def _begin(self) -> None:
        self._sheets += 1
        self._rows = self._bytes = 0
        self._sheet = self._zip.open(_entry(f"xl/worksheets/sheet{self._sheets}.xml"), "w")
        self._sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
        self._add(self._headings)

    def _end(self) -> None:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()

    def _add(self, cells: Iterable[str | float | None]) -> None:
        row = f"<row>{''.join(map(_cell, cells))}</row>".encode()
        self._bytes += len(row)
        self._sheet.write(row)

    def _parts(self) -> Iterable[tuple[str, str]]:
        """The other parts of the package, with their names."""
        numbers = range(1, self._sheets + 1)
        sheets = "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
        yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
        own = [(f"{_OFFICE}/worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
        yield "xl/_rels/workbook.xml.rels", _relations(own)
        whole = [(f"{_OFFICE}/officeDocument", "xl/workbook.xml")]
        types = [("xl/workbook.xml", f"{_SHEET_TYPE}.sheet.main+xml")]
        types += [(f"xl/worksheets/sheet{n}.xml", f"{_SHEET_TYPE}.worksheet+xml") for n in numbers]
        if self._about:
            whole.append((f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"))
            types.append(("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"))
            about = f"<dc:description>{_escaped(self._about)}</dc:description>"
            yield (
                "docProps/core.xml",
                f'<cp:coreProperties xmlns:cp="{_ABOUT}" xmlns:dc="{_TERMS}">{about}</cp:coreProperties>',
            )
        yield "_rels/.rels", _relations(whole)
        parts = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types)
        kind = "application/vnd.openxmlformats-package.relationships+xml"
        parts = f'<Default Extension="rels" ContentType="{kind}"/>{parts}'
        yield "[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{parts}</Types>'


class _Made:
    """The bytes of an archive that nobody has taken yet."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def cut(text: str) -> str:
    """The text, or as much of it as a cell holds, with an ellipsis."""
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _relations(to: Iterable[tuple[str, str]]) -> str:
    each = (f'<Relationship Id="rId{n}" Type="{kind}" Target="{name}"/>' for n, (kind, name) in enumerate(to, 1))
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(each)}</Relationships>'


def _cell(value: str | float | None) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        space = ' xml:space="preserve"' if value[0].isspace() or value[-1].isspace() else ""
        return f'<c t="inlineStr"><is><t{space}>{_escaped(value)}</t></is></c>'
    return f"<c><v>{value!r}</v></c>"


def _escaped(text: str) -> str:
    """The text in XML; a character that XML has not as Excel writes it, `_x001F_`."""
    text = _ESCAPED.sub("_x005F_", text)
    return escape(_CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
