"""Values of several countries, subjects and periods, by the rules of their indicator."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from shared.kernel.clock import now, today
from tests.actions.neighbours import enter
from tests.support.callers import Caller
from tests.support.results import active_indicator, id_of, open_period, parts, published, result, scale, subject

Callers = Callable[[str | None], Caller]
VALUES = "/actions/v1/statistics/values"
_PUBLISH = "UPDATE action_result SET status = 'published', visibility = $2, published_at = $3 WHERE id = $1"
_END = "UPDATE action_result SET status = 'superseded', ended_at = $2 WHERE id = $1"


class Reporter:
    """Enters results as the administrator, and publishes them at once."""

    def __init__(self, admin: Caller, superuser: asyncpg.Connection) -> None:
        self.admin = admin
        self._superuser = superuser

    async def report(self, of: dict[str, Any], days_ago: int = 0, **more: Any) -> str:
        """The id of the result, published so many days ago."""
        visibility = more.pop("visibility", "network")
        key = id_of(await result(self.admin, {**of, "value": None}, **more))
        await self._superuser.execute(_PUBLISH, key, visibility, now() - timedelta(days=days_ago))
        return key

    async def end(self, key: str, days_ago: int) -> None:
        await self._superuser.execute(_END, key, now() - timedelta(days=days_ago))


@pytest.fixture
def reporter(admin: Caller, superuser: asyncpg.Connection) -> Reporter:
    return Reporter(admin, superuser)


async def _items(by: Caller, of: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    response = await by.get(f"{VALUES}?indicator={of['indicator_id']}&{query}")
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def _value(by: Caller, of: dict[str, Any], query: str = "") -> Any:
    (item,) = await _items(by, of, query)
    return item["value"]


async def test_more_numbers_than_a_response_holds_are_refused(
    admin: Caller, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await subject(admin)
    for country in ("XA", "XB"):
        await reporter.report({**of, "country": country}, value="1")
    monkeypatch.setattr("services.actions.measurement.aggregates.routes.LARGEST", 1)
    refused = await admin.get(f"{VALUES}?indicator={of['indicator_id']}&by=country")
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "by"), refused.text
    assert await _value(admin, of) == "2"


async def _second(admin: Caller, of: dict[str, Any]) -> dict[str, Any]:
    """The same of the year 2027."""
    framework = (await admin.get(f"/actions/v1/periods/{of['period_id']}")).json()["framework"]
    days = {"code": "2027", "starts": "2027-01-01", "ends": "2027-12-31"}
    return {**of, "period_id": (await open_period(admin, framework=framework, **days))["id"]}


async def test_a_sum_is_exact(admin: Caller, caller: Callers, reporter: Reporter) -> None:
    of = await subject(admin)
    await reporter.report(of, value="0.1")
    await reporter.report({**of, "country": "XB"}, value="0.2")
    author = caller("author_xa")
    (item,) = await _items(author, of)
    assert (item["value"], item["countries"], item["rule"]) == ("0.3", 2, {"across": "sum", "over_time": "latest"})
    assert (item["unit"]["code"], item["numerator"], item["counts"]) == ("ha", None, None)
    by_country = await _items(author, of, "by=country,period")
    assert [(one["country"], one["period"], one["value"]) for one in by_country] == [
        ("XA", "2026", "0.1"),
        ("XB", "2026", "0.2"),
    ]
    listed = (await author.get(by_country[1]["links"]["records"])).json()["items"]
    assert [one["value"] for one in listed] == ["0.2"]


async def test_a_weighted_mean_divides_sums(admin: Caller, reporter: Reporter) -> None:
    of = await subject(admin, measure="percentage", unit=None, across="weighted_mean")
    await reporter.report(of, numerator="50", denominator="100")
    await reporter.report({**of, "country": "XB"}, numerator="1", denominator="300")
    (item,) = await _items(admin, of)
    assert (item["value"], item["numerator"], item["denominator"]) == ("12.75", "51", "400")
    by_country = await _items(admin, of, "by=country")
    assert [one["value"] for one in by_country] == ["50", "0.333333333333"]


@pytest.mark.parametrize(
    ("rule", "values", "value"),
    [
        ("sum", ("1", "3", "2.50"), "6.50"),
        ("mean", ("1", "3", "2"), "2"),
        ("mean", ("1", "1", "0"), "0.666666666667"),
        ("min", ("1", "3", "2"), "1"),
        ("max", ("1", "3", "2"), "3"),
        ("mean", ("1.50",), "1.50"),
        ("weighted_mean", ("1",), None),
    ],
)
async def test_each_rule_makes_one_number(
    admin: Caller, reporter: Reporter, rule: str, values: tuple[str, ...], value: str | None
) -> None:
    of = await subject(admin, across=rule)
    for country, one in zip(("XA", "XB", "XC"), values, strict=False):
        await reporter.report({**of, "country": country}, value=one)
    assert await _value(admin, of) == value
    assert await _value(admin, of, "period=2026") == value


@pytest.mark.parametrize(("over_time", "value"), [("sum", "33"), ("mean", "16.5"), ("latest", "30")])
async def test_periods_become_one_after_countries(
    admin: Caller, reporter: Reporter, over_time: str, value: str
) -> None:
    of = await subject(admin, over_time=over_time)
    later = await _second(admin, of)
    await reporter.report(of, value="1")
    await reporter.report({**of, "country": "XB"}, value="2")
    await reporter.report(later, value="10")
    await reporter.report({**later, "country": "XB"}, value="20")
    assert await _value(admin, of) == value
    by_period = await _items(admin, of, "by=period")
    assert [(one["period"], one["value"]) for one in by_period] == [("2026", "3"), ("2027", "30")]
    for query in ("period=2026", "to=2026-12-31", "from=2026-01-01&to=2026-12-31&step=year"):
        assert await _value(admin, of, query) == "3"
    assert await _items(admin, of, "step=month") == []


async def test_subjects_of_a_country_are_reduced_first(
    admin: Caller, reporter: Reporter, superuser: asyncpg.Connection
) -> None:
    of = await subject(admin, reported_by="centre", across="mean")
    del of["country"]
    for country, value in (("XA", "1"), ("XA", "3"), ("XB", "10")):
        centre = str(await enter(superuser, "centre_centre", country=country, status="active"))
        await reporter.report({**of, "centre_id": centre}, value=value)
    assert await _value(admin, of) == "6"


async def test_restricted_results_are_in_no_value_of_others(admin: Caller, caller: Callers, reporter: Reporter) -> None:
    of = await subject(admin)
    await reporter.report(of, value="1", visibility="restricted")
    await reporter.report({**of, "country": "XB"}, value="2", visibility="restricted")
    other = await result(admin, {**of, "country": "XC"}, value="4")
    for name, value in (("author_xa", "1"), ("author_xb", "2"), ("admin", "3")):
        assert await _value(caller(name), of) == value
    assert await _items(caller("applicant"), of) == []
    assert (await admin.get(other)).json()["status"] == "draft"


async def test_everybody_reads_values_of_public_results(admin: Caller, caller: Callers, reporter: Reporter) -> None:
    of = await subject(admin)
    await reporter.report(of, value="1", visibility="public")
    await reporter.report({**of, "country": "XB"}, value="2")
    assert await _value(caller(None), of) == "1"
    assert await _value(caller("author_xa"), of) == "3"


async def test_a_public_result_of_a_hidden_indicator_is_read_without_it(
    admin: Caller, caller: Callers, reporter: Reporter
) -> None:
    national = await active_indicator(caller("government_xa"), country="XA")
    of = {"indicator_id": national, "period_id": (await open_period(admin))["id"], "country": "XA"}
    key = await reporter.report({**of, "method": "measured"}, value="1", visibility="public")
    shown = await caller("applicant").get(f"/actions/v1/results/{key}")
    assert (shown.status_code, shown.json()["value"]) == (200, "1"), shown.text
    assert [shown.json().get(name) for name in ("unit", "validation")] == [None, None]


@pytest.mark.usefixtures("one_day")
async def test_a_value_of_the_past_is_repeated(admin: Caller, reporter: Reporter) -> None:
    of = await subject(admin)
    first = await reporter.report(of, days_ago=5, value="1")
    await reporter.end(first, days_ago=2)
    await reporter.report(of, days_ago=2, value="2")
    for ago, value in ((5, "1"), (3, "1"), (2, "2"), (0, "2")):
        (item,) = await _items(admin, of, f"as_of={today() - timedelta(days=ago)}")
        assert (item["value"], item["links"]["records"]) == (value, None)
    assert await _items(admin, of, f"as_of={today() - timedelta(days=6)}") == []
    assert await _value(admin, of) == "2"


async def test_a_revision_changes_the_value_with_its_publication(admin: Caller, caller: Callers) -> None:
    author, of = caller("author_xa"), await subject(admin)
    path = await result(author, of, value="10")
    await published(author, path)
    made = await author.post(f"{path}/revisions", {"reason": "Counted anew", "value": "11"})
    assert await _value(author, of) == "10"
    await published(author, made.json()["links"]["self"])
    assert await _value(author, of) == "11"


async def test_codes_are_counted(admin: Caller, reporter: Reporter) -> None:
    coded = {"measure": "ordinal", "unit": None, "across": "none", "scale": scale("none", "full")}
    of = await subject(admin, **coded)
    await reporter.report(of, code="none")
    await reporter.report({**await _second(admin, of)}, code="full")
    await reporter.report({**of, "country": "XB"}, code="full")
    (item,) = await _items(admin, of)
    assert (item["value"], item["counts"], item["countries"]) == (None, {"full": 2}, 2)
    assert [one["counts"] for one in await _items(admin, of, "by=period")] == [{"full": 1, "none": 1}, {"full": 1}]


async def test_parts_are_values_of_their_own(admin: Caller, reporter: Reporter) -> None:
    of = await subject(admin, disaggregations=[{"key": "sex", "titles": {"en": "Sex"}, "codes": parts("f", "m")}])
    for country, numbers in (("XA", ("1", "2")), ("XB", ("0.5", "0.25"))):
        cells = [{"dimensions": {"sex": sex}, "value": n} for sex, n in zip("fm", numbers, strict=True)]
        await reporter.report({**of, "country": country}, value="9", breakdown=cells)
    found = await _items(admin, of, "by=sex")
    assert [(one["sex"], one["value"]) for one in found] == [("f", "1.5"), ("m", "2.25")]
    assert await _items(admin, of, "by=age") == []


async def test_who_does_not_report_is_counted(admin: Caller, reporter: Reporter, superuser: asyncpg.Connection) -> None:
    of = await subject(admin)
    framework = (await admin.get(f"/actions/v1/periods/{of['period_id']}")).json()["framework"]
    for country in ("XA", "XB", "XC"):
        await enter(superuser, "action_programme", framework=framework, country=country, status="implementing")
    await reporter.report(of, value="1")
    await reporter.report({**of, "country": "XB"}, missing="confidential")
    (item,) = await _items(admin, of)
    assert (item["countries"], item["expected"]) == (1, 3)
    assert item["absent"] == {"confidential": 1, "not_reported": 1}


@pytest.mark.parametrize(
    ("more", "query", "status"),
    [
        ({"across": "none"}, "by=region", 400),
        ({"across": "none"}, "by=period", 400),
        ({"across": "none"}, "by=country", 200),
        ({"measure": "qualitative", "unit": None, "across": "none"}, "", 400),
        ({"over_time": "none"}, "", 400),
        ({"over_time": "none"}, "period=2026", 200),
        ({"over_time": "none"}, "by=period", 200),
    ],
)
async def test_what_has_no_rule_is_refused(admin: Caller, more: dict[str, str], query: str, status: int) -> None:
    indicator_id = await active_indicator(admin, **more)
    response = await admin.get(f"{VALUES}?indicator={indicator_id}&{query}")
    assert response.status_code == status, response.text
    assert status == 200 or response.json()["code"] == "not_aggregable"


@pytest.mark.parametrize(
    "query",
    ["", "indicator=none", f"indicator={'x,' * 201}", "indicator=01a21ff5-8ddf-74de-88bd-f143a99d3a8b",
     "indicator={}&by=country,country", "indicator={}&by=sex,age", "indicator={}&by=A", "indicator={}&step=week",
     "indicator={}&from=x", "indicator={}&as_of=2090-01-01", "indicator={}&limit=5"],
)  # fmt: skip
async def test_other_parameters_are_refused(admin: Caller, caller: Callers, query: str) -> None:
    key = await active_indicator(admin)
    response = await caller(None).get(f"{VALUES}?{query.replace('{}', key)}")
    assert response.status_code == 400, response.text


async def test_a_hidden_indicator_is_an_unknown_one(caller: Callers) -> None:
    national = await active_indicator(caller("government_xa"), country="XA")
    for name in (None, "applicant"):
        refused = await caller(name).get(f"{VALUES}?indicator={national}")
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter")
    assert (await caller("author_xb").get(f"{VALUES}?indicator={national}")).json()["items"] == []
