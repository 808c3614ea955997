"""Parallel callers share a read of the state of the counts, but never one that started before their call."""

import asyncio

import pytest

from shared.records.counts import State
from shared.records.response_cache import ResponseCache, Stored


class Looks:
    """Reads that end when the test permits: each returns its number."""

    def __init__(self) -> None:
        self.begun = 0
        self.started, self.gate = asyncio.Event(), asyncio.Event()

    async def __call__(self) -> State:
        self.begun += 1
        self.started.set()
        number = self.begun
        await self.gate.wait()
        if number == 3:
            raise OSError("gone")
        return (0, number)


async def test_a_look_under_way_is_not_shared_by_who_comes_later() -> None:
    cache, looks = ResponseCache(), Looks()
    early = [asyncio.create_task(cache.state("all", looks)) for _ in range(5)]
    await looks.started.wait()
    late = [asyncio.create_task(cache.state("all", looks)) for _ in range(5)]
    await asyncio.sleep(0)
    assert looks.begun == 1
    looks.gate.set()
    assert set(await asyncio.gather(*early)) == {(0, 1)}
    assert set(await asyncio.gather(*late)) == {(0, 2)}
    with pytest.raises(OSError, match="gone"):
        await cache.state("all", looks)
    assert await cache.state("all", looks) == (0, 4)


async def test_who_leaves_takes_the_look_from_nobody() -> None:
    cache, looks = ResponseCache(), Looks()
    leaving, staying = (asyncio.create_task(cache.state("all", looks)) for _ in range(2))
    await looks.started.wait()
    leaving.cancel()
    await asyncio.sleep(0)
    looks.gate.set()
    assert await staying == (0, 1)


def test_a_response_is_cached_only_for_the_state_that_it_was_read_under() -> None:
    cache = ResponseCache()
    cache.put("by=country", (1, 5), Stored(b"{}", "tag"))
    assert cache.get("by=country", (1, 5)) == (b"{}", "tag")
    assert cache.get("by=country", (2, 5)) is None
    cache.put("by=field", (1, 5), Stored(b"x" * 2_100_000))
    assert cache.get("by=field", (1, 5)) is None
    for n in range(50):
        cache.put(n % 40, (1, n), Stored(b"x" * 500_000))
    assert cache.get("by=country", (1, 5)) is None
    assert [cache.get(n % 40, (1, n)) is not None for n in (9, 16, 17, 49)] == [False, False, True, True]
