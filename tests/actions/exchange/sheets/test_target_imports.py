"""Imports and exports of targets."""

import pytest

from tests.actions.exchange.sheets.framework import Framework, targets_of
from tests.actions.exchange.sheets.test_template import exported
from tests.support.imports import Importer, counts, csv_of
from tests.support.results import INDICATORS

HEADINGS = "indicator,country,period,value,dim_sex,comment"


async def _id_of(by: Importer, code: str) -> str:
    return str((await by.caller.get(f"{INDICATORS}?code={code}")).json()["items"][0]["id"])


async def test_a_target_goes_in_and_out(author: Importer, framework: Framework) -> None:
    code = await framework.indicator()
    key = (code, "XA", "2026")
    first = await author.bring("targets", csv_of(HEADINGS, [(*key, "6", "f", ""), (*key, "10.0", "", "Plan")]))
    assert first["counts"] == counts(created=2)
    (record,) = await targets_of(author, of := await _id_of(author, code))
    assert (record["value"], record["comment"], record["status"]) == ("10.0", "Plan", "current")
    assert record["breakdown"] == [{"dimensions": {"sex": "f"}, "value": "6"}]
    again = await exported(author, resource="targets", filters={"indicator_id": of})
    assert (await author.bring("targets", again))["counts"] == counts(unchanged=2)
    changed = await author.bring("targets", csv_of(HEADINGS, [(*key, "12", "", ""), (*key, "", "m", "")]))
    assert changed["counts"] == counts(updated=1, unchanged=1)
    assert [one["value"] for one in await targets_of(author, of)] == ["12"]
    assert (await author.undo(changed)).json()["status"] == "undone"
    assert [one["value"] for one in await targets_of(author, of)] == ["10.0"]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"value": "ten"}, "invalid_format"),
        ({"value": "", "code": "full"}, "value_mismatch"),
        ({"dim_sex": "f"}, "value_mismatch"),
        ({"dim_sex": "x"}, "unknown_dimension"),
        ({"period": ""}, "required"),
        ({"country": "XB"}, "country_forbidden"),
    ],
)
async def test_a_bad_row_fails(author: Importer, framework: Framework, more: dict[str, str], problem: str) -> None:
    row = {"indicator": await framework.indicator(), "country": "XA", "period": "2026", "value": "1", **more}
    done = await author.bring("targets", csv_of(",".join(row), [tuple(row.values())]))
    assert [one["problem"] for one in await author.failures(done)] == [problem]
