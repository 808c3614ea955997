"""The gender balance: the same for everybody, never a small number, never a step caused by one person."""

import itertools
import random
from collections.abc import Callable, Mapping
from typing import Any

import asyncpg
import pytest

from services.membership.overview.statistics.gender import GENDERS, balances, published_counts, published_totals
from services.membership.worker import SCHEDULES
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.countries import COUNTRIES
from tests.membership.overview.statistics.register import PATH, asked, enter
from tests.support.callers import Caller

At = Callable[[str | None], Caller]


async def _declared(connection: Any, country: str, words: Mapping[str, int], visibility: str = "public") -> None:
    for word, n in words.items():
        ids = await enter(connection, [("active", country, visibility, "expert")] * n)
        await connection.execute("UPDATE member_expert SET gender = $2 WHERE id = ANY($1)", ids, word)


async def _released(database: Database) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await SCHEDULES["release_gender_balance"].run(uow)


async def _published(by: Caller, country: str) -> dict[str, int | None]:
    items = (await asked(by, f"by=gender&country={country}"))["items"]
    return {item["gender"]: item["count"] for item in items}


async def test_everybody_is_shown_the_same_rounded_numbers_of_published_experts(
    caller: At, superuser: asyncpg.Connection, database: Database
) -> None:
    await _declared(superuser, "IS", {"Female": 7, " woman ": 6, "M": 6, "non-binary": 4, "unknown": 9, "": 1})
    await _declared(superuser, "IS", {"m": 40}, "network")
    await _released(database)
    for name in (None, "applicant", "officer", "admin"):
        response = await asked(caller(name), "by=gender&country=IS", linked=True)
        assert [(item["gender"], item["count"]) for item in response["items"]] == [
            ("women", 10), ("men", 5), ("other", None),
        ]  # fmt: skip
        assert (response["total"], response["countries"]) == (None, None)
        assert all(item["links"] == {"records": None} for item in response["items"])
        assert "rounded down" in response["definition"]
    whole = (await asked(caller(None), "by=gender"))["items"]
    assert all(item["count"] is None or item["count"] % 5 == 0 for item in whole)


async def test_a_region_is_shown_by_number_and_name(
    anonymous: Caller, superuser: asyncpg.Connection, database: Database
) -> None:
    for country, women in {"TO": 9, "KI": 8, "NR": 3, "PW": 4}.items():
        await _declared(superuser, country, {"f": women, "": 9})
    await _released(database)
    for region in ("009", "9", "Oceania", "oceania"):
        items = (await asked(anonymous, f"by=gender&region={region}"))["items"]
        assert {item["gender"]: item["count"] for item in items} == {"women": 20, "men": None, "other": None}
    assert (await _published(anonymous, "NR"))["women"] is None


async def test_no_number_moves_by_what_fewer_than_five_do(
    anonymous: Caller, superuser: asyncpg.Connection, database: Database
) -> None:
    await _declared(superuser, "LI", {"f": 14, "m": 14, "": 9})
    await _released(database)
    before = await _published(anonymous, "LI")
    await _declared(superuser, "LI", {"f": 4})
    await superuser.execute("UPDATE member_expert SET gender = 'f' WHERE country = 'LI' AND gender = ''")
    await _released(database)
    assert await _published(anonymous, "LI") == before == {"women": 10, "men": 10, "other": None}
    await _declared(superuser, "LI", {"m": 1})
    await _released(database)
    assert await _published(anonymous, "LI") == {"women": 20, "men": 15, "other": None}
    await superuser.execute("UPDATE member_expert SET visibility = 'network' WHERE country = 'LI'")
    await _released(database)
    assert set((await _published(anonymous, "LI")).values()) == {None}


def test_a_group_that_is_all_of_one_gender_does_not_show_it() -> None:
    for n in range(40):
        numbers = published_counts({"women": n}, n)
        assert n - sum(numbers.values()) >= min(n, 5)


def test_nothing_exact_follows_from_the_numbers_and_the_whole() -> None:
    """From the published counts of every small group, each gender has at least two possible numbers of people."""
    possible: dict[tuple[Any, ...], list[set[int]]] = {}
    for women, men, other, undeclared in itertools.product(range(16), range(16), range(7), range(7)):
        whole = women + men + other + undeclared
        if whole < 2:
            continue
        declared = {"women": women, "men": men, "other": other}
        numbers = published_counts(declared, whole)
        assert all(number % 5 == 0 for number in numbers.values())
        kept = possible.setdefault((whole, *numbers.values()), [set(), set(), set()])
        for found, name in zip(kept, GENDERS, strict=True):
            found.add(declared[name])
    inner = {key: kept for key, kept in possible.items() if key[0] <= 15}
    assert all(len(found) > 1 for kept in inner.values() for found in kept)


@pytest.mark.parametrize("seed", range(4))
def test_all_together_prove_no_country_to_be_at_its_largest(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(200):
        counts = [dice.choice((4, 4, 4, 9, 3)) for _ in range(dice.randint(1, 12))]
        parts = [published_counts({"women": n}, n + 20) for n in counts]
        whole = published_totals({"women": sum(counts)}, sum(counts) + 20 * len(counts), parts)["women"]
        most = sum(part["women"] + 4 for part in parts)
        assert most - whole >= 4
        assert whole <= sum(counts)


@pytest.mark.parametrize("seed", range(4))
def test_regions_prove_nothing_of_their_countries_and_all_together_nothing_of_either(seed: int) -> None:
    dice, countries = random.Random(seed), ("PK", "IN", "NP", "KE", "TZ", "FJ", "AQ", "XA")
    for _ in range(200):
        chosen = dice.sample(countries, dice.randint(1, len(countries)))
        rows: list[dict[str, str | int]] = [
            {"country": country, "gender": gender, "n": dice.choice((1, 3, 4, 4, 9, 14))}
            for country in chosen
            for gender in (*dice.sample(GENDERS, 2), "undeclared")
        ]
        found = {place: numbers for place, (_, numbers) in balances(rows).items()}
        regions = {COUNTRIES[country].region for country in chosen}
        divisions = {str(region): [c for c in chosen if COUNTRIES[c].region == region] for region in regions if region}
        divisions[""] = [*divisions, *(country for country in chosen if COUNTRIES[country].region is None)]
        for name, (whole, parts) in itertools.product(GENDERS, divisions.items()):
            assert sum(found[part][name] + 4 for part in parts) - found[whole][name] >= 4


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("by=gender&as_of=2026-01-01", "as_of"),
        ("by=gender&country=PK,KE", "country"),
        ("by=gender&country=ZZ", "country"),
        ("by=gender&region=034", "region"),
        ("by=gender&region=142&country=PK", "region"),
        ("by=gender&status=active", "status"),
        ("by=gender&field=1.5", "field"),
        ("by=gender&of=institutions", "of"),
        ("by=country,gender", "by"),
    ],
)
async def test_gender_goes_with_nothing_but_one_country_or_region(admin: Caller, query: str, parameter: str) -> None:
    response = await admin.get(f"{PATH}?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == parameter
