"""Requests are counted over all processes within one per cent; a held lease is counted without Valkey."""

import asyncio
import math
import time

import pytest
from redis.asyncio import Redis

from shared.database.ids import uuid7
from shared.ratelimit import leased
from shared.ratelimit.leased import LeasedRateLimiter
from shared.ratelimit.limiter import Limit


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Valkey that responds late on a busy machine does not count as down."""
    monkeypatch.setattr(leased, "PATIENCE", 10)


NOBODY = "redis://127.0.0.1:9/0"


async def count_allowed(limiters: list[LeasedRateLimiter], limit: Limit, key: str, tries: int) -> int:
    """How many of `tries` requests are allowed, sent to each process in turn, twenty at once."""
    responses = []
    for begin in range(0, tries, 20):
        batch = range(begin, min(begin + 20, tries))
        responses += await asyncio.gather(*(limiters[n % len(limiters)].take(limit, key) for n in batch))
    return sum(response.is_allowed for response in responses)


async def closed(*limiters: LeasedRateLimiter) -> None:
    for leased_limiter in limiters:
        await leased_limiter.close()


async def test_two_processes_admit_a_limit_within_one_per_cent(redis_url: str) -> None:
    limit, limiters = Limit("test", 6000), [LeasedRateLimiter(redis_url), LeasedRateLimiter(redis_url)]
    for key in (uuid7().hex, uuid7().hex):
        assert 5940 <= await count_allowed(limiters, limit, key, 7000) <= 6000
    await closed(*limiters)


async def test_four_processes_that_are_asked_unevenly_stay_within_one_per_cent(redis_url: str) -> None:
    limit, key, limiters = Limit("test", 6000), uuid7().hex, [LeasedRateLimiter(redis_url) for _ in range(4)]
    idle = [await count_allowed([leased_limiter], limit, key, 1) for leased_limiter in limiters[1:]]
    assert 5940 <= sum(idle) + await count_allowed(limiters[:1], limit, key, 7000) <= 6000
    await closed(*limiters)


async def test_a_small_limit_is_exact(redis_url: str) -> None:
    limiters = [LeasedRateLimiter(redis_url), LeasedRateLimiter(redis_url), LeasedRateLimiter(redis_url)]
    for amount in (1, 3, 50):
        assert await count_allowed(limiters, Limit("test", amount), uuid7().hex, 150) == amount
    await closed(*limiters)


@pytest.mark.long("waits for several windows")
async def test_each_window_has_its_own_budget_and_none_more(redis_url: str) -> None:
    limit, key, limiters = (
        Limit("test", 200, seconds=2),
        uuid7().hex,
        [LeasedRateLimiter(redis_url), LeasedRateLimiter(redis_url)],
    )
    for _ in range(3):
        assert await count_allowed(limiters, limit, key, 220) == 200
        refused = await limiters[0].take(limit, key)
        assert not refused.is_allowed
        await asyncio.sleep(refused.resets_in)
    await closed(*limiters)


async def test_what_is_left_and_until_when_is_shown(redis_url: str) -> None:
    limit, key, leased_limiter = Limit("test", 6000), uuid7().hex, LeasedRateLimiter(redis_url)
    states = [await leased_limiter.take(limit, key) for _ in range(40)]
    assert [state.remaining for state in states] == list(range(5999, 5959, -1))
    assert all(1 <= state.resets_in <= 60 for state in states)
    await closed(leased_limiter)


async def test_a_lease_at_hand_is_counted_without_a_word_to_valkey(redis_url: str) -> None:
    limit, key, leased_limiter = Limit("test", 60_000), uuid7().hex, LeasedRateLimiter(redis_url)
    await leased_limiter.take(limit, key)
    for _ in range(50):
        taking = leased_limiter.take(limit, key)
        with pytest.raises(StopIteration) as ended:
            taking.send(None)
        assert ended.value.value.is_allowed
    await closed(leased_limiter)


@pytest.mark.long("waits for a lease")
async def test_leases_that_lie_unused_are_given_back(redis_url: str) -> None:
    limit, key = Limit("test", 50_000), uuid7().hex
    leased_limiter = LeasedRateLimiter(redis_url)
    await leased_limiter.take(limit, key)
    async with Redis.from_url(redis_url) as redis:
        name = f"escm:rate:test:50000:60:{key}"
        assert int(await redis.get(name)) == 100
        until = time.monotonic() + 10
        while int(await redis.get(name)) > 1:
            assert time.monotonic() < until
            await asyncio.sleep(0.1)
    assert (await leased_limiter.take(limit, key)).remaining == 49_998
    await closed(leased_limiter)


async def test_a_process_that_ends_gives_back_what_it_held(redis_url: str) -> None:
    limit, key, leased_limiter = Limit("test", 50_000), uuid7().hex, LeasedRateLimiter(redis_url)
    await leased_limiter.take(limit, key)
    await closed(leased_limiter)
    async with Redis.from_url(redis_url) as redis:
        assert int(await redis.get(f"escm:rate:test:50000:60:{key}")) == 1


async def test_without_valkey_each_process_counts_for_itself() -> None:
    limit, key, limiters = Limit("test", 100), uuid7().hex, [LeasedRateLimiter(NOBODY), LeasedRateLimiter(NOBODY)]
    assert await count_allowed(limiters, limit, key, 300) == 200
    refused = await limiters[0].take(limit, key)
    assert (refused.is_allowed, refused.remaining) == (False, 0)
    assert 1 <= refused.resets_in <= 60
    await closed(*limiters)


async def test_what_was_counted_before_valkey_went_away_still_counts(redis_url: str) -> None:
    limit, key, leased_limiter = Limit("test", 100), uuid7().hex, LeasedRateLimiter(redis_url)
    assert await count_allowed([leased_limiter], limit, key, 60) == 60
    leased_limiter._rest_until = math.inf
    assert await count_allowed([leased_limiter], limit, key, 60) == 40
    await closed(leased_limiter)


async def test_processes_count_together_again_when_valkey_is_back(redis_url: str) -> None:
    limit, key, limiters = Limit("test", 100), uuid7().hex, [LeasedRateLimiter(redis_url), LeasedRateLimiter(redis_url)]
    for leased_limiter in limiters:
        leased_limiter._rest_until = math.inf
    assert await count_allowed(limiters, limit, key, 20) == 20
    for leased_limiter in limiters:
        leased_limiter._rest_until = 0.0
    assert await count_allowed(limiters, limit, key, 200) == 100
    await closed(*limiters)


async def test_so_many_keys_are_remembered_and_those_forgotten_lose_nothing(redis_url: str) -> None:
    limit, leased_limiter = Limit("test", 3), LeasedRateLimiter(redis_url, bound=10)
    keys = [uuid7().hex for _ in range(40)]
    assert [await count_allowed([leased_limiter], limit, key, 2) for key in keys] == [2] * 40
    assert len(leased_limiter._windows) == 10
    assert [await count_allowed([leased_limiter], limit, key, 2) for key in keys] == [1] * 40
    await closed(leased_limiter)


async def test_a_caller_that_goes_away_takes_no_lease_from_the_others(redis_url: str) -> None:
    limit, key, leased_limiter = Limit("test", 100), uuid7().hex, LeasedRateLimiter(redis_url)
    waiting = [asyncio.create_task(leased_limiter.take(limit, key)) for _ in range(10)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    responses = await asyncio.gather(*waiting[1:])
    assert [response.is_allowed for response in responses] == [True] * 9
    await closed(leased_limiter)
