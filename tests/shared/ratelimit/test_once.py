"""What is used once is remembered over all processes, also while many ask at once; per process while Valkey is down."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from shared.ratelimit import once
from shared.ratelimit.limiter import RateLimiter
from tests.support.clock import stopped_clock

_NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
async def limiters(redis_url: str) -> AsyncIterator[list[RateLimiter]]:
    """Those of two processes, and of one that does not reach Valkey."""
    opened = [RateLimiter(url) for url in (redis_url, redis_url, _NOWHERE)]
    yield opened
    for one in opened:
        await one.close()


async def test_a_key_is_used_once_over_all_processes(limiters: list[RateLimiter]) -> None:
    first, second, _ = (one.once("test", 60) for one in limiters)
    key = uuid4().hex
    assert [await first.use(key), await second.use(key), await first.use(key)] == [True, False, False]
    assert await limiters[0].once("another", 60).use(key)


async def test_of_many_at_once_one_is_the_first(limiters: list[RateLimiter]) -> None:
    first, second, _ = (one.once("test", 60) for one in limiters)
    keys = [uuid4().hex for _ in range(300)]
    outcomes = await asyncio.gather(*(each.use(key) for key in keys for each in (first, second, first)))
    assert [sum(outcomes[place : place + 3]) for place in range(0, len(outcomes), 3)] == [1] * len(keys)


async def test_without_valkey_each_process_remembers_for_itself(
    limiters: list[RateLimiter], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, here = stopped_clock(monkeypatch, once), limiters[2].once("test", 60)
    key = uuid4().hex
    assert [await here.use(key), await here.use(key), await here.use(uuid4().hex)] == [True, False, True]
    clock.advance(61)
    assert await here.use(key)


async def test_a_process_remembers_a_bounded_number(
    limiters: list[RateLimiter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "_MOST_HERE", 3)
    here = limiters[2].once("test", 60)
    assert all([await here.use(str(number)) for number in range(5)])
    assert not await here.use("4")
    assert await here.use("0")


async def test_nobody_waits_for_a_call_that_ended_badly(
    limiters: list[RateLimiter], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = limiters[0].once("test", 60)

    async def broken(_keys: object) -> list[bool]:
        raise ZeroDivisionError

    monkeypatch.setattr(first, "_first", broken)
    outcomes = await asyncio.gather(first.use("a"), first.use("b"), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError] * 2
    monkeypatch.undo()
    assert await first.use(uuid4().hex)
