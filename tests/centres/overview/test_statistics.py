"""Sums of the figures of accepted reports, with how many of the owed reports have them."""

from typing import Any
from uuid import uuid4

import pytest

from services.centres.overview.statistics.domain import keys_of
from tests.support.callers import Caller
from tests.support.centres import sections, stepped
from tests.support.reports import Record, ReportingCentre, asked

STATISTICS = "/centres/v1/statistics"


async def _of(who: Caller, centre: ReportingCentre, **more: Any) -> Record:
    given = "&".join(f"{name}={value}" for name, value in {"figure": "staff", **more}.items())
    response = await who.get(f"{STATISTICS}?of=figures&country={centre.record['country']}&{given}")
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_a_figure_is_summed_by_country_and_year(centre: ReportingCentre, anonymous: Caller) -> None:
    country = centre.record["country"]
    first, second = [one["year"] for one in (await centre.reports())[:2]]
    assert (await _of(anonymous, centre))["items"] == [
        {"country": country, "year": first, "value": None, "reported": 0, "expected": 1}
    ], "the second report is not due yet"
    await centre.accepted(visibility="public")
    await centre.accepted(2, visibility="public", answers={"summary": "More", "needs": "Two"}, figures={"staff": 30})
    found = await _of(anonymous, centre)
    assert found["items"] == [
        {"country": country, "year": first, "value": "12", "reported": 1, "expected": 1},
        {"country": country, "year": second, "value": "30", "reported": 1, "expected": 1},
    ]
    assert found["total"] == {"value": "42", "reported": 2, "expected": 2}
    assert "The public figure `staff`" in found["definition"]
    assert (await _of(anonymous, centre, by="year", year=second))["items"] == [
        {"year": second, "value": "30", "reported": 1, "expected": 1}
    ]
    (region,) = (await _of(anonymous, centre, by="region"))["items"]
    assert (region["value"], region["expected"]) == ("42", 2)


async def test_what_is_not_public_or_not_accepted_is_not_summed(centre: ReportingCentre, anonymous: Caller) -> None:
    report = await centre.accepted(visibility="network")
    assert (await _of(anonymous, centre))["total"] == {"value": None, "reported": 0, "expected": 1}
    assert (await _of(centre.officer, centre))["total"] == {"value": "12", "reported": 1, "expected": 1}
    await centre.admin.change(report["links"]["self"], visibility="public")
    assert (await _of(anonymous, centre))["total"]["value"] == "12"
    await stepped(centre.admin, report, "reopen", reason="A figure was wrong")
    assert (await _of(anonymous, centre))["total"] == {"value": None, "reported": 0, "expected": 1}
    await stepped(centre.admin, report, "waive", reason="Not owed")
    assert (await _of(anonymous, centre))["items"] == []


async def test_a_centre_that_the_caller_may_not_know_of_does_not_count(
    centre: ReportingCentre, anonymous: Caller
) -> None:
    await centre.accepted(visibility="public")
    await centre.admin.change(centre.record["links"]["self"], visibility="restricted")
    assert (await _of(anonymous, centre))["items"] == []
    assert (await _of(centre.officer, centre))["total"]["value"] == "12"


async def test_a_figure_is_found_in_older_questions(centre: ReportingCentre, admin: Caller, anonymous: Caller) -> None:
    await centre.accepted(visibility="public")
    renamed = sections()
    renamed[0]["questions"][2] = {**renamed[0]["questions"][2], "key": "people", "same_as": "staff"}
    await asked(admin, sections=renamed)
    report = await centre.started(2)
    path = report["links"]["self"]
    await centre.officer.change(
        path, answers={"summary": "More", "needs": "Two"}, figures={"people": 8}, visibility="public"
    )
    submitted = await stepped(centre.officer, (await centre.officer.get(path)).json(), "submit")
    await stepped(centre.admin, submitted, "accept")
    assert (await _of(anonymous, centre, figure="people"))["total"] == {"value": "20", "reported": 2, "expected": 2}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("of=centres&figure=staff", "invalid_parameter"),
        ("of=figures", "invalid_parameter"),
        ("of=figures&figure=summary", "invalid_parameter"),
        ("of=figures&figure=staff&by=month", "invalid_parameter"),
        ("of=figures&figure=staff&by=year,year", "invalid_parameter"),
        ("of=figures&figure=staff&year=27", "invalid_parameter"),
        ("of=figures&figure=staff&as_of=2026-01-01", "unknown_parameter"),
    ],
)
async def test_parameters_are_checked(questions: Record, anonymous: Caller, query: str, code: str) -> None:
    response = await anonymous.get(f"{STATISTICS}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, code), response.text


def test_a_figure_that_no_questions_ask_for_has_no_key() -> None:
    assert keys_of(uuid4().hex, []) == {}
