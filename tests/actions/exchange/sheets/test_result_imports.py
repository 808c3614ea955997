"""Imports of results: rows of one key make one record, and each row is accounted for."""

import json
from collections.abc import Callable, Sequence

import pytest

from tests.actions.exchange.sheets.framework import SEX, Framework, results_of
from tests.support.callers import Caller
from tests.support.imports import Importer, counts, csv_of
from tests.support.results import RESULTS, end_period, parts, published, result, subject
from tests.support.waiting import eventually


def file(headings: str, *rows: Sequence[str]) -> bytes:
    return csv_of(headings, rows)


async def test_rows_of_one_key_make_one_record(author: Importer, framework: Framework) -> None:
    code = await framework.indicator()
    content = file(
        "indicator,country,period,method,value,dim_sex,comment",
        (code, "XA", "2026", "measured", "10", "", "All"),
        (code, "XA", "2026", "", "6.50", "f", ""),
        (code, "XA", "2026", "", "3.50", "m", ""),
    )
    done = await author.bring("results", content)
    assert done["counts"] == counts(created=3)
    (record,) = await results_of(author, code)
    assert (record["status"], record["version"], record["value"], record["comment"]) == ("draft", 1, "10", "All")
    assert [(part["dimensions"], part["value"]) for part in record["breakdown"]] == [
        ({"sex": "f"}, "6.50"),
        ({"sex": "m"}, "3.50"),
    ]
    assert (record["visibility"], record["country"], record["method"]) == ("network", "XA", "measured")
    history = (await author.caller.get(f"{record['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in history] == ["create"]
    assert (await author.bring("results", content))["counts"] == counts(unchanged=3)
    assert (await results_of(author, code))[0]["version"] == 1


async def test_a_changed_row_changes_its_own_part(author: Importer, framework: Framework) -> None:
    code = await framework.indicator()
    headings, key = "indicator,country,period,method,value,dim_sex", (code, "XA", "2026", "survey")
    await author.bring("results", file(headings, (*key, "10", ""), (*key, "6", "f")))
    changed = await author.bring("results", file(headings, (*key, "10", ""), (*key, "7", "f"), (*key, "3", "m")))
    assert changed["counts"] == counts(updated=2, unchanged=1)
    (record,) = await results_of(author, code)
    assert record["version"] == 2
    assert [part["value"] for part in record["breakdown"]] == ["7", "3"]
    assert (await author.undo(changed)).status_code == 200
    (record,) = await results_of(author, code)
    assert [part["value"] for part in record["breakdown"]] == ["6"]


async def test_imported_results_are_validated(author: Importer, framework: Framework) -> None:
    code = await framework.indicator(measure="percentage", unit=None, across="mean")
    headings = "indicator,country,period,method,value"

    async def found_by(state: str) -> bool:
        listed = await author.caller.get(f"{RESULTS}?indicator={code}&validation={state}")
        return bool(listed.json()["items"])

    first = await author.bring("results", file(headings, (code, "XA", "2026", "survey", "150")))
    await eventually(lambda: found_by("warning"))
    await author.bring("results", file(headings, (code, "XA", "2026", "survey", "50")))
    await eventually(lambda: found_by("clean"))
    other = await author.bring("results", file(headings, (code, "XA", "2026", "survey", "160")))
    await eventually(lambda: found_by("warning"))
    assert (await author.undo(other)).status_code == 200
    await eventually(lambda: found_by("clean"))
    assert first["counts"] == counts(created=1)


async def test_undo_removes_new_results_and_restores_numbers(author: Importer, framework: Framework) -> None:
    code, other = await framework.indicator(), await framework.indicator()
    headings = "indicator,country,period,method,value"
    first = await author.bring("results", file(headings, (code, "XA", "2026", "survey", "10.50")))
    second = await author.bring(
        "results", file(headings, (code, "XA", "2026", "survey", "11"), (other, "XA", "2026", "survey", "1"))
    )
    assert second["counts"] == counts(created=1, updated=1)
    assert (await author.undo(second)).json()["status"] == "undone"
    (record,) = await results_of(author, code)
    assert record["value"] == "10.50"
    assert await results_of(author, other) == []
    assert (await author.undo(first)).json()["status"] == "undone"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"value": "N/A"}, "invalid_format"),
        ({"value": "NaN"}, "invalid_format"),
        ({"value": "1e400"}, "invalid_format"),
        ({"value": "1" * 40}, "invalid_format"),
        ({"value": "=1+1"}, "invalid_format"),
        ({"value": "1,5"}, "invalid_format"),
        ({"value": "1", "missing": "confidential"}, "value_mismatch"),
        ({"value": "", "numerator": "1"}, "required"),
        ({"value": "", "numerator": "1", "denominator": "0"}, "out_of_range"),
        ({"value": "", "code": "full"}, "value_mismatch"),
        ({"value": "", "text": "Good"}, "value_mismatch"),
        ({"value": "", "missing": "lost"}, "not_one_of"),
        ({"value": "", "missing": "confidential", "dim_sex": "f"}, "value_mismatch"),
        ({"dim_sex": "x"}, "unknown_dimension"),
        ({"dim_shoe": "40"}, "unknown_dimension"),
        ({"indicator": "I-none"}, "unknown_reference"),
        ({"period": "1999"}, "unknown_reference"),
        ({"country": "XB"}, "country_forbidden"),
        ({"country": "ZZ"}, "unknown_country"),
        ({"country": ""}, "one_subject"),
        ({"country": "", "action": "ACT-999999999"}, "unknown_reference"),
        ({"period": "", "kind": "baseline"}, "period_or_year"),
        ({"year": "2020"}, "period_or_year"),
        ({"method": ""}, "required"),
        ({"method": "guessed"}, "not_one_of"),
        ({"evidence_id": "00000000-0000-4000-8000-000000000000"}, "unknown_evidence"),
    ],
)
async def test_a_bad_row_fails_with_the_code_of_the_api(
    author: Importer, framework: Framework, more: dict[str, str], problem: str
) -> None:
    code = await framework.indicator()
    row = {"indicator": code, "country": "XA", "period": "2026", "method": "survey", "value": "1", **more}
    done = await author.bring("results", file(",".join(row), tuple(row.values())))
    assert done["counts"] == counts(failed=1)
    (failure,) = await author.failures(done)
    assert failure["problem"] == problem, failure
    assert await results_of(author, code) == []


async def test_a_number_in_json_is_refused(author: Importer, framework: Framework) -> None:
    code = await framework.indicator()
    row = {"indicator": code, "country": "XA", "period": "2026", "method": "survey"}
    lines = [{**row, "value": 1.5}, {**row, "value": "1.50"}]
    content = "\n".join(map(json.dumps, lines)).encode()
    done = await author.bring("results", content, "list.ndjson")
    assert done["counts"] == counts(created=1, failed=1)
    assert [one["problem"] for one in await author.failures(done)] == ["decimal_as_text"]
    assert [one["value"] for one in await results_of(author, code)] == ["1.50"]


async def test_a_row_that_repeats_another_fails(author: Importer, framework: Framework) -> None:
    code = await framework.indicator()
    key = (code, "XA", "2026", "survey")
    content = file("indicator,country,period,method,value,dim_sex", (*key, "1", "f"), (*key, "2", "f"), (*key, "3", ""))
    done = await author.bring("results", content)
    assert done["counts"] == counts(created=2, failed=1)
    assert [(one["problem"], one["row"]) for one in await author.failures(done)] == [("not_unique", "2")]


async def test_only_drafts_change(author: Importer, admin: Caller, caller: Callable[[str | None], Caller]) -> None:
    of = await subject(admin)
    path = await result(author.caller, of)
    code = (await author.caller.get(f"/actions/v1/indicators/{of['indicator_id']}")).json()["code"]
    headings, key = "indicator,country,period,method,value", (code, "XA", "2026", "measured")
    await published(author.caller, path)
    same = await author.bring("results", file(headings, (*key, "10")))
    assert same["counts"] == counts(unchanged=1)
    other = await author.bring("results", file(headings, (*key, "11")))
    assert [one["problem"] for one in await author.failures(other)] == ["result_not_draft"]
    assert (await author.caller.get(path)).json()["value"] == "10"


async def test_a_period_that_is_closed_or_locked_admits_no_row(author: Importer, framework: Framework) -> None:
    code = await framework.indicator()
    content = file("indicator,country,period,method,value", (code, "XA", "2026", "survey", "1"))
    path = framework.period["links"]["self"]
    for locked, problem in ((False, "period_closed"), (True, "period_locked")):
        await end_period(framework.admin, path, locked=locked)
        done = await author.bring("results", content)
        assert [one["problem"] for one in await author.failures(done)] == [problem]


async def test_a_dry_run_counts_and_writes_nothing(author: Importer, framework: Framework) -> None:
    code = await framework.indicator()
    key = (code, "XA", "2026", "survey")
    content = file("indicator,country,period,method,value,dim_sex", (*key, "9", ""), (*key, "4", "f"), (*key, "x", "m"))
    done = await author.bring("results", content, mode="dry_run")
    assert done["counts"] == counts(created=2, failed=1)
    assert await results_of(author, code) == []
    assert (await author.bring("results", content))["counts"] == counts(created=2, failed=1)


async def test_with_abort_one_bad_row_keeps_all_others_out(author: Importer, framework: Framework) -> None:
    code, other = await framework.indicator(), await framework.indicator()
    headings = "indicator,country,period,method,value"
    content = file(headings, (code, "XA", "2026", "survey", "1"), (other, "XA", "2026", "", "2"))
    done = await author.bring("results", content, on_error="abort")
    assert (done["aborted"], done["counts"]) == (True, counts(failed=2))
    assert await results_of(author, code) == []
    good = file(headings, (code, "XA", "2026", "survey", "1"))
    assert (await author.bring("results", good, on_error="abort"))["counts"] == counts(created=1)


async def test_a_record_goes_on_in_the_next_batch(
    author: Importer, framework: Framework, batches_of: Callable[[int], None]
) -> None:
    batches_of(2)
    code = await framework.indicator()
    headings = "indicator,country,period,method,value,dim_sex,dim_age"
    first, key = (code, "XA", "2026", "survey"), (code, "XA", "2026", "")
    rows = [(*first, "10", "", ""), (*key, "6", "f", ""), (*key, "4", "m", ""), (*key, "5", "", "old")]
    for mode, on_error in (("dry_run", "skip"), ("commit", "abort")):
        done = await author.bring("results", file(headings, *rows), mode=mode, on_error=on_error)
        assert done["counts"] == counts(created=2, updated=2), (mode, on_error)
    (record,) = await results_of(author, code)
    assert ([part["value"] for part in record["breakdown"]], record["version"]) == (["6", "4", "5"], 2)
    assert (await author.bring("results", file(headings, *rows)))["counts"] == counts(unchanged=4)


async def test_a_row_without_a_value_says_nothing(author: Importer, framework: Framework) -> None:
    code = await framework.indicator()
    headings, key = "indicator,country,period,method,value,dim_sex,comment", (code, "XA", "2026", "survey")
    blank = file(headings, (*key, "", "", "Later"), (*key, "", "f", ""))
    assert (await author.bring("results", blank))["counts"] == counts(unchanged=2)
    assert await results_of(author, code) == []
    await author.bring("results", file(headings, (*key, "1", "", "Now")))
    done = await author.bring("results", file(headings, (*key, "", "", "Later"), (*key, "2", "f", "")))
    assert done["counts"] == counts(updated=2)
    (record,) = await results_of(author, code)
    assert (record["value"], record["comment"], record["breakdown"][0]["value"]) == ("1", "Later", "2")


async def test_a_result_that_was_edited_stays_when_the_file_comes_again(author: Importer, framework: Framework) -> None:
    code = await framework.indicator()
    content = file("indicator,country,period,method,value", (code, "XA", "2026", "survey", "1"))
    await author.bring("results", content)
    (record,) = await results_of(author, code)
    await author.caller.change(record["links"]["self"], value="2")
    assert (await author.bring("results", content))["counts"] == counts(unchanged=1)
    assert [one["value"] for one in await results_of(author, code)] == ["2"]
    await author.caller.step(record["links"]["self"], "discard")
    assert (await author.bring("results", content))["counts"] == counts(created=1)


async def test_a_part_too_many_fails(author: Importer, framework: Framework) -> None:
    many = {**SEX, "key": "cell", "codes": parts(*(f"c{n}" for n in range(200)))}
    code = await framework.indicator(disaggregations=[many, {**many, "key": "more"}])
    key = (code, "XA", "2026", "survey", "1")
    rows = [(*key, f"c{n % 200}", f"c{n // 200}") for n in range(2001)]
    done = await author.bring("results", file("indicator,country,period,method,value,dim_cell,dim_more", *rows))
    assert done["counts"] == counts(created=2000, failed=1)
    assert [one["problem"] for one in await author.failures(done)] == ["too_long"]
