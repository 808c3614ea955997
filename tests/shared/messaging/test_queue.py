"""The queue of messages: read after a notification, and not otherwise."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from shared.messaging.queue import QueueMessage, QueuePublisher, QueueReader
from tests.shared.messaging.recording import recording
from tests.support.waiting import eventually


@asynccontextmanager
async def reading(redis_url: str, service: str) -> AsyncIterator[tuple[QueueReader, asyncio.Queue[str]]]:
    """A running reader and the queues that it reports."""
    queues: asyncio.Queue[str] = asyncio.Queue()
    reader = QueueReader(redis_url, service, queues.put_nowait)
    task = asyncio.create_task(reader.read())
    yield reader, queues
    await reader.stop()
    await task


async def publish(redis_url: str, service: str, queue: str) -> None:
    publisher = QueuePublisher(redis_url)
    publisher.notify([QueueMessage(service, queue, uuid4(), 1)])
    await publisher.close()


async def test_each_look_reads_what_was_published(redis_url: str) -> None:
    service = uuid4().hex
    async with reading(redis_url, service) as (reader, queues):
        for queue in ("normal", "jobs"):
            await publish(redis_url, service, queue)
            reader.look()
            assert await asyncio.wait_for(queues.get(), 60) == queue


async def test_a_look_into_an_empty_queue_is_one_command(redis_url: str) -> None:
    async with recording(redis_url) as recorder, reading(recorder.url, uuid4().hex) as (reader, _):

        async def has_reported_its_health() -> bool:
            return "PSETEX" in recorder.commands

        reader.look()
        await eventually(has_reported_its_health)
        before = recorder.commands

        async def has_looked() -> bool:
            return len(recorder.commands) > len(before)

        for _ in range(3):
            reader.look()
            await eventually(has_looked)
            assert recorder.commands == [*before, "ZRANGEBYSCORE"]
            before = recorder.commands


async def test_a_stop_waits_for_the_messages_under_way(redis_url: str) -> None:
    service, queues = uuid4().hex, asyncio.Queue[str]()
    async with recording(redis_url) as recorder:
        reader = QueueReader(recorder.url, service, queues.put_nowait)
        task = asyncio.create_task(reader.read())
        await publish(redis_url, service, "normal")

        async def has_begun() -> bool:
            return "WATCH" in recorder.commands

        reader.look()
        await eventually(has_begun)
        await reader.stop()
        await task
    assert queues.get_nowait() == "normal"
