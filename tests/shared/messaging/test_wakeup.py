"""Wake-ups of a process: by notification, and by polling if a notification is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import islice
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.contracts.envelope import Fact
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.queue import QueueMessage, QueuePublisher
from shared.messaging.relay import Relay
from shared.messaging.supervision import growing_pauses
from shared.messaging.wakeup import POLL, WakeUp, channel
from shared.messaging.worker import Worker
from tests.shared.messaging.conftest import TYPE, MessagingSettings
from tests.shared.messaging.program import note
from tests.shared.messaging.recording import recording
from tests.support.waiting import eventually
from tests.support.workers import at_work

_NEVER = 3600.0
_IDLE_FOR = 2.0
_QUICK = 0.05
_QUIET = 2.0
NOBODY = "redis://127.0.0.1:1/0"


async def _is_connected(wakeup: WakeUp) -> bool:
    return wakeup.is_connected


@asynccontextmanager
async def listening(redis_url: str, wakeup: WakeUp) -> AsyncIterator[None]:
    """Waits until the wake-up is subscribed and has done the work due by then."""
    task = asyncio.create_task(wakeup.listen(redis_url))
    await eventually(partial(_is_connected, wakeup))
    await wakeup.wait()
    assert wakeup.is_poll_due()
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_poll_is_due_at_the_start_and_then_at_its_interval() -> None:
    present = 100.0
    wakeup = WakeUp("a", poll=10.0, clock=lambda: present)
    wakeup.is_connected = True
    due = []
    for present in (100.0, 100.0, 109.9, 110.0, 119.9, 125.0, 134.9, 135.0):  # noqa: B007
        wakeup.notify()
        await wakeup.wait()
        due.append(wakeup.is_poll_due())
    assert due == [True, False, False, True, False, True, False, True], "notifications put no poll off"


async def test_without_a_connection_polls_are_more_frequent() -> None:
    times = iter((100.0, 100.0, 100.2, 100.25, 100.5))
    wakeup = WakeUp("a", poll=10.0, clock=lambda: next(times))
    assert [wakeup.is_poll_due() for _ in range(4)] == [True, False, True, True]


async def test_a_wait_without_notification_ends_with_the_next_poll() -> None:
    wakeup = WakeUp("a", poll=_QUICK)
    for _ in range(3):
        await asyncio.wait_for(wakeup.wait(), 60)
        assert wakeup.is_poll_due()


async def test_a_published_message_notifies_the_workers_of_its_service(redis_url: str) -> None:
    service = uuid4().hex
    wakeup, publisher = WakeUp(service, poll=_NEVER), QueuePublisher(redis_url)
    async with listening(redis_url, wakeup):
        for _ in range(3):
            publisher.notify([QueueMessage(service, "jobs", uuid4(), 1)])
            await asyncio.wait_for(wakeup.wait(), 60)
            assert not wakeup.is_poll_due()
    await publisher.close()


async def test_a_new_subscription_makes_a_poll_due(redis_url: str) -> None:
    wakeup = WakeUp(uuid4().hex, poll=_NEVER)
    for _ in range(2):
        async with listening(redis_url, wakeup):
            assert not wakeup.is_poll_due()


@pytest.mark.long("waits until a silent server is left")
async def test_a_valkey_that_falls_silent_is_left(redis_url: str) -> None:
    wakeup = WakeUp(uuid4().hex, quiet=_QUIET)
    async with recording(redis_url) as recorder:
        task = asyncio.create_task(wakeup.listen(recorder.url))
        await eventually(partial(_is_connected, wakeup))
        recorder.passes_replies.clear()
        with pytest.raises(RedisError):
            await asyncio.wait_for(task, 60)
        assert not wakeup.is_connected
        with pytest.raises(RedisError):
            await asyncio.wait_for(wakeup.listen(recorder.url), 60)


@pytest.mark.long("watches a quiet server for seconds")
async def test_a_valkey_that_is_quiet_and_responds_is_kept(redis_url: str) -> None:
    service = uuid4().hex
    wakeup, publisher = WakeUp(service, poll=_NEVER, quiet=_QUIET), QueuePublisher(redis_url)
    async with recording(redis_url) as recorder, listening(recorder.url, wakeup):

        async def was_asked() -> bool:
            return "PING" in recorder.commands

        await eventually(was_asked)
        publisher.notify([QueueMessage(service, "jobs", uuid4(), 1)])
        await asyncio.wait_for(wakeup.wait(), 60)
        assert recorder.commands.count("SUBSCRIBE") == 1
    await publisher.close()


async def test_work_whose_notifications_are_lost_is_done(
    settings: MessagingSettings,
    announce_facts: Callable[..., Awaitable[list[Fact]]],
    effects: Callable[[], Awaitable[list[Any]]],
) -> None:
    """The relay gets no notification and reaches no Valkey; the worker's Valkey is there and sends nothing."""
    silent = settings.model_copy(update={"redis_url": NOBODY})
    async with at_work(Relay(silent, poll=_QUICK), Worker("membership", settings, {TYPE: note}, poll=_QUICK)):
        facts = await announce_facts(5)

        async def all_had_effect() -> bool:
            return sorted(await effects()) == sorted(fact.id for fact in facts)

        await eventually(all_had_effect)


@pytest.mark.long("watches an idle worker for seconds")
async def test_an_idle_worker_leaves_valkey_alone(settings: MessagingSettings, database: object) -> None:
    """It reads its queue once per poll, and polls are a second apart; between them it sends nothing."""

    async def react(_uow: UnitOfWork, _facts: Sequence[Fact]) -> None:
        raise AssertionError

    async with recording(settings.redis_url) as recorder:
        through = settings.model_copy(update={"redis_url": recorder.url})
        service = f"idle-{uuid4().hex}"
        async with at_work(Worker(service, through, {TYPE: react}, poll=_NEVER)):

            async def is_idle() -> bool:
                before = len(recorder.commands)
                await asyncio.sleep(_IDLE_FOR)
                return "SUBSCRIBE" in recorder.commands and set(recorder.commands[before:]) <= {"PING"}

            await eventually(is_idle)
            looks = recorder.commands.count("ZRANGEBYSCORE")

            async def has_looked() -> bool:
                return recorder.commands.count("ZRANGEBYSCORE") == looks + 1

            async with Redis.from_url(settings.redis_url) as valkey:
                await valkey.publish(channel(service), b"")
            await eventually(has_looked)
    assert POLL >= 1.0


def test_pauses_after_failures_grow_to_two_seconds() -> None:
    assert list(islice(growing_pauses(0.25), 6)) == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]
