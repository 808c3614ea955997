"""How many of the results that are due were reported, and how many in time, as far as the caller may know of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.kernel.clock import today
from tests.actions.neighbours import change, enter
from tests.support.callers import Caller
from tests.support.results import active_indicator, id_of, indicator, open_period, period, result, subject

Callers = Callable[[str | None], Caller]
PATH = "/actions/v1/statistics?of=reporting"


@pytest.fixture
async def due(admin: Caller, superuser: asyncpg.Connection) -> dict[str, Any]:
    """What a result names: one of two indicators of a framework that XA and XB have launched, and its open period. No
    country has indicators of its own."""
    await superuser.execute("UPDATE action_indicator SET status = 'retired' WHERE country IS NOT NULL")
    of = await subject(admin)
    framework = (await admin.get(f"/actions/v1/periods/{of['period_id']}")).json()["framework"]
    second = await active_indicator(admin, framework=framework)
    await indicator(admin, framework=framework)
    for more in ({"frequency": "month"}, {"reported_by": "centre"}, {"valid_from": "2027-01-01"}):
        await active_indicator(admin, framework=framework, **more)
    await period(admin, framework=framework, code="2027", starts="2027-01-01", ends="2027-12-31")
    for country, status in (("XA", "implementing"), ("XB", "completed"), ("XC", "exploring")):
        await enter(superuser, "action_programme", framework=framework, country=country, status=status)
    return {"framework": framework, "of": of, "second": {**of, "indicator_id": second}}


async def _asked(by: Caller, due: dict[str, Any], query: str = "") -> dict[str, Any]:
    response = await by.get(f"{PATH}&framework={due['framework']}&{query}")
    assert response.status_code == 200, response.text
    content: dict[str, Any] = response.json()
    return content


def _numbers(item: dict[str, Any]) -> tuple[Any, ...]:
    names = ("expected", "reported", "missing", "on_time", "completeness", "timeliness")
    return tuple(item[name] for name in names)


async def test_due_results_are_compared_with_submitted_ones(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection, due: dict[str, Any]
) -> None:
    author = caller("author_xa")
    for of in (due["of"], due["second"]):
        path = await result(author, of)
    await result(admin, {**due["of"], "country": "XC"})
    assert (await author.step(path, "submit")).status_code == 200
    found = await _asked(admin, due)
    assert [(item["country"], item["period"], *_numbers(item)) for item in found["items"]] == [
        ("XA", "2026", 2, 1, 1, 1, "0.5", "0.5"),
        ("XB", "2026", 2, 0, 2, 0, "0", "0"),
    ]
    assert _numbers(found["total"]) == (4, 1, 3, 1, "0.25", "0.25")
    await change(superuser, "action_result", id_of(path), late=True)
    assert _numbers((await _asked(admin, due, "country=XA"))["total"]) == (2, 1, 1, 0, "0.5", "0")
    assert [_numbers(item) for item in (await _asked(admin, due, "by=region"))["items"]] == [(4, 1, 3, 0, "0.25", "0")]


async def test_nothing_is_expected_of_periods_that_were_over_before_the_programme(
    admin: Caller, superuser: asyncpg.Connection, due: dict[str, Any]
) -> None:
    days = {"opens_on": "2025-12-01", "due_on": "2026-02-01", "closes_on": "2026-03-01"}
    of_2025 = {"code": "2025", "starts": "2025-01-01", "ends": "2025-12-31", **days}
    earlier = UUID(id_of(await period(admin, framework=due["framework"], **of_2025)))
    await change(superuser, "action_period", earlier, status="closed")
    reported = {"indicator_id": due["of"]["indicator_id"], "period_id": earlier, "kind": "actual"}
    await enter(superuser, "action_result", status="published", breakdown="[]", evidence="[]", late=False, **reported)
    assert _numbers((await _asked(admin, due))["total"])[:3] == (4, 0, 4)
    await superuser.execute(
        "UPDATE action_programme SET started_on = '2025-06-01' WHERE framework = $1 AND country = 'XA'",
        due["framework"],
    )
    found = (await _asked(admin, due))["items"]
    assert [(item["country"], item["period"], *_numbers(item)[:2]) for item in found] == [
        ("XA", "2025", 2, 1), ("XA", "2026", 2, 0), ("XB", "2026", 2, 0),
    ]  # fmt: skip


async def test_only_results_that_the_caller_may_know_of_are_reported(caller: Callers, due: dict[str, Any]) -> None:
    author = caller("author_xa")
    assert (await author.step(await result(author, due["of"]), "submit")).status_code == 200
    assert _numbers((await _asked(author, due))["total"])[:3] == (4, 1, 3)
    assert _numbers((await _asked(caller("author_xb"), due))["total"])[:3] == (4, 0, 4)


async def test_a_returned_or_revised_result_is_not_reported_twice(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection, due: dict[str, Any]
) -> None:
    author = caller("author_xa")
    path = await result(author, due["of"])
    assert (await author.step(path, "submit")).status_code == 200
    assert (await caller("government_xa").step(path, "return", reason="Check the unit")).status_code == 200
    assert _numbers((await _asked(admin, due, "country=XA"))["total"])[:2] == (2, 0)
    await change(superuser, "action_result", id_of(path), status="published")
    await enter(
        superuser, "action_result", indicator_id=due["of"]["indicator_id"], period_id=due["of"]["period_id"],
        kind="actual", status="submitted", revision_of=id_of(path), breakdown="[]", evidence="[]",
    )  # fmt: skip
    assert _numbers((await _asked(admin, due, "country=XA"))["total"])[:2] == (2, 1)


_DAY_PASSES = """
UPDATE action_status_history SET valid_from = valid_from - interval '1 day', valid_to = valid_to - interval '1 day'
WHERE record_id IN (
    SELECT id FROM action_indicator WHERE framework = $1 UNION SELECT id FROM action_period WHERE framework = $1
    UNION SELECT id FROM action_programme WHERE framework = $1 UNION SELECT r.id FROM action_result r
        JOIN action_indicator i ON i.id = r.indicator_id WHERE i.framework = $1)
"""


async def test_a_past_day_stays_as_it_stood(
    admin: Caller, anonymous: Caller, caller: Callers, superuser: asyncpg.Connection, due: dict[str, Any]
) -> None:
    author, government = caller("author_xa"), caller("government_xa")
    path = await result(author, due["of"])

    async def known(by: Caller) -> list[tuple[Any, ...]]:
        """The numbers of XA at the end of the day before yesterday, of yesterday, of today, and now."""
        days = [f"as_of={today() - timedelta(days=ago)}" for ago in (2, 1, 0)]
        return [_numbers((await _asked(by, due, f"country=XA&{day}"))["total"])[:4] for day in (*days, "")]

    assert (await author.step(path, "submit")).status_code == 200
    assert await known(admin) == [(0, 0, 0, 0), (0, 0, 0, 0), (2, 1, 1, 1), (2, 1, 1, 1)]
    await superuser.execute(_DAY_PASSES, due["framework"])
    assert (await government.step(path, "return", reason="Check the unit")).status_code == 200
    assert await known(admin) == [(0, 0, 0, 0), (2, 1, 1, 1), (2, 0, 2, 0), (2, 0, 2, 0)]
    await superuser.execute(_DAY_PASSES, due["framework"])
    assert (await author.step(path, "submit")).status_code == 200
    await change(superuser, "action_result", id_of(path), status="published", visibility="public")
    retired = await admin.step(f"/actions/v1/indicators/{due['second']['indicator_id']}", "retire")
    assert retired.status_code == 200, retired.text
    assert await known(admin) == [(2, 1, 1, 1), (2, 0, 2, 0), (1, 1, 0, 1), (1, 1, 0, 1)]
    assert await known(anonymous) == [(2, 0, 2, 0), (2, 0, 2, 0), (1, 1, 0, 1), (1, 1, 0, 1)]
    await superuser.execute(_DAY_PASSES, due["framework"])
    await superuser.execute(
        "UPDATE action_programme SET status = 'discontinued' WHERE framework = $1", due["framework"]
    )
    assert await known(admin) == [(2, 0, 2, 0), (1, 1, 0, 1), (0, 0, 0, 0), (0, 0, 0, 0)]


async def test_no_programme_means_nothing_is_due(anonymous: Caller, admin: Caller) -> None:
    framework = (await open_period(admin))["framework"]
    found = await _asked(anonymous, {"framework": framework})
    assert (found["items"], _numbers(found["total"])) == ([], (0, 0, 0, 0, None, None))


@pytest.mark.parametrize(
    "query", ["by=status", "by=", "by=country,country", "as_of=2099-01-01", "from=2026-01-01", "status=draft"]
)
async def test_what_reporting_does_not_have_is_refused(anonymous: Caller, query: str) -> None:
    refused = await anonymous.get(f"{PATH}&{query}")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter"), refused.text
