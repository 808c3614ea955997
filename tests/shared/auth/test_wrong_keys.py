"""Keys of Valkey that hold what they should not are mended: limits go on counting over all processes."""

import pytest
from redis.asyncio import Redis

from shared.auth import meter as meter_module
from shared.auth import throttle as throttle_module
from shared.auth.meter import Meter
from shared.auth.throttle import Limit, Throttle
from shared.database.ids import uuid7
from shared.kernel.errors import RateLimited


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Valkey that answers late on a busy machine does not count as away."""
    monkeypatch.setattr(meter_module, "PATIENCE", 10)
    monkeypatch.setattr(throttle_module, "PATIENCE", 10)


async def _spoil(redis: Redis, key: str, how: str) -> None:
    await redis.delete(key)
    await (redis.rpush(key, "x") if how == "list" else redis.set(key, "many"))


@pytest.mark.parametrize("how", ["list", "word"])
async def test_a_spoiled_limit_is_counted_over_all_processes_again(how: str, redis_url: str) -> None:
    limit, key = Limit("test", 4), uuid7().hex
    meters = [Meter(redis_url), Meter(redis_url)]
    async with Redis.from_url(redis_url) as redis:
        await _spoil(redis, f"escm:meter:test:4:60:{key}", how)
        answers = [await meters[n % 2].take(limit, key) for n in range(8)]
    assert sum(answer.admitted for answer in answers) == 4
    for meter in meters:
        await meter.close()


@pytest.mark.parametrize("how", ["list", "word"])
async def test_a_spoiled_throttle_is_counted_over_all_processes_again(how: str, redis_url: str) -> None:
    limit, key = Limit("sign-in", 4), uuid7().hex
    throttles = [Throttle(redis_url), Throttle(redis_url)]
    await throttles[0].hit(limit, key)
    async with Redis.from_url(redis_url) as redis:
        (name,) = [name async for name in redis.scan_iter(f"*{key}*")]
        await _spoil(redis, name.decode(), how)
    for n in range(4):
        await throttles[n % 2].require(limit, key)
    with pytest.raises(RateLimited):
        await throttles[0].require(limit, key)
    for throttle in throttles:
        await throttle.close()
