"""Workbooks: read like CSV, rejected before unpacking if they expand too much, written without formulas."""

import asyncio
import io
import os
import zipfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from services.membership.settings import MembershipSettings
from shared.bulk.spreadsheets import Columns, as_text
from shared.bulk.store import FileStore
from tests.membership.imports.conftest import EXPORTS
from tests.support.imports import Importer, counts, csv_of
from tests.support.tiers import long

LONG = "x" * 32_767
"""The longest text of a cell."""
HEADINGS = ("full_name", "country", "keywords", "colour")


def book(rows: Iterable[Sequence[Any]], sheets: int = 1) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        for _ in range(sheets):
            sheet = workbook.add_worksheet()
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return file.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


def _far_apart() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write(1_048_575, 16_383, "x")
    return file.getvalue()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a part that unpacks to 50 MiB": (
        lambda: archive({"xl/worksheets/sheet1.xml": b" " * (50 << 20)}),
        "unpacks to more than 100 times",
    ),
    "thousands of parts": (lambda: archive({f"part{n}": b"" for n in range(1001)}), "At most 1,000 parts"),
    "two cells that span a sheet": (_far_apart, "within the bounds"),
    "no workbook in the archive": (lambda: archive({"note.txt": b"hello"}), "broken or locked"),
    "two sheets": (lambda: book([HEADINGS], sheets=2), "2 visible sheets"),
    "too many columns": (lambda: book([[f"c{n}" for n in range(201)]]), "At most 200 columns"),
    "a sheet without a row": (lambda: book([]), "empty"),
}
_LARGE = {"two cells that span a sheet", "a part that unpacks to 50 MiB"}


@pytest.mark.parametrize("case", [*(sorted(REFUSED.keys() - _LARGE)), *long("unfolds to much", *sorted(_LARGE))])
async def test_a_workbook_that_could_do_harm_is_refused(
    case: str, secretariat: Importer, database: asyncpg.Connection
) -> None:
    content, words = REFUSED[case]
    response = await secretariat.send("experts", content(), "list.xlsx")
    assert (response.status_code, response.json()["code"]) == (422, "malformed_file"), response.text
    assert words in response.json()["detail"]
    assert await database.fetchval("SELECT count(*) FROM core_import") == 0


async def test_a_workbook_is_imported_like_the_csv_of_its_rows(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    rows = [
        HEADINGS,
        ("Amina Varga", "XA", "soil; 日本", "red"),
        (),
        ("Bilal Saar", "XQ", "", ""),
        ("Chen Okafor", "XB", 2026, date(2026, 11, 24)),
    ]
    result = await secretariat.bring("experts", book(rows), "list.xlsx", media="application/octet-stream")
    assert (result["counts"], result["ignored_columns"]) == (counts(created=2, failed=1), ["colour"])
    assert await database.fetchval("SELECT keywords FROM member_expert WHERE country = 'XA'") == ["soil", "日本"]
    assert await database.fetchval("SELECT keywords FROM member_expert WHERE country = 'XB'") == ["2026"]
    (failed,) = await secretariat.failures(result)
    assert (failed["full_name"], failed["problem"], failed["row"]) == ("Bilal Saar", "unknown_country", "2")
    text = csv_of(",".join(HEADINGS), [("Amina Varga", "XA", "soil; 日本", "red"), ("Chen Okafor", "XB", "2026", "")])
    assert (await secretariat.bring("experts", text))["counts"] == counts(unchanged=2)


async def test_the_text_of_a_workbook_goes_with_the_job_and_is_read_again_for_its_failures(
    secretariat: Importer, settings: MembershipSettings
) -> None:
    workbook = book([HEADINGS, ("Amina Varga", "XQ", "", "red"), ("Bilal Saar", "XA", "", LONG)])
    result = await secretariat.bring("experts", workbook, "list.xlsx")
    assert _stored(settings, workbook) == ["file"]
    (failed,) = await secretariat.failures(result)
    assert (failed["full_name"], failed["colour"]) == ("Amina Varga", "red"), "as it was sent"
    assert _stored(settings, workbook) == ["file"]


def _stored(settings: MembershipSettings, workbook: bytes) -> list[str]:
    """What is stored of a workbook: the `file` itself, its `text`. The worker stores and moves others beside it."""
    found = []
    for path in settings.storage_path.rglob("*"):
        with suppress(FileNotFoundError, IsADirectoryError):
            content = path.read_bytes()
            found += ["file"] if content == workbook else ["text"] if LONG.encode() in content else []
    return found


async def _text(path: Path, content: bytes, columns: Columns | None) -> bytes:
    workbook = path / "list.xlsx"
    workbook.write_bytes(content)
    async with as_text(FileStore(path), workbook, "xlsx", columns) as text:
        return text.read_bytes()


async def test_cells_of_columns_that_are_not_read_are_not_written(tmp_path: Path) -> None:
    rows = [HEADINGS, ("Amina Varga", "XA", "", LONG), (None, None, None, "only this")]
    heading = b"full_name,country,keywords,colour\r\n"
    columns = Columns(("full_name", "country"), {"keywords": None})
    assert await _text(tmp_path, book(rows), columns) == heading + b"Amina Varga,XA,,\r\n,,,\r\n"
    by_mapping = Columns((), {"full_name": "full_name", "country": None, "colour": "keywords"})
    kept = f"Amina Varga,,,{LONG}\r\n,,,only this\r\n".encode()
    assert await _text(tmp_path, book(rows), by_mapping) == heading + kept
    assert await asyncio.to_thread(os.listdir, tmp_path) == ["list.xlsx"]


@pytest.mark.long("writes 256 MiB")
async def test_a_small_workbook_of_much_text_is_refused_and_leaves_nothing(
    secretariat: Importer, settings: MembershipSettings
) -> None:
    """A cell of 32,767 characters is stored once and shown by 9,000 rows."""
    much = book([HEADINGS[:3], *(("Amina Varga", "XA", LONG) for _ in range(9_000))])
    assert len(much) < 200_000
    refused = await secretariat.send("experts", much, "list.xlsx")
    assert (refused.status_code, refused.json()["code"]) == (422, "malformed_file"), refused.text
    assert "At most 256 MiB of text" in refused.json()["detail"]
    assert _stored(settings, much) == []


async def test_an_exported_workbook_holds_text_alone_and_comes_back_unchanged(secretariat: Importer) -> None:
    people = [("=HYPERLINK(1)", "XA"), ("-dash", "XA"), ("0012", "XB")]
    await secretariat.bring("experts", csv_of("full_name,country", people))
    wish = {"resource": "experts", "format": "xlsx", "fields": ["full_name", "country"]}
    response = await secretariat.caller.post(EXPORTS, json=wish)
    assert response.status_code == 202, response.text
    job = await secretariat.end_of(response.headers["location"])
    file = await secretariat.caller.get(job["result_url"])
    assert file.headers["content-type"].endswith("spreadsheetml.sheet")
    assert file.headers["content-disposition"] == 'attachment; filename="experts.xlsx"'
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file.content)).get_sheet_by_index(0)
    assert sheet.to_python() == [["full_name", "country"], *(list(person) for person in people)]
    with zipfile.ZipFile(io.BytesIO(file.content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    again = await secretariat.bring("experts", file.content, "experts.xlsx")
    assert again["counts"] == counts(unchanged=3)
