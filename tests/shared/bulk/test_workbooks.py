"""A workbook is made row by row: its memory does not grow, a full sheet is followed by another one."""

import io
import zipfile
from typing import Any

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from shared.bulk import workbooks
from shared.bulk.workbooks import Workbook
from tests.support.tiers import long

_NAMES = {"a": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def _read(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def _book(headings: tuple[str, ...], *rows: tuple[str | float | None, ...], **more: Any) -> bytes:
    book = Workbook(headings, **more)
    for row in rows:
        book.write(row)
    book.close()
    return book.taken()


def test_cells_are_texts_and_numbers() -> None:
    rows = [("=1+1", 12), (" 0012 ", 2.5), ('<b>&"', -3), ("_x0041_ \x1f\r\n", 0), ("", 1)]
    content = _book(("text", "number"), *rows)
    assert _read(content) == {"Sheet1": [["text", "number"], *map(list, rows)]}
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    cells = etree.fromstring(sheet).findall(".//a:c", _NAMES)
    assert [cell.get("t") for cell in cells[2:4]] == ["inlineStr", None]
    assert not etree.fromstring(sheet).findall(".//a:f", _NAMES)


def test_every_part_is_xml_that_the_package_names() -> None:
    content = _book(("a",), ("b",), about="Licence: CC & more")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert parts.testzip() is None
        types = etree.fromstring(parts.read("[Content_Types].xml"))
        named = {str(each.get("PartName")).lstrip("/") for each in types if each.get("PartName")}
        assert named == {name for name in parts.namelist() if not name.endswith((".rels", "Types].xml"))}
        core = etree.fromstring(parts.read("docProps/core.xml"))
        assert [each.text for each in core] == ["Licence: CC & more"]


def test_the_same_rows_are_the_same_bytes() -> None:
    assert _book(("a",), ("b",)) == _book(("a",), ("b",))


def test_a_full_sheet_is_followed_by_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_SHEET_ROWS", 2)
    assert _read(_book(("n",), *((n,) for n in range(5)))) == {
        "Sheet1": [["n"], [0], [1]],
        "Sheet2": [["n"], [2], [3]],
        "Sheet3": [["n"], [4]],
    }


def test_a_sheet_ends_before_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_MOST_BYTES", 1_000)
    assert len(_read(_book(("text",), *(("x" * 600,) for _ in range(4))))) == 2


@pytest.mark.parametrize("rows", [2_000, *long("a sheet that is full", 1_048_580)])
def test_what_is_made_is_taken_while_rows_are_written(rows: int) -> None:
    book, held, parts = Workbook(("number",)), 0, [b""]
    for number in range(rows):
        book.write((number,))
        if number % 500 == 0:
            parts.append(book.taken())
            held = max(held, len(parts[-1]))
    book.close()
    content = b"".join((*parts, book.taken()))
    assert held < 100_000
    sheets = _read(content)
    assert [row[0] for sheet in sheets.values() for row in sheet[1:]] == list(range(rows))
    assert len(sheets) == (1 if rows < 1_048_576 else 2)
