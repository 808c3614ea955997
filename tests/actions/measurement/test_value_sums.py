"""Values that PostgreSQL forms are those that a small computation forms of the same results."""

import itertools
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import orjson
import pytest

from shared.database.ids import uuid7
from shared.kernel import decimals
from shared.kernel.clock import today
from shared.kernel.countries import COUNTRIES
from tests.actions.neighbours import enter
from tests.support.aggregates import Reported, Rules, counts_on, divided, reported, values_of
from tests.support.callers import Caller
from tests.support.results import active_indicator, open_period, parts, scale
from tests.support.tiers import long

Callers = Callable[[str | None], Caller]
VALUES = "/actions/v1/statistics/values"
PLACES = ("XA", "XB", "KE", "UG", "PK", "BR")
CODES = ("none", "part", "full")
SEXES = ("f", "m")
FORMS = (
    {"across": "sum", "over_time": "latest"},
    {"across": "sum", "over_time": "sum", "reported_by": "centre"},
    {"across": "mean", "over_time": "mean"},
    {"across": "mean", "over_time": "latest", "reported_by": "centre"},
    {"across": "min", "over_time": "sum"},
    {"across": "max", "over_time": "none"},
    {"across": "none", "over_time": "latest", "reported_by": "centre"},
    {"across": "weighted_mean", "over_time": "mean", "measure": "percentage", "unit": None},
    {"across": "weighted_mean", "over_time": "latest", "reported_by": "centre"},
    {"across": "none", "measure": "ordinal", "unit": None, "scale": scale(*CODES)},
    {"across": "none", "measure": "nominal", "unit": None, "scale": scale(*CODES), "reported_by": "centre"},
)
BY = ("", "country", "region", "period", "country,period", "period,region", "sex", "country,sex", "region,sex,period")
_ROWS = """
SELECT r.country, action_id, centre_id, value, numerator, denominator, r.code, missing, breakdown::text AS breakdown,
    published_at, ended_at, r.visibility, p.code AS period, p.ends
FROM action_result r JOIN action_period p ON p.id = r.period_id WHERE indicator_id = $1
"""


async def test_the_database_knows_the_region_of_each_country(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch(
        "SELECT country, escm.action_region(country) AS region FROM unnest($1::text[]) AS country", list(COUNTRIES)
    )
    assert {row["country"]: row["region"] for row in rows} == {
        code: country.region or "" for code, country in COUNTRIES.items()
    }


@pytest.mark.parametrize("text", ["0", "-3", "0.5", "7", "12345678901234567.123456789012"])
@pytest.mark.parametrize("divisor", ["1", "-7", "400", "8000000000000", "2000000000000", "0.000000000003"])
async def test_a_quotient_is_rounded_as_everywhere(superuser: asyncpg.Connection, text: str, divisor: str) -> None:
    dividend, by = Decimal(text), Decimal(divisor)
    found = await superuser.fetchval("SELECT action_quotient($1, $2)", dividend, by)
    assert found == divided(dividend, by) == decimals.quotient(dividend, by)
    assert not found or decimals.to_text(found) == decimals.to_text(decimals.quotient(dividend, by))


def _number(chance: random.Random) -> Decimal:
    return Decimal(chance.randint(-999, 9999)).scaleb(-chance.randint(0, 4))


def _amount(chance: random.Random) -> dict[str, Decimal]:
    if chance.random() < 0.4:
        return {"value": _number(chance)}
    return {"numerator": _number(chance), "denominator": Decimal(chance.choice((-2, 1, 2, 3, 300)))}


def _content(chance: random.Random, form: Mapping[str, Any]) -> dict[str, Any]:
    """One value, and parts of it."""
    if chance.random() < 0.15:
        return {"missing": chance.choice(("confidential", "not_collected"))}
    if "scale" in form:
        return {"code": chance.choice(CODES)}
    cells = [
        {"dimensions": {"sex": sex}, **{name: decimals.to_text(number) for name, number in _amount(chance).items()}}
        for sex in SEXES
        if chance.random() < 0.7
    ]
    return {**_amount(chance), "breakdown": [*cells, {"dimensions": {"sex": "f", "age": "old"}, "value": "5"}]}


def _versions(chance: random.Random) -> list[tuple[int | None, int | None]]:
    """How many days ago each version of a result was published and ended: a draft, one that was never changed,
    retracted or revised."""
    end = chance.randint(2, 8)
    return chance.choice(([(None, None)], [(5, None)], [(9, None)], [(9, end)], [(9, end), (end, None)]))


async def _enter_results(
    superuser: asyncpg.Connection, chance: random.Random, form: Mapping[str, Any], indicator: str, periods: list[str]
) -> None:
    """Results of several countries and periods."""
    by_centre, start = form.get("reported_by") == "centre", datetime.combine(today(), time(hour=3), UTC)
    places = [(period, country) for period in periods for country in PLACES if chance.random() < 0.8]
    for period, country in places:
        for centre in [uuid7() for _ in range(chance.randint(1, 3))] if by_centre else [None]:
            for published, ended in _versions(chance):
                days = {"published_at": published, "ended_at": ended}
                at = {name: ago and start - timedelta(days=ago) for name, ago in days.items()}
                status = "draft" if published is None else "superseded" if ended else "published"
                about = {"indicator_id": indicator, "period_id": period, "country": country, "centre_id": centre}
                visibility = chance.choice(("public", "network", "restricted"))
                content = {"kind": "actual", "status": status, "visibility": visibility, "evidence": "[]"}
                stored = _stored({"breakdown": [], **_content(chance, form)})
                await enter(superuser, "action_result", **about, **content, **at, **stored)


def _stored(content: dict[str, Any]) -> dict[str, Any]:
    return {**content, "breakdown": orjson.dumps(content["breakdown"]).decode()}


def _sees(name: str | None, row: Mapping[str, Any]) -> bool:
    known = {"admin": True, "author_xa": row["visibility"] == "network" or row["country"] == "XA", None: False}
    return row["visibility"] == "public" or known[name]


def _key(by: str) -> Callable[[Reported], tuple[str | None, ...]]:
    def of(row: Reported) -> tuple[str | None, ...]:
        known = {
            "country": row.country,
            "region": COUNTRIES[row.country].region,
            "period": row.period,
            "sex": row.part,
        }
        return tuple(known[name] for name in by.split(",") if name)

    return of


def _shown(item: Mapping[str, Any], by: str) -> tuple[tuple[str | None, ...], dict[str, Any]]:
    key = tuple(item[name] for name in by.split(",") if name)
    numbers = {name: item[name] and Decimal(item[name]) for name in ("value", "numerator", "denominator")}
    absent = {why: number for why, number in item["absent"].items() if why != "not_reported"}
    return key, {**numbers, "counts": item["counts"], "countries": item["countries"], "absent": absent}


def _may_ask(form: Mapping[str, Any], by: str, period: str) -> bool:
    is_over_places = "country" in by or "scale" in form or form["across"] != "none"
    return is_over_places and ("period" in by or period != "" or form.get("over_time") != "none")


@pytest.mark.usefixtures("one_day")
@pytest.mark.parametrize(
    "form",
    [*FORMS[:3], *long("another form of indicator", *FORMS[3:])],
    ids=lambda form: "-".join(str(form[name]) for name in form if name != "scale"),
)
async def test_random_results_amount_to_what_a_recomputation_says(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection, form: dict[str, Any]
) -> None:
    chance = random.Random(random.getrandbits(32))
    framework = (first := await open_period(admin))["framework"]
    indicator = await active_indicator(admin, framework=framework, disaggregations=_disaggregated(form), **form)
    earlier = [await open_period(admin, framework=framework, **_year(year)) for year in (2024, 2025)]
    await _enter_results(superuser, chance, form, indicator, [one["id"] for one in (first, *earlier)])
    rows = [{**row, "breakdown": orjson.loads(row["breakdown"])} for row in await superuser.fetch(_ROWS, indicator)]
    rules = Rules(form.get("measure", "unit"), form["across"], form.get("over_time", "latest"))
    for by, period, name in itertools.product(BY, ("", "2025"), ("admin", "author_xa", None)):
        day = chance.choice((None, *(today() - timedelta(days=ago) for ago in range(1, 11))))
        asked = {"indicator": indicator, "by": by, "period": period, "as_of": day}
        query = "&".join(f"{name}={value}" for name, value in asked.items() if value)
        response = await caller(name).get(f"{VALUES}?{query}")
        assert response.status_code == (200 if _may_ask(form, by, period) else 400), (query, response.text)
        if response.status_code == 400:
            continue
        until = None if day is None else datetime.combine(day + timedelta(days=1), time(), UTC)
        part = "sex" if "sex" in by else None
        counted = [row for row in rows if counts_on(row, until) and _sees(name, row) and period in ("", row["period"])]
        wanted = values_of((one for row in counted for one in reported(row, rules, part)), rules, _key(by))
        found = [_shown(item, by) for item in response.json()["items"]]
        assert dict(found) == wanted, (name, query)
        assert [key for key, _ in found] == sorted(wanted, key=lambda key: tuple(part or "" for part in key))


def _disaggregated(form: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [] if "scale" in form else [{"key": "sex", "titles": {"en": "Sex"}, "codes": parts(*SEXES)}]


def _year(year: int) -> dict[str, str]:
    return {"code": f"{year}", "starts": f"{year}-01-01", "ends": f"{year}-12-31"}
