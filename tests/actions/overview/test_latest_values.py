"""The coverage of a scheme has the latest values of the indicators with its codes."""

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from tests.actions.measurement.test_values import Reporter
from tests.actions.schemes import SCHEMES, code, current
from tests.support.callers import Caller
from tests.support.results import open_period, parts, scale, subject

Callers = Callable[[str | None], Caller]


@pytest.fixture
def reporter(admin: Caller, superuser: asyncpg.Connection) -> Reporter:
    return Reporter(admin, superuser)


async def _scheme(admin: Caller) -> str:
    path = await current(admin, code("G"), code("G.1", parent="G"), code("G.2", parent="G"))
    return str((await admin.get(path)).json()["code"])


async def _latest(by: Caller, scheme: str, query: str = "") -> dict[str, list[dict[str, Any]]]:
    """The latest values of each code that has any."""
    response = await by.get(f"{SCHEMES}/{scheme}/coverage?{query}")
    assert response.status_code == 200, response.text
    return {one["code"]: one["latest"] for one in response.json()["items"] if one["latest"]}


async def _values(by: Caller, scheme: str, query: str = "") -> list[Any]:
    """Period and value of the only indicator of G."""
    return [(one["period"], one["value"]) for one in (await _latest(by, scheme, query)).get("G", [])]


async def test_an_indicator_has_one_value_in_both_coverages(
    admin: Caller, caller: Callers, anonymous: Caller, reporter: Reporter
) -> None:
    first, second = await _scheme(admin), await _scheme(admin)
    tags = [{"scheme": first, "code": "G.1"}, {"scheme": first, "code": "G.2"}, {"scheme": second, "code": "G.2"}]
    of = await subject(admin, codes=tags)
    assert await _latest(admin, first) == {}
    framework = (await admin.get(f"/actions/v1/periods/{of['period_id']}")).json()["framework"]
    later = await open_period(admin, framework=framework, code="2027", starts="2027-01-01", ends="2027-12-31")
    for country, value in (("XA", "0.10"), ("XB", "0.2")):
        await reporter.report({**of, "country": country}, value=value)
    await reporter.report({**of, "country": "XC"}, value="100", visibility="restricted")
    await reporter.report({**of, "country": "XB", "period_id": later["id"]}, missing="not_collected")
    author = caller("author_xa")
    shown = {"indicator": of["indicator_id"], "period": "2026", "value": "0.30", "countries": 2, "counts": None}
    assert await _latest(author, first) == {"G": [shown], "G.1": [shown], "G.2": [shown]}
    assert await _latest(author, second) == {"G": [shown], "G.2": [shown]}
    assert await _values(admin, first) == [("2026", "100.30")]
    for query, values in (
        ("country=XA", [("2026", "0.10")]),
        ("country=XA,XB&kind=none", []),
        ("country=XC", []),
        ("period=2027", []),
    ):
        assert await _values(author, first, query) == values, query
    assert await _values(anonymous, first) == []
    await reporter.report({**of, "period_id": later["id"]}, value="7")
    assert await _values(author, first) == [("2027", "7")]
    assert await _values(author, first, "period=2026") == [("2026", "0.30")]
    assert await _values(author, first, "country=XB") == [("2026", "0.2")]


async def test_several_countries_without_a_rule_have_no_value(
    admin: Caller, caller: Callers, reporter: Reporter
) -> None:
    scheme = await _scheme(admin)
    codes = [{"scheme": scheme, "code": "G"}]
    of = await subject(admin, codes=codes, across="none")
    for country in ("XA", "XB"):
        await reporter.report({**of, "country": country}, value="3")
    for query, value, countries in (("", None, 2), ("country=XB", "3", 1)):
        (found,) = (await _latest(caller("author_xa"), scheme, query))["G"]
        assert (found["value"], found["countries"]) == (value, countries), query


async def test_codes_of_a_scale_are_counted(admin: Caller, reporter: Reporter) -> None:
    scheme = await _scheme(admin)
    grades = {
        "measure": "ordinal",
        "unit": None,
        "scale": scale("low", "full"),
        "across": "none",
        "over_time": "latest",
    }
    of = await subject(admin, codes=[{"scheme": scheme, "code": "G"}], **grades)
    for country, grade in (("XA", "full"), ("XB", "full"), ("XC", "low")):
        await reporter.report({**of, "country": country}, code=grade)
    (found,) = (await _latest(admin, scheme))["G"]
    assert (found["value"], found["counts"]) == (None, {"full": 2, "low": 1})


async def test_values_of_parts_are_left_out(admin: Caller, reporter: Reporter) -> None:
    scheme = await _scheme(admin)
    dimension = {"key": "cover", "titles": {"en": "Cover"}, "required": False, "exhaustive": False}
    of = await subject(
        admin,
        codes=[{"scheme": scheme, "code": "G"}],
        disaggregations=[{**dimension, "codes": parts("forest", "lake")}],
    )
    breakdown = [{"dimensions": {"cover": "forest"}, "value": "4"}]
    await reporter.report(of, value="9", breakdown=breakdown)
    assert await _values(admin, scheme) == [("2026", "9")]
