"""The counts of past days are those at their end, whatever changed since."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from shared.database.pool import Database
from shared.kernel.clock import today
from shared.records.statistics import points
from tests.membership.overview.statistics.register import PATH, asked, enter, folded, invented, live_on
from tests.support.callers import Caller
from tests.support.counts import aged

At = Callable[[str | None], Caller]
_BYS = ("country", "status", "field", "planetary_boundary", "region,status")


@pytest.mark.long("compares every day of many changes")
async def test_merges_erasures_and_moves_change_no_day_before_them(
    caller: At, superuser: asyncpg.Connection, database: Database
) -> None:
    dice = random.Random(21)
    months = points(date(today().year - 2, today().month, 1), today(), "month")
    await aged(superuser, months[0] - timedelta(days=40))
    ids = await enter(superuser, [invented(dice) for _ in range(20)])
    shown: dict[tuple[str | None, str, date], Any] = {}
    for day in months[:-1]:
        for _ in range(dice.randint(0, 4)):
            await live_on(superuser, ids, dice)
        for name in (None, "officer", "admin"):
            for by in _BYS:
                response = await asked(caller(name), f"by={by}")
                shown[name, by, day] = (response["items"], response["total"])
        await aged(superuser, day)
        if dice.random() < 0.4:
            await folded(database)
    for name in (None, "officer", "admin"):
        for by in _BYS:
            response = await asked(caller(name), f"by={by}&from={months[0]}&step=month")
            assert [point["as_of"] for point in response["series"]] == [day.isoformat() for day in months]
            found = {point["as_of"]: (point["items"], point["total"]) for point in response["series"]}
            for day in months[:-1]:
                assert found[day.isoformat()] == shown[name, by, day], (name, by, day)
            assert found[today().isoformat()] == (response["items"], response["total"])
            day = dice.choice(months)
            past = await asked(caller(name), f"by={by}&as_of={day}")
            assert (past["items"], past["total"]) == found[day.isoformat()]


def test_points_are_ends_of_months_or_years() -> None:
    assert points(date(2023, 12, 31), date(2024, 3, 5), "month") == [
        date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 5),
    ]  # fmt: skip
    assert points(date(2022, 5, 1), date(2024, 3, 5), "year") == [
        date(2022, 12, 31), date(2023, 12, 31), date(2024, 3, 5),
    ]  # fmt: skip
    assert points(date(2024, 3, 5), date(2024, 3, 5), "year") == [date(2024, 3, 5)]
    assert len(points(date(2000, 1, 1), date(2019, 12, 31), "month")) == 240
    with pytest.raises(ValueError, match="240"):
        points(date(2000, 1, 1), date(2020, 1, 1), "month")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("from=2000-01-01", "step"),
        ("from=yesterday", "from"),
        ("from=2024-01-01&to=2023-01-01", "from"),
        ("from=2024-01-01&to=2999-01-01", "to"),
        ("from=2024-01-01&step=day", "step"),
        ("from=2024-01-01&as_of=2024-02-01", "as_of"),
        ("to=2024-01-01", "to"),
        ("step=year", "step"),
        ("by=gender&from=2024-01-01", "from"),
    ],
)
async def test_a_series_is_bounded(anonymous: Caller, query: str, parameter: str) -> None:
    response = await anonymous.get(f"{PATH}?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == parameter
