"""Keys of Valkey with a wrong type are repaired: limits continue to count over all processes."""

import pytest
from redis.asyncio import Redis

from shared.database.ids import uuid7
from shared.kernel.errors import RateLimited
from shared.ratelimit import leased, limiter
from shared.ratelimit.leased import LeasedRateLimiter
from shared.ratelimit.limiter import Limit, RateLimiter


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Valkey that responds late on a busy machine does not count as down."""
    monkeypatch.setattr(leased, "PATIENCE", 10)
    monkeypatch.setattr(limiter, "PATIENCE", 10)


async def _spoil(redis: Redis, key: str, how: str) -> None:
    await redis.delete(key)
    await (redis.rpush(key, "x") if how == "list" else redis.set(key, "many"))


@pytest.mark.parametrize("how", ["list", "word"])
async def test_a_spoiled_limit_is_counted_over_all_processes_again(how: str, redis_url: str) -> None:
    limit, key = Limit("test", 4), uuid7().hex
    limiters = [LeasedRateLimiter(redis_url), LeasedRateLimiter(redis_url)]
    async with Redis.from_url(redis_url) as redis:
        await _spoil(redis, f"escm:rate:test:4:60:{key}", how)
        responses = [await limiters[n % 2].take(limit, key) for n in range(8)]
    assert sum(response.is_allowed for response in responses) == 4
    for leased_limiter in limiters:
        await leased_limiter.close()


@pytest.mark.parametrize("how", ["list", "word"])
async def test_a_spoiled_count_is_counted_over_all_processes_again(how: str, redis_url: str) -> None:
    limit, key = Limit("sign-in", 4), uuid7().hex
    limiters = [RateLimiter(redis_url), RateLimiter(redis_url)]
    await limiters[0].hit(limit, key)
    async with Redis.from_url(redis_url) as redis:
        (name,) = [name async for name in redis.scan_iter(f"*{key}*")]
        await _spoil(redis, name.decode(), how)
    for n in range(4):
        await limiters[n % 2].require(limit, key)
    with pytest.raises(RateLimited):
        await limiters[0].require(limit, key)
    for rate_limiter in limiters:
        await rate_limiter.close()
