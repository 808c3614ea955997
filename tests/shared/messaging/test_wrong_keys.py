"""A queue's key of a wrong type is repaired by the process that finds it; work continues meanwhile."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from tests.shared.messaging.conftest import MessagingSettings
from tests.shared.messaging.program import ANY, note
from tests.support.waiting import eventually
from tests.support.workers import at_work

QUEUE = "escm:queue:membership"


@pytest.mark.long("waits until a queue is mended")
async def test_a_queue_of_a_wrong_type_is_mended(
    settings: MessagingSettings,
    announce_facts: Callable[..., Awaitable[list[Any]]],
    effects: Callable[[], Awaitable[list[Any]]],
) -> None:
    async with Redis.from_url(settings.redis_url) as redis:
        await redis.delete(QUEUE)
        await redis.set(QUEUE, "no queue")
        async with at_work(
            Relay(settings, grace=0.2, backoff=0.05, poll=0.25), Worker("membership", settings, {ANY: note})
        ):
            await _had_effect(announce_facts, effects, 3)

            async def is_mended() -> bool:
                return await redis.type(QUEUE) in (b"zset", b"none")

            await eventually(is_mended)
            await redis.delete(QUEUE)
            await redis.rpush(QUEUE, "x")
            await _had_effect(announce_facts, effects, 6)
            await eventually(is_mended)


async def _had_effect(announce_facts: Any, effects: Any, count: int) -> None:
    await announce_facts(3)

    async def all_of_them() -> bool:
        return len(await effects()) == count

    await eventually(all_of_them)
