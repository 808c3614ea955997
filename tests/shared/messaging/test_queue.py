"""How a worker learns of its messages: by announcement, and by itself where an announcement is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import uuid4

import pytest

from shared.messaging import queue
from shared.messaging.queue import Listener, QueueMessage, QueuePublisher
from tests.shared.messaging.conftest import eventually

_NEVER = 3600.0


async def _is_connected(listener: Listener) -> bool:
    return listener.is_connected


@asynccontextmanager
async def listening(redis_url: str, service: str) -> AsyncIterator[asyncio.Queue[str]]:
    """The lanes that a listener tells of, once it is connected."""
    lanes: asyncio.Queue[str] = asyncio.Queue()
    listener = Listener(redis_url, service, f"{service}-worker", lanes.put_nowait)
    task = asyncio.create_task(listener.listen())
    await eventually(partial(_is_connected, listener))
    yield lanes
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_announced_ring_is_heard_at_once(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_LOOK_EVERY", _NEVER)
    publisher, service = QueuePublisher(redis_url), uuid4().hex
    async with listening(redis_url, service) as lanes:
        for lane in ("normal", "jobs"):
            publisher.notify([QueueMessage(service, lane, uuid4(), 1)])
            assert await asyncio.wait_for(lanes.get(), 60) == lane
    await publisher.close()


async def test_a_ring_whose_announcement_is_lost_is_heard(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_channel", lambda service: f"{service}:{uuid4()}")
    publisher, service = QueuePublisher(redis_url), uuid4().hex
    async with listening(redis_url, service) as lanes:
        publisher.notify([QueueMessage(service, "normal", uuid4(), 1)])
        assert await asyncio.wait_for(lanes.get(), 60) == "normal"
    await publisher.close()
