"""Three countries report two periods in three ways; the values are those of the test's own arithmetic, on every day."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.journeys.paths.world import World
from tests.journeys.reporting import truth
from tests.journeys.reporting.countries import Reporting
from tests.journeys.reporting.truth import AREA, COUNTRIES, FIRST, FOREST, SECOND, SHARE, WETLAND, reported
from tests.support.running import system

_BEFORE = -4
"""The day before everything."""


@pytest.fixture
def reporting() -> Iterator[Reporting]:
    """In a system of its own, whose coverage counts nothing else."""
    with system(ESCM_GRANTS_BELIEVED="1") as (stack, folder):
        running = {**stack, "folder": str(folder)}
        world = World(running)
        yield Reporting(running, world)
        world.close()


def _is_true(reporting: Reporting, today: int) -> None:
    """Values of the present day of the story and of all days before it."""
    for day in range(_BEFORE, today + 1):
        ahead = day - today
        for period in ("", FIRST, SECOND):
            among = {"period": period} if period else {}
            assert reporting.value(AREA, ahead, **among) == truth.area(day, period=period)
            assert reporting.value(SHARE, ahead, **among) == truth.share(day, period=period)
        for indicator, true in ((AREA, truth.area), (SHARE, truth.share)):
            values = {country: true(day, country=country) for country in COUNTRIES}
            found = {one["country"]: one["value"] for one in reporting.values(indicator, ahead, by="country")}
            assert {country: Decimal(value) for country, value in found.items() if value is not None} == {
                country: value for country, value in values.items() if value is not None
            }
        covers = {one["cover"]: Decimal(one["value"]) for one in reporting.values(AREA, ahead, by="cover")}
        parts = {cover: truth.area(day, cover=cover) for cover in (FOREST, WETLAND)}
        assert covers == {cover: value for cover, value in parts.items() if value is not None}
        regions = {one["region"]: Decimal(one["value"]) for one in reporting.values(AREA, ahead, by="region")}
        total = truth.area(day)
        assert regions == ({} if total is None else {None: total})


def test_values_are_true_on_every_day(reporting: Reporting, tmp_path: Path) -> None:
    reporting.reports_by_machine(reported(-3, country="XA"))
    reporting.reports_by_spreadsheet("XB", FIRST, reported(-3, country="XB"), tmp_path)
    _is_true(reporting, -3)

    reporting.day_passes()
    reporting.closes(FIRST)
    late = reported(-2, country="XC")
    assert {reporting.refuses(one) for one in late} == {"period_closed"}
    reporting.extends("XC", FIRST)
    reporting.reports_by_hand(late)
    _is_true(reporting, -2)

    reporting.day_passes()
    (revision,) = reported(-1)
    reporting.revises(revision)
    _is_true(reporting, -1)

    reporting.day_passes()
    reporting.reports_by_machine(reported(0, country="XA"))
    reporting.reports_by_spreadsheet("XB", SECOND, reported(0, country="XB"), tmp_path)
    reporting.reports_by_hand(reported(0, country="XC"))
    _is_true(reporting, 0)

    for scheme, codes in truth.CODES.items():
        assert reporting.coverage(scheme) == truth.coverage(codes)
    assert reporting.reporting() == truth.reporting()
