"""Requests are counted over all processes within one per cent, and a lease at hand is counted without Valkey."""

import asyncio
import math
import time

import pytest
from redis.asyncio import Redis

from shared.auth import meter as meter_module
from shared.auth.meter import Meter
from shared.auth.throttle import Limit
from shared.database.ids import uuid7


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Valkey that answers late on a busy machine does not count as away."""
    monkeypatch.setattr(meter_module, "PATIENCE", 10)


NOBODY = "redis://127.0.0.1:9/0"


async def authenticated_principal(meters: list[Meter], limit: Limit, key: str, tries: int) -> int:
    """How many of `tries` requests are admitted, sent to each process in turn, twenty at once."""
    answers = []
    for begin in range(0, tries, 20):
        batch = range(begin, min(begin + 20, tries))
        answers += await asyncio.gather(*(meters[n % len(meters)].take(limit, key) for n in batch))
    return sum(answer.admitted for answer in answers)


async def closed(*meters: Meter) -> None:
    for meter in meters:
        await meter.close()


async def test_two_processes_admit_a_limit_within_one_per_cent(redis_url: str) -> None:
    limit, meters = Limit("test", 6000), [Meter(redis_url), Meter(redis_url)]
    for key in (uuid7().hex, uuid7().hex):
        assert 5940 <= await authenticated_principal(meters, limit, key, 7000) <= 6000
    await closed(*meters)


async def test_four_processes_that_are_asked_unevenly_stay_within_one_per_cent(redis_url: str) -> None:
    limit, key, meters = Limit("test", 6000), uuid7().hex, [Meter(redis_url) for _ in range(4)]
    idle = [await authenticated_principal([meter], limit, key, 1) for meter in meters[1:]]
    assert 5940 <= sum(idle) + await authenticated_principal(meters[:1], limit, key, 7000) <= 6000
    await closed(*meters)


async def test_a_small_limit_is_exact(redis_url: str) -> None:
    meters = [Meter(redis_url), Meter(redis_url), Meter(redis_url)]
    for amount in (1, 3, 50):
        assert await authenticated_principal(meters, Limit("test", amount), uuid7().hex, 150) == amount
    await closed(*meters)


async def test_each_window_has_its_own_budget_and_none_more(redis_url: str) -> None:
    limit, key, meters = Limit("test", 200, seconds=2), uuid7().hex, [Meter(redis_url), Meter(redis_url)]
    for _ in range(3):
        assert await authenticated_principal(meters, limit, key, 220) == 200
        refused = await meters[0].take(limit, key)
        assert not refused.admitted
        await asyncio.sleep(refused.resets_in)
    await closed(*meters)


async def test_what_is_left_and_until_when_is_told(redis_url: str) -> None:
    limit, key, meter = Limit("test", 6000), uuid7().hex, Meter(redis_url)
    told = [await meter.take(limit, key) for _ in range(40)]
    assert [allowance.remaining for allowance in told] == list(range(5999, 5959, -1))
    assert all(1 <= allowance.resets_in <= 60 for allowance in told)
    await closed(meter)


async def test_a_lease_at_hand_is_counted_without_a_word_to_valkey(redis_url: str) -> None:
    limit, key, meter = Limit("test", 60_000), uuid7().hex, Meter(redis_url)
    await meter.take(limit, key)
    for _ in range(50):
        taking = meter.take(limit, key)
        with pytest.raises(StopIteration) as ended:
            taking.send(None)
        assert ended.value.value.admitted
    await closed(meter)


async def test_leases_that_lie_unused_are_given_back(redis_url: str) -> None:
    limit, key = Limit("test", 50_000), uuid7().hex
    meter = Meter(redis_url)
    await meter.take(limit, key)
    async with Redis.from_url(redis_url) as redis:
        name = f"escm:meter:test:50000:60:{key}"
        assert int(await redis.get(name)) == 100
        until = time.monotonic() + 10
        while int(await redis.get(name)) > 1:
            assert time.monotonic() < until
            await asyncio.sleep(0.1)
    assert (await meter.take(limit, key)).remaining == 49_998
    await closed(meter)


async def test_a_process_that_ends_gives_back_what_it_held(redis_url: str) -> None:
    limit, key, meter = Limit("test", 50_000), uuid7().hex, Meter(redis_url)
    await meter.take(limit, key)
    await closed(meter)
    async with Redis.from_url(redis_url) as redis:
        assert int(await redis.get(f"escm:meter:test:50000:60:{key}")) == 1


async def test_without_valkey_each_process_counts_for_itself() -> None:
    limit, key, meters = Limit("test", 100), uuid7().hex, [Meter(NOBODY), Meter(NOBODY)]
    assert await authenticated_principal(meters, limit, key, 300) == 200
    refused = await meters[0].take(limit, key)
    assert (refused.admitted, refused.remaining) == (False, 0)
    assert 1 <= refused.resets_in <= 60
    await closed(*meters)


async def test_what_was_counted_before_valkey_went_away_still_counts(redis_url: str) -> None:
    limit, key, meter = Limit("test", 100), uuid7().hex, Meter(redis_url)
    assert await authenticated_principal([meter], limit, key, 60) == 60
    meter._rest_until = math.inf
    assert await authenticated_principal([meter], limit, key, 60) == 40
    await closed(meter)


async def test_processes_count_together_again_when_valkey_is_back(redis_url: str) -> None:
    limit, key, meters = Limit("test", 100), uuid7().hex, [Meter(redis_url), Meter(redis_url)]
    for meter in meters:
        meter._rest_until = math.inf
    assert await authenticated_principal(meters, limit, key, 20) == 20
    for meter in meters:
        meter._rest_until = 0.0
    assert await authenticated_principal(meters, limit, key, 200) == 100
    await closed(*meters)


async def test_so_many_keys_are_remembered_and_those_forgotten_lose_nothing(redis_url: str) -> None:
    limit, meter = Limit("test", 3), Meter(redis_url, bound=10)
    keys = [uuid7().hex for _ in range(40)]
    assert [await authenticated_principal([meter], limit, key, 2) for key in keys] == [2] * 40
    assert len(meter._windows) == 10
    assert [await authenticated_principal([meter], limit, key, 2) for key in keys] == [1] * 40
    await closed(meter)


async def test_a_caller_that_goes_away_takes_no_lease_from_the_others(redis_url: str) -> None:
    limit, key, meter = Limit("test", 100), uuid7().hex, Meter(redis_url)
    waiting = [asyncio.create_task(meter.take(limit, key)) for _ in range(10)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    answers = await asyncio.gather(*waiting[1:])
    assert [answer.admitted for answer in answers] == [True] * 9
    await closed(meter)
