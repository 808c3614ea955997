"""The prefilled template of a country, and exports: both import again unchanged."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from tests.actions.exchange.sheets.framework import Framework, cells_in, csv_with, results_of, rows_in
from tests.support.callers import Caller
from tests.support.imports import Importer, counts
from tests.support.results import RESULTS, TARGETS, end_period, id_of, open_period, published, result
from tests.support.tiers import long

EXPORTS = "/actions/v1/exports"


async def exported(by: Importer, **order: Any) -> bytes:
    response = await by.caller.post(EXPORTS, order)
    assert response.status_code == 202, response.text
    job = await by.end_of(response.headers["location"])
    assert job["status"] == "succeeded", job
    return (await by.caller.get(job["result_url"])).content


async def test_a_template_has_a_row_for_each_due_value_and_part(author: Importer, framework: Framework) -> None:
    number, rated = (
        await framework.indicator(),
        await framework.indicator(disaggregations=[], measure="percentage", unit=None),
    )
    await framework.indicator(frequency="month")
    await framework.indicator(valid_to="2020-12-31")
    rows = rows_in(await framework.template(author))
    parts = [(row["dim_sex"], row["dim_age"]) for row in rows if row["indicator"] == number]
    assert parts == [("", ""), ("f", ""), ("m", ""), ("", "young"), ("", "old")]
    assert {row["indicator"] for row in rows} == {number, rated}
    first = next(row for row in rows if row["indicator"] == number)
    expected = {"title": "Restored land", "unit": "hectares", "country": "XA", "period": "2026", "kind": "actual"}
    assert {name: first[name] for name in expected} == expected
    assert (first["method"], first["value"], first["target"]) == ("measured", "", "")


@pytest.mark.parametrize("media", ["csv", *long("writes and reads a workbook", "xlsx")])
async def test_a_template_imports_unchanged(author: Importer, framework: Framework, media: str) -> None:
    code = await framework.indicator()
    blank = await framework.template(author, media=media)
    assert (await author.bring("results", blank, f"t.{media}"))["counts"] == counts(unchanged=5)
    rows = rows_in(await framework.template(author))
    for row, value in zip(rows, ("10.50", "-6", "16.5", "", ""), strict=True):
        row["value"] = value
    rows[0]["comment"] = "=1+1"
    filled = await author.bring("results", csv_with(rows))
    assert filled["counts"] == counts(created=3, unchanged=2)
    (record,) = await results_of(author, code)
    assert (record["value"], record["comment"]) == ("10.50", "=1+1")
    again = await framework.template(author, media=media)
    assert (await author.bring("results", again, f"t.{media}"))["counts"] == counts(unchanged=5)
    assert (await results_of(author, code))[0]["version"] == record["version"]


async def test_a_template_shows_what_was_and_what_is_to_be(
    author: Importer, admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    framework = Framework(admin, await open_period(admin))
    code = await framework.indicator()
    owner = {"framework": framework.period["framework"]}
    days = {"code": "2025", "starts": "2025-01-01", "ends": "2025-12-31"}
    earlier = await open_period(admin, **owner, **days)
    found = (await admin.get(f"/actions/v1/indicators?code={code}")).json()["items"][0]
    of = {"indicator_id": found["id"], "country": "XA"}
    cell = {"dimensions": {"sex": "f"}}
    body = {**of, "period_id": earlier["id"], "method": "modelled", "value": "7", "breakdown": [{**cell, "value": "3"}]}
    await published(author.caller, await result(author.caller, body))
    goal = {**of, "period_id": framework.period["id"], "value": "9.0", "breakdown": [{**cell, "value": "4"}]}
    assert (await author.caller.post(TARGETS, goal)).status_code == 201
    rows = rows_in(await framework.template(author))
    shown = [(row["dim_sex"], row["previous_value"], row["target"], row["method"]) for row in rows[:3]]
    assert shown == [("", "7", "9.0", "modelled"), ("f", "3", "4", "modelled"), ("m", "", "", "modelled")]
    other = rows_in(await framework.template(caller_importer(caller, "author_xb"), "XB"))
    assert [(row["previous_value"], row["target"]) for row in other[:1]] == [("", "")]


def caller_importer(caller: Callable[[str | None], Caller], name: str) -> Importer:
    importer = Importer.__new__(Importer)
    importer.caller, importer.imports = caller(name), "/actions/v1/imports"
    return importer


async def test_the_template_of_another_country_is_refused(
    author: Importer, importer: Callable[[str], Importer], framework: Framework
) -> None:
    code = await framework.indicator(disaggregations=[])
    path = f"{RESULTS}/template?country=XB&period={framework.period['id']}"
    refused = await author.caller.get(path)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    rows = rows_in(await framework.template(importer("author_xb"), "XB"))
    rows[0]["value"] = "5"
    done = await author.bring("results", csv_with(rows))
    assert [one["problem"] for one in await author.failures(done)] == ["country_forbidden"]
    assert await results_of(author, code) == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("country=ZZ&period=2026", "country"),
        ("country=XA&period=1999", "period"),
        ("country=XA", "period"),
        ("country=XA&period=2026&format=pdf", "format"),
    ],
)
async def test_a_wrong_parameter_is_named(author: Importer, query: str, parameter: str) -> None:
    refused = await author.caller.get(f"{RESULTS}/template?{query}")
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, parameter)


async def test_cells_that_are_typed_as_numbers_stay_exact(author: Importer, framework: Framework) -> None:
    codes = [await framework.indicator(disaggregations=[]) for _ in range(4)]
    cells = (12.5, 1e-05, 3, 1234567.123456789)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as workbook:
        sheet = workbook.add_worksheet()
        for place, name in enumerate(("indicator", "country", "period", "method", "value")):
            sheet.write_string(0, place, name)
        for number, (code, value) in enumerate(zip(codes, cells, strict=True), 1):
            for place, text in enumerate((code, "XA", "2026", "survey")):
                sheet.write_string(number, place, text)
            sheet.write_number(number, 4, value)
    done = await author.bring("results", file.getvalue(), "numbers.xlsx")
    assert done["counts"] == counts(created=3, failed=1)
    assert [(one["problem"], one["row"]) for one in await author.failures(done)] == [("invalid_format", "4")]
    found = [[one["value"] for one in await results_of(author, code)] for code in codes]
    assert found == [["12.5"], ["0.00001"], ["3"], []]


@pytest.mark.long("imports, exports and imports again")
async def test_an_export_imports_again_unchanged(
    author: Importer, admin: Caller, framework: Framework, caller: Callable[[str | None], Caller]
) -> None:
    code = await framework.indicator()
    key = f"{code},XA,2026,,actual"
    content = (
        "indicator,country,period,year,kind,method,value,numerator,denominator,dim_sex,dim_age,source,comment\r\n"
        f'{key},survey,"10.50",,,,,Census,"=cmd, ""x"""\r\n{key},,,1,3,f,old,,\r\n{key},,4,,,m,,,\r\n'
        f"{code},XA,,2020,baseline,modelled,9,,,,,,\r\n"
    )
    assert (await author.bring("results", content.encode()))["counts"] == counts(created=4)
    order = {"resource": "results", "filters": {"indicator": code}}
    for media in ("csv", "ndjson", "xlsx"):
        again = await exported(author, format=media, **order)
        done = await author.bring("results", again, f"again.{media}")
        assert done["counts"] == counts(unchanged=4), [
            (one["problem"], one["detail"]) for one in await author.failures(done)
        ]
    rows = rows_in(await exported(author, format="csv", safe=False, **order))
    assert [(row["dim_sex"], row["dim_age"], row["value"]) for row in rows] == [
        ("", "", "10.50"),
        ("f", "old", ""),
        ("m", "", "4"),
        ("", "", "9"),
    ]
    assert cells_in(await exported(author, format="xlsx", **order))[0][:3] == ["indicator", "country", "action"]


async def test_a_closed_period_still_has_a_template(author: Importer, framework: Framework) -> None:
    await framework.indicator(disaggregations=[])
    await end_period(framework.admin, framework.period["links"]["self"])
    content = await framework.template(author)
    done = await author.bring("results", content)
    assert [one["problem"] for one in await author.failures(done)] == ["period_closed"]
    assert id_of(framework.period["links"]["self"]) == framework.period["id"]
