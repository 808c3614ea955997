"""Lists and statistics as tables for a spreadsheet: CSV with the mark of UTF-8, workbooks, the same columns whatever
the rows."""

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook

from shared.bulk import workbooks
from tests.support.callers import Caller
from tests.support.institutions import submitted
from tests.support.membership import INSTITUTIONS

STATISTICS = "/membership/v1/statistics"
_BOM = "\ufeff"
_SAFE = ("false", "true")


@pytest.fixture
async def word(admin: Caller) -> str:
    """A word in the names of three institutions."""
    found = f"Zimt{uuid4().hex[:8]}"
    for number in range(3):
        await submitted(admin, f"{found} École {number}")
    return found


async def _table(caller: Caller, path: str, **query: Any) -> list[list[str]]:
    response = await caller.get(path, params={"format": "csv", **query})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.content.decode())))


async def test_a_list_begins_with_the_mark_that_was_asked_for(admin: Caller, word: str) -> None:
    plain, marked = [await _table(admin, INSTITUTIONS, q=word, bom=bom) for bom in ("false", "true")]
    assert marked[0][0] == f"{_BOM}{plain[0][0]}"
    assert marked[1:] == plain[1:]
    assert len(plain) == 4


async def test_the_columns_of_a_list_do_not_depend_on_its_rows(admin: Caller, word: str) -> None:
    full, empty = await _table(admin, INSTITUTIONS, q=word), await _table(admin, INSTITUTIONS, q=uuid4().hex)
    assert empty == [full[0]]
    assert full[0][:8] == ["id", "ref", "version", "status", "country", "visibility", "created_at", "updated_at"]


async def test_a_list_is_a_workbook(admin: Caller, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_SHEET_ROWS", 2)
    response = await admin.get(INSTITUTIONS, params={"q": word, "format": "xlsx", "fields": "ref,version,display_name"})
    assert response.status_code == 200
    assert response.headers["content-type"].endswith("spreadsheetml.sheet")
    assert response.headers["content-disposition"] == 'inline; filename="institutions.xlsx"'
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    assert book.sheet_names == ["Sheet1", "Sheet2"]
    first, second = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    assert first[0] == second[0] == ["id", "ref", "version", "display_name"]
    assert [(row[2], row[3]) for row in (*first[1:], *second[1:])] == [(1.0, f"{word} École {n}") for n in range(3)]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"bom": "true"}, "bom"),
        ({"format": "xlsx", "bom": "true"}, "bom"),
        ({"format": "ndjson", "safe": "true"}, "safe"),
        ({"format": "csv", "bom": "yes"}, "bom"),
        ({"format": "xls"}, "format"),
    ],
)
@pytest.mark.parametrize("path", [INSTITUTIONS, STATISTICS])
async def test_other_forms_are_refused(admin: Caller, path: str, query: dict[str, str], parameter: str) -> None:
    response = await admin.get(path, params=query)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")
    assert response.json()["errors"][0]["parameter"] in (parameter, "format")


async def test_statistics_are_a_table_of_their_numbers(admin: Caller, word: str) -> None:
    query = {"of": "institutions", "by": "country,status", "country": "XA"}
    counted = (await admin.get(STATISTICS, params=query)).json()
    head, *rows = await _table(admin, STATISTICS, **query)
    assert head == ["as_of", "country", "status", "count"]
    assert rows == [[counted["as_of"], *(str(one[name]) for name in head[1:])] for one in counted["items"]]
    assert await _table(admin, STATISTICS, **{**query, "country": "AQ"}) == [head]


async def test_a_series_is_a_row_for_each_number_of_each_day(admin: Caller, word: str) -> None:
    query = {"of": "institutions", "by": "country", "country": "XA", "from": "2026-01-01", "to": "2026-03-31"}
    counted = (await admin.get(STATISTICS, params=query)).json()
    assert len(counted["series"]) == 3
    head, *rows = await _table(admin, STATISTICS, **query, bom="true")
    assert head == [f"{_BOM}as_of", "country", "count"]
    assert len(rows) == sum(len(day["items"]) for day in counted["series"])


async def test_the_gender_balance_is_a_table(admin: Caller) -> None:
    head, *rows = await _table(admin, STATISTICS, by="gender")
    assert head == ["as_of", "gender", "count"]
    assert len(rows) == len((await admin.get(STATISTICS, params={"by": "gender"})).json()["items"])


async def test_cells_are_no_formulas_where_it_is_asked_for(admin: Caller) -> None:
    word = f"Zimt{uuid4().hex[:8]}"
    await submitted(admin, f"=cmd() {word}")
    cells = [(await _table(admin, INSTITUTIONS, q=word, fields="display_name", safe=safe))[1][1] for safe in _SAFE]
    assert cells == [f"=cmd() {word}", f"'=cmd() {word}"]
