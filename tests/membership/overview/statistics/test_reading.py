"""Statistics over HTTP: each caller gets the numbers of what they may see, exact at once."""

import random
from collections import Counter
from collections.abc import Callable, Collection
from datetime import timedelta

import asyncpg
import pytest

from services.membership.register.experts.domain import PUBLISHED
from shared.database.pool import Database
from shared.kernel.clock import today
from shared.kernel.countries import COUNTRIES
from tests.membership.overview.statistics.register import (
    INSTITUTION_STATES,
    PATH,
    VISIBILITIES,
    asked,
    enter,
    folded,
    host,
    invented,
    live_on,
)
from tests.support.callers import Caller
from tests.support.membership import EXPERTS, activated, entered
from tests.support.tiers import long

At = Callable[[str | None], Caller]
_OF = {
    "country": lambda row: [row["country"]],
    "region": lambda row: [COUNTRIES[row["country"]].region],
    "status": lambda row: [row["status"]],
    "category": lambda row: [row["category"]],
    "field": lambda row: sorted(set(row["fields"])) or [None],
    "planetary_boundary": lambda row: sorted(set(row["planetary_boundaries"])) or [None],
}


def _sees(name: str | None, row: asyncpg.Record, published: Collection[str] = PUBLISHED) -> bool:
    if name == "admin":
        return True
    covered = {"government_xa": ("XA",), "officer": ("XA", "XB")}.get(name or "", ())
    open_to = ("public",) if name in (None, "applicant") else ("public", "network")
    return row["country"] in covered or (row["status"] in published and row["visibility"] in open_to)


def _counted(rows: list[asyncpg.Record], by: list[str]) -> Counter[tuple[str | None, ...]]:
    found: Counter[tuple[str | None, ...]] = Counter()
    for row in rows:
        keys: list[tuple[str | None, ...]] = [()]
        for name in by:
            keys = [(*key, value) for key in keys for value in _OF[name](row)]
        found.update(keys)
    return found


@pytest.mark.parametrize("name", [None, "applicant", "government_xa", "officer", "admin"])
async def test_every_caller_gets_the_numbers_of_what_they_see(
    name: str | None, caller: At, superuser: asyncpg.Connection, database: Database
) -> None:
    dice = random.Random(7)
    await enter(superuser, [invented(dice) for _ in range(200)])
    await folded(database)
    await enter(superuser, [invented(dice) for _ in range(50)])
    rows = await superuser.fetch("SELECT * FROM member_expert WHERE merged_into IS NULL")
    seen = [row for row in rows if _sees(name, row)]
    for by in (
        "country,status", "region", "status,region,category", "field", "field,country", "category",
        "planetary_boundary", "region,planetary_boundary",
    ):  # fmt: skip
        names = by.split(",")
        response = await asked(caller(name), f"by={by}")
        assert response["total"] == len(seen), by
        assert response["countries"] == len({row["country"] for row in seen}), by
        found = {tuple(item[each] for each in names): item["count"] for item in response["items"]}
        assert found == _counted(seen, names), by
        assert all(list(item) == [*names, "count"] for item in response["items"])
        keys = [[key or "" for key in found_key] for found_key in found]
        assert keys == sorted(keys)
        assert response["as_of"] == today().isoformat()
        assert response["definition"]


async def test_a_change_counts_at_once(admin: Caller, anonymous: Caller) -> None:
    query = "by=status&country=NU"
    assert (await asked(admin, query))["total"] == 0
    created = await entered(admin, country="NU")
    assert (await asked(admin, query))["items"] == [{"status": "prospect", "count": 1}]
    await activated(admin, country="NU", visibility="public", fields=["1.5", "2.1"])
    assert (await asked(anonymous, query))["items"] == [{"status": "active", "count": 1}]
    by_field = await asked(anonymous, "by=field&country=NU")
    assert by_field["items"] == [{"field": "1.5", "count": 1}, {"field": "2.1", "count": 1}]
    assert by_field["total"] == 1
    assert (await asked(anonymous, "by=country&country=NU&field=2.1"))["total"] == 1
    assert (await asked(anonymous, "by=country&country=NU&field=3"))["items"] == []
    by_boundary = "by=planetary_boundary&country=NU"
    assert (await asked(anonymous, by_boundary))["items"] == [{"planetary_boundary": None, "count": 1}]
    path = f"{EXPERTS}/{created['id']}"
    etag = (await admin.get(path)).headers["etag"]
    await admin.patch(path, {"country": "TV"}, etag=etag)
    assert (await asked(admin, query))["total"] == 1


@pytest.mark.parametrize(
    ("seed", "rounds"), [(3, 6), *long("compares after each of forty rounds", *((seed, 40) for seed in range(3)))]
)
async def test_a_stored_response_is_never_out_of_date(
    seed: int, rounds: int, caller: At, superuser: asyncpg.Connection, database: Database
) -> None:
    dice = random.Random(seed)
    ids = await enter(superuser, [invented(dice)])
    for _ in range(rounds):
        for _ in range(dice.randint(0, 2)):
            await live_on(superuser, ids, dice)
        if dice.random() < 0.4:
            await folded(database)
        for name in (None, "government_xa", "admin"):
            response = await asked(caller(name), "by=country,status")
            rows = await superuser.fetch("SELECT * FROM member_expert WHERE merged_into IS NULL")
            seen = [row for row in rows if _sees(name, row)]
            assert response["total"] == len(seen)
            found = {(item["country"], item["status"]): item["count"] for item in response["items"]}
            assert found == _counted(seen, ["country", "status"])


async def test_a_restricted_expert_of_another_country_is_in_no_number(
    caller: At, admin: Caller, superuser: asyncpg.Connection
) -> None:
    await superuser.execute("UPDATE member_expert SET erased_at = NULL WHERE erased_at IS NOT NULL")
    await activated(admin, country="XB", visibility="restricted", category="honorary")
    query = "by=country&category=honorary&country=XB"
    assert (await asked(caller("government_xb"), query))["total"] == (await asked(admin, query))["total"]
    for name in ("government_xa", "reader_xa", "applicant", None):
        visible = (await caller(name).get(f"{EXPERTS}?country=XB&category=honorary&limit=200")).json()["items"]
        assert (await asked(caller(name), query))["total"] == len(visible)


@pytest.mark.parametrize("name", [None, "government_xa", "admin"])
async def test_institutions_and_their_countries_are_counted(
    name: str | None, caller: At, superuser: asyncpg.Connection, database: Database
) -> None:
    dice = random.Random(11)
    for _ in range(30):
        where = (dice.choice(INSTITUTION_STATES), dice.choice(("XA", "XB", "PK")), dice.choice(VISIBILITIES))
        await host(superuser, *where)
    await folded(database)
    rows = await superuser.fetch("SELECT * FROM member_institution WHERE merged_into IS NULL")
    seen = [row for row in rows if _sees(name, row, {"verified", "inactive"})]
    for by in ("country,status", "status", "region"):
        response = await asked(caller(name), f"of=institutions&by={by}")
        found = {tuple(item[each] for each in by.split(",")): item["count"] for item in response["items"]}
        assert found == _counted(seen, by.split(","))
        assert (response["total"], response["countries"]) == (len(seen), len({row["country"] for row in seen}))
        assert response["definition"].startswith("Institutions")


async def test_filters_narrow_what_is_counted(anonymous: Caller, caller: At) -> None:
    whole = await asked(caller("admin"), "by=country,status,category")
    some = await asked(caller("admin"), "by=category&country=PK,KE&status=active,lapsed&category=expert,fellow")
    wanted = [
        item
        for item in whole["items"]
        if item["country"] in ("PK", "KE")
        and item["status"] in ("active", "lapsed")
        and item["category"] in ("expert", "fellow")
    ]
    assert some["total"] == sum(item["count"] for item in wanted)
    asia = await asked(anonymous, "by=region&region=142")
    assert [item["region"] for item in asia["items"]] in ([], ["Asia"])
    assert (await asked(anonymous, "status=applied"))["items"] == []


async def test_a_day_of_the_past_is_shown_as_it_was(admin: Caller, superuser: asyncpg.Connection) -> None:
    created = await activated(admin, country="WS")
    day = today() - timedelta(days=2)
    await superuser.execute("UPDATE core_count_delta SET day = $1 WHERE country = 'WS'", day)
    await superuser.execute("UPDATE core_count_day SET day = $1 WHERE country = 'WS'", day)
    await admin.step(f"{EXPERTS}/{created['id']}", "suspend", reason="Inquiry")
    for as_of, items in (
        (day - timedelta(days=1), []),
        (day, [{"status": "active", "count": 1}]),
        (today(), [{"status": "suspended", "count": 1}]),
    ):
        response = await asked(admin, f"by=status&country=WS&as_of={as_of}")
        assert (response["items"], response["as_of"]) == (items, as_of.isoformat())
    assert (await asked(admin, "by=status&country=WS"))["items"] == [{"status": "suspended", "count": 1}]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("by=", "by"),
        ("by=country,country", "by"),
        ("by=visibility", "by"),
        ("country=ZZ", "country"),
        ("region=999", "region"),
        ("status=gone", "status"),
        ("category=", "category"),
        ("field=x", "field"),
        ("field=1.5,2.1", "field"),
        ("planetary_boundary=soil", "planetary_boundary"),
        ("by=field,planetary_boundary", "by"),
        ("by=field&planetary_boundary=climate-change", "by"),
        ("of=centres", "of"),
        ("of=institutions&by=category", "by"),
        ("of=institutions&field=1.5", "field"),
        ("of=institutions&status=active", "status"),
        ("as_of=2999-01-01", "as_of"),
        ("as_of=yesterday", "as_of"),
    ],
)
async def test_what_cannot_be_counted_is_refused(anonymous: Caller, query: str, parameter: str) -> None:
    response = await anonymous.get(f"{PATH}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")
    assert response.json()["errors"][0]["parameter"] == parameter


async def test_parameters_are_known_and_given_once(anonymous: Caller) -> None:
    assert (await anonymous.get(f"{PATH}?q=x")).json()["code"] == "unknown_parameter"
    assert (await anonymous.get(f"{PATH}?by=country&by=status")).json()["code"] == "invalid_parameter"
