"""Which experts match a request, by rule `match/1`."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.actions.support.matches import domain
from services.actions.support.matches.domain import Candidate, Criterion, Horizon, Stage
from services.actions.support.support_requests.operations import SUPPORT_REQUESTS
from services.membership.register.experts.record import Expert
from shared.kernel.expertise import BOUNDARIES, ECOSYSTEMS
from shared.records.record import Audience, fields_of
from tests.actions.neighbours import change
from tests.support.callers import Caller
from tests.support.requests import DOCUMENT, expert, matching, offer, request, word

Callers = Callable[[str | None], Caller]


async def _matches(by: Caller, path: str, limit: int = 50) -> list[dict[str, Any]]:
    found = await by.get(f"{path}/matches?limit={limit}")
    assert found.status_code == 200, found.text
    assert found.json()["rule"] == "match/1"
    return list(found.json()["items"])


async def test_ranking_and_reasons_repeat(admin: Caller, caller: Callers, superuser: asyncpg.Connection) -> None:
    """S1."""
    peat, moss = word(), word()
    path = await matching(admin, fields=["1.5", "1.6"], keywords=[peat.upper(), moss], languages=["en"], country="PK")
    half = await expert(superuser, fields=["1.5"], keywords=[peat], country="PK")
    whole = await expert(superuser, fields=["1.5", "1.6"], keywords=[peat, moss], languages=["en"], country="KE")
    hidden = await expert(superuser, keywords=[peat, moss], country="XB", visibility="restricted")
    first = [one for one in await _matches(admin, path) if one["expert"]["id"] in map(str, (half, whole, hidden))]
    assert [one["expert"]["id"] for one in first] == [str(whole), str(half), str(hidden)]
    assert first[0]["score"] == pytest.approx((0.35 + 0.15 + 0.10) / 0.65, abs=1e-4)
    assert first[1]["score"] == pytest.approx((0.35 / 2 + 0.15 / 2 + 0.05) / 0.65, abs=1e-4)
    assert first[1]["reasons"] == [
        {"code": "fields", "matched": ["1.5"], "share": 0.5, "weight": 0.35},
        {"code": "keywords", "matched": [peat], "share": 0.5, "weight": 0.15},
        {"code": "region", "matched": ["PK"], "share": 1.0, "weight": 0.05},
    ]
    again = [one for one in await _matches(admin, path) if one["expert"]["id"] in map(str, (half, whole, hidden))]
    assert again == first
    of_xa = await matching(admin, keywords=[peat])
    officer = {one["expert"]["id"] for one in await _matches(caller("officer"), of_xa)}
    assert str(hidden) in officer, "the officer covers XB"
    await change(superuser, "member_expert", hidden, country="XC")
    await superuser.execute("UPDATE member_expert_value SET country = 'XC' WHERE expert_id = $1", hidden)
    seen = {one["expert"]["id"] for one in await _matches(caller("officer"), of_xa)}
    assert (str(hidden) in seen, str(whole) in seen) == (False, True)


async def test_only_those_who_may_be_asked_match(admin: Caller, superuser: asyncpg.Connection) -> None:
    peat = word()
    path = await matching(admin, keywords=[peat])
    busy = await expert(superuser, keywords=[peat])
    for more in (
        {"available_for_support": False},
        {"status": "grace"},
        {"status": "prospect"},
        {"merged_into": busy},
        {"erased_at": datetime(2026, 11, 1, tzinfo=UTC)},
        {"restricted_at": datetime(2026, 11, 1, tzinfo=UTC), "restricted_for": "request"},
    ):
        await expert(superuser, keywords=[peat], **more)
    asked = [await offer(admin, await matching(admin), busy) for _ in range(2)]
    assert [one["expert"]["id"] for one in await _matches(admin, path)] == [str(busy)]
    asked.append(await offer(admin, await matching(admin), busy))
    assert await _matches(admin, path) == []
    await admin.step(asked[0], "withdraw")
    assert len(await _matches(admin, path)) == 1


async def test_availability_follows_the_expert(admin: Caller, superuser: asyncpg.Connection) -> None:
    peat, moss = word(), word()
    path = await matching(admin, keywords=[peat, moss])
    key = await expert(superuser, keywords=[peat], status="prospect")
    assert await _matches(admin, path) == []
    await change(superuser, "member_expert", key, status="active")
    assert len(await _matches(admin, path)) == 1
    value = "INSERT INTO member_expert_value (expert_id, kind, value, country, visibility) VALUES ($1, 'keyword', $2,"
    await superuser.execute(f"{value} 'XA', 'public')", key, moss)
    assert (await _matches(admin, path))[0]["score"] == 1.0
    await change(superuser, "member_expert", key, available_for_support=False)
    assert await _matches(admin, path) == []


async def test_matches_are_for_those_who_make_offers(admin: Caller, caller: Callers) -> None:
    path = await matching(admin, keywords=[word()])
    for name in ("focal_xa", "author_xa", "auditor", "government_xa"):
        assert (await caller(name).get(f"{path}/matches")).status_code == 403
    for limit in ("0", "51", "x"):
        assert (await admin.get(f"{path}/matches?limit={limit}")).status_code == 400
    assert (await admin.get(f"{path}/matches?cursor=x")).status_code == 400


async def test_who_asks_for_nothing_gets_nobody(admin: Caller, superuser: asyncpg.Connection) -> None:
    await expert(superuser, fields=["1.5"])
    assert await _matches(admin, await request(admin)) == []


async def test_five_ratings_make_a_mean(admin: Caller, superuser: asyncpg.Connection) -> None:
    peat = word()
    key = await expert(superuser, keywords=[peat])
    path = await matching(admin, keywords=[peat])
    for number, rating in enumerate((5, 4, 4, 3, 5), start=1):
        assert (await _matches(admin, path))[0]["rating"] is None, number
        done = await matching(admin)
        asked = await offer(admin, done, key)
        for action in ("accept", "confirm"):
            await admin.step(asked, action, reason="By telephone")
        await admin.step(done, "start")
        await admin.step(done, "deliver", fields={"document": DOCUMENT})
        assert (await admin.step(done, "confirm", fields={"rating": rating})).status_code == 200
    assert (await _matches(admin, path))[0]["rating"] == {"mean": "4.20", "count": 5}


def test_reasons_show_only_what_everybody_sees_of_an_expert() -> None:
    fields = fields_of(Expert)
    compared = ("fields", "planetary_boundaries", "ecosystems", "keywords", "languages", "country")
    assert {fields[name].audience for name in compared} == {Audience.PUBLIC}


async def test_the_stages_find_what_comparing_everybody_finds(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With few candidates at each stage, so that every one of them is reached."""
    dice = Random(7)
    words = [word() for _ in range(3)]
    places = ("PK", "KE", "BR", "XA")
    people: dict[UUID, dict[str, Any]] = {}
    for _ in range(120):
        values: dict[str, Any] = {
            "fields": dice.sample(["5.1", "5.2", "5.3"], dice.randint(0, 2)),
            "planetary_boundaries": dice.sample(BOUNDARIES[:3], dice.randint(0, 2)),
            "ecosystems": dice.sample(ECOSYSTEMS[:3], dice.randint(0, 2)),
            "keywords": dice.sample(words, dice.randint(0, 2)),
            "languages": dice.sample(["tlh", "vo"], dice.randint(0, 2)),
        }
        country = dice.choice(places)
        people[await expert(superuser, country=country, **values)] = {**values, "region": [country]}
    monkeypatch.setattr(domain, "_CANDIDATES", 7)
    monkeypatch.setattr(domain, "_MANY", 11)
    for _ in range(12):
        asked: dict[str, Any] = {
            "fields": dice.sample(["5.1", "5.2", "5.3"], dice.randint(0, 2)),
            "planetary_boundaries": dice.sample(BOUNDARIES[:3], dice.randint(0, 2)),
            "ecosystems": dice.sample(ECOSYSTEMS[:3], dice.randint(0, 2)),
            "keywords": dice.sample(words, dice.randint(0, 2)),
            "languages": dice.sample(["tlh", "vo"], dice.randint(0, 1)),
        }
        path = await matching(admin, country=dice.choice(("PK", "XA")), **asked)
        expected = await _by_comparing_all(superuser, await _criteria(admin, path))
        found = [(UUID(one["expert"]["id"]), one["score"]) for one in await _matches(admin, path, 9)]
        assert found == expected[:9]


async def _criteria(by: Caller, path: str) -> Sequence[Criterion]:
    row = (await by.get(path)).json()
    names = ("country", "fields", "planetary_boundaries", "ecosystems", "keywords", "languages")
    return domain.criteria_of(SUPPORT_REQUESTS.new({name: row[name] for name in names}))


async def _by_comparing_all(superuser: asyncpg.Connection, criteria: Sequence[Criterion]) -> list[tuple[UUID, float]]:
    """Everybody who is available with a score above 0, the best first: each compared with each criterion."""
    rows = await superuser.fetch(
        "SELECT e.id, e.country, coalesce(array_agg(v.kind || ' ' || v.value) FILTER (WHERE v.kind IS NOT NULL), '{}')"
        " AS has FROM member_expert e LEFT JOIN member_expert_value v ON v.expert_id = e.id WHERE e.status = 'active'"
        " AND e.available_for_support AND e.merged_into IS NULL AND e.erased_at IS NULL AND e.restricted_at IS NULL"
        " GROUP BY e.id, e.country"
    )
    weights = sum(one.weight for one in criteria)
    scores = {}
    for row in rows:
        share = 0.0
        for one in criteria:
            has = [row["country"]] if one.code == "region" else row["has"]
            wanted = one.asked if one.code == "region" else [f"{one.kind} {value}" for value in one.asked]
            share += one.weight * len(set(wanted) & set(has)) / one.count
        if share:
            scores[row["id"]] = round(share / weights, 4)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def _stage(rest: int, most: int = 10) -> Stage:
    others = [Criterion("languages", "language", rest, ["en"], points=rest)] if rest else []
    return Stage([Criterion("fields", "field", 35, ["1.5"], points=35)], others, most)


@pytest.mark.parametrize(
    ("rest", "points", "horizon", "is_settled"),
    [
        (0, [35], None, True),
        (10, [45, 35], None, True),
        (10, [45, 10], None, False),
        (10, [45], None, False),
        (10, [45, 36], Horizon(25, UUID(int=9)), True),
        (10, [45, 35], Horizon(25, UUID(int=9)), True),
        (10, [45, 35], Horizon(25, UUID(int=1)), False),
        (10, [45, 34], Horizon(25, UUID(int=9)), False),
    ],
)
def test_a_stage_is_the_last_if_nobody_else_can_be_better(
    rest: int, points: Sequence[int], horizon: Horizon | None, is_settled: bool
) -> None:
    found = [Candidate(UUID(int=place + 1), one) for place, one in enumerate(points)]
    assert domain.is_settled(_stage(rest), found, 2, horizon) is is_settled
