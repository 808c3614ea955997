"""Parts by the codes of a scheme, in bodies and imports, are those of its current edition."""

from typing import Any

import pytest

from tests.actions.exchange.sheets.framework import Framework, results_of, targets_of
from tests.actions.schemes import code, current
from tests.support.callers import Caller
from tests.support.imports import Importer, counts, csv_of
from tests.support.results import INDICATORS, RULES, rule_body, side

_DIMENSION = {"key": "soil", "titles": {"en": "Soil"}, "required": False, "exhaustive": False}


async def _indicator(admin: Caller, framework: Framework, **more: Any) -> tuple[str, str]:
    """The code of an indicator whose parts are the codes 1 and 2 of a scheme, and the scheme."""
    scheme = str((await admin.get(await current(admin, code("1"), code("2")))).json()["code"])
    return await framework.indicator(disaggregations=[{**_DIMENSION, "scheme": scheme}], **more), scheme


@pytest.mark.parametrize("resource", ["results", "targets"])
async def test_a_row_with_an_unknown_code_fails(
    admin: Caller, author: Importer, framework: Framework, resource: str
) -> None:
    of, scheme = await _indicator(admin, framework)
    method = {"results": ("survey",), "targets": ()}[resource]
    headings = f"indicator,country,period,{'method,' if method else ''}value,dim_soil"
    key = (of, "XA", "2026", *method)
    rows = [(*key, "9", ""), (*key, "4", "1"), (*key, "5", "2"), (*key, "1", "3")]
    done = await author.bring(resource, csv_of(headings, rows))
    assert done["counts"] == counts(created=3, failed=1)
    assert [one["problem"] for one in await author.failures(done)] == ["unknown_code"]
    await current(admin, code("1"), code=scheme, edition="2")
    changed = [(*key, "10", ""), (*key, "4", "1"), (*key, "6", "2")]
    assert (await author.bring(resource, csv_of(headings, changed)))["counts"] == counts(updated=2, unchanged=1)
    if resource == "results":
        (record,) = await results_of(author, of)
    else:
        (found,) = (await author.caller.get(f"{INDICATORS}?code={of}")).json()["items"]
        (record,) = await targets_of(author, found["id"])
    assert [(one["dimensions"]["soil"], one["value"]) for one in record["breakdown"]] == [("1", "4"), ("2", "6")]


async def test_a_result_keeps_the_codes_that_it_has(admin: Caller, author: Importer, framework: Framework) -> None:
    of, scheme = await _indicator(admin, framework)
    key = (of, "XA", "2026", "survey")
    await author.bring(
        "results", csv_of("indicator,country,period,method,value,dim_soil", [(*key, "9", ""), (*key, "4", "2")])
    )
    (record,) = await results_of(author, of)
    path, kept = record["links"]["self"], record["breakdown"]
    more = [*kept, {"dimensions": {"soil": "3"}, "value": "1"}]
    refused = await author.caller.change(path, breakdown=more)
    assert refused.status_code == 422, refused.text
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
        ("/breakdown/1/dimensions/soil", "unknown_code")
    ]
    await current(admin, code("3"), code=scheme, edition="2")
    assert (await author.caller.change(path, breakdown=more)).status_code == 200


async def test_a_rule_names_known_codes(admin: Caller, framework: Framework) -> None:
    of, _ = await _indicator(admin, framework)
    for known, status in (("2", 201), ("3", 422)):
        term = {"indicator": of, "dimensions": {"soil": known}}
        body = rule_body(side(term), "less_than_or_equal_to", side(of), framework=framework.period["framework"])
        response = await admin.post(RULES, body)
        assert response.status_code == status, response.text
        if status == 422:
            assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [
                ("/left/terms/0/dimensions/soil", "unknown_code")
            ]
