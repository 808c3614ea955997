"""arq as a queue of messages, each of which only says that a row is due. The only module that imports arq.

A lost message costs latency only, because workers also poll for rows.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import structlog
from arq.connections import ArqRedis
from arq.constants import job_key_prefix
from arq.jobs import serialize_job
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError, ResponseError

from shared.messaging.wakeup import FEED, channel

log = structlog.get_logger(__name__)
_FUNCTION = "wake"
_LIFE_MS = 60_000
_MOST_MESSAGES = 1000
_AFTER_FAILURE = 0.5
_TOO_MANY_WAITING = 10_000
_GAP = 0.01
"""Minimum seconds between two reads of a queue."""

logging.getLogger("arq").setLevel(logging.ERROR)


class QueueMessage(NamedTuple):
    """A due row of the store: its service, queue, id and attempt."""

    service: str
    queue: str
    id: UUID
    attempt: int


def _queue(service: str) -> str:
    return f"escm:queue:{service}"


def _connect(redis_url: str) -> ArqRedis:
    pool: Any = ConnectionPool.from_url(redis_url, socket_timeout=2, socket_connect_timeout=1)
    return ArqRedis(pool, job_serializer=orjson.dumps, job_deserializer=orjson.loads)


class QueuePublisher:
    """Puts one arq job per due row into its service's queue and notifies its workers. Never waits, never fails."""

    def __init__(self, redis_url: str) -> None:
        self._redis = _connect(redis_url)
        self._waiting: list[QueueMessage] = []
        self._is_longer = False
        self._task: asyncio.Task[None] | None = None

    def notify(self, messages: Sequence[QueueMessage], *, is_longer: bool = False) -> None:
        """Returns at once. `is_longer`: the feed is longer, for those who follow it. Must be called on the event loop's
        thread."""
        if (messages or is_longer) and len(self._waiting) < _TOO_MANY_WAITING:
            self._waiting.extend(messages)
            self._is_longer = self._is_longer or is_longer
            if self._task is None or self._task.done():
                self._task = asyncio.get_running_loop().create_task(self._deliver())

    async def close(self) -> None:
        """Lets enqueueing under way finish and closes the connections."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        await self._redis.aclose(close_connection_pool=True)

    async def _deliver(self) -> None:
        while self._waiting or self._is_longer:
            messages, self._waiting = self._waiting, []
            is_longer, self._is_longer = self._is_longer, False
            try:
                await self._enqueue(messages, is_longer=is_longer)
            except (RedisError, OSError, TimeoutError) as error:
                if isinstance(error, ResponseError):
                    await self._mend(messages)
                await asyncio.sleep(_AFTER_FAILURE)
                self._waiting, self._is_longer = [], False

    async def _enqueue(self, messages: Sequence[QueueMessage], *, is_longer: bool) -> None:
        now = time.time_ns() // 1_000_000
        async with self._redis.pipeline(transaction=False) as pipe:
            for message in messages:
                name = f"{message.service}:{message.queue}:{message.id}:{message.attempt}"
                arguments = (message.queue, str(message.id))
                job = serialize_job(_FUNCTION, arguments, {}, None, now, serializer=orjson.dumps)
                pipe.psetex(job_key_prefix + name, _LIFE_MS, job)
                pipe.zadd(_queue(message.service), {name: now})
            for service in {message.service for message in messages}:
                pipe.zremrangebyrank(_queue(service), 0, -1 - _MOST_MESSAGES)
                pipe.publish(channel(service), b"")
            if is_longer:
                pipe.publish(channel(FEED), b"")
            await pipe.execute()

    async def _mend(self, messages: Sequence[QueueMessage]) -> None:
        """Repairs the queues of messages. Workers find the rows of lost messages by polling."""
        with suppress(RedisError, OSError, TimeoutError):
            for service in {message.service for message in messages}:
                await _mend_queue(self._redis, service)


async def _mend_queue(redis: ArqRedis, service: str) -> None:
    """Deletes the key of a queue if its value is not a queue."""
    key = _queue(service)
    kind = await redis.type(key)
    if kind not in (b"zset", b"none"):
        log.warning("key_mended", key=key, kind=kind.decode())
        await redis.delete(key)


class _Stopped(Exception):
    """The reader was asked to stop."""


class _WokenWorker(Worker):
    """An arq worker that reads its queue when it is notified, not at its own intervals."""

    def __init__(self, is_due: asyncio.Event, is_stopped: asyncio.Event, *given: Any, **named: Any) -> None:
        super().__init__(*given, poll_delay=_GAP, **named)
        self._is_due = is_due
        self._is_stopped = is_stopped

    async def _poll_iteration(self) -> None:
        await self._is_due.wait()
        if self._is_stopped.is_set():
            raise _Stopped
        self._is_due.clear()
        await super()._poll_iteration()


class QueueReader:
    """The receiver in a service: an arq worker whose one function reports the work queue in which something is due."""

    def __init__(self, redis_url: str, service: str, on_message: Callable[[str], None]) -> None:
        self._redis_url = redis_url
        self._service = service
        self._on_message = on_message
        self._is_due = asyncio.Event()
        self._is_stopped = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    def look(self) -> None:
        """Reads the queue. Sends nothing to Valkey otherwise."""
        self._is_due.set()

    async def stop(self) -> None:
        """Ends `read` after the messages under way. redis-py leaves a connection open that is cancelled between
        commands."""
        self._is_stopped.set()
        self._is_due.set()
        await self._is_idle.wait()

    async def read(self) -> None:
        """Reads at each `look` until `stop`. Raises when the connection fails; the caller starts it again."""

        async def wake(ctx: dict[Any, Any], *arguments: Any, **_more: Any) -> None:  # noqa: ARG001
            self._on_message(arguments[0])

        redis = _connect(self._redis_url)
        worker = _WokenWorker(
            self._is_due,
            self._is_stopped,
            [func(wake, name=_FUNCTION, keep_result=0, timeout=5, max_tries=1)],
            queue_name=_queue(self._service),
            redis_pool=redis,
            handle_signals=False,
            max_jobs=100,
            queue_read_limit=500,
            keep_result=0,
            log_results=False,
            job_serializer=orjson.dumps,
            job_deserializer=orjson.loads,
        )
        self._is_idle.clear()
        try:
            await _mend_queue(redis, self._service)
            with suppress(_Stopped):
                await worker.main()
            await asyncio.gather(*worker.tasks.values())
        finally:
            for task in worker.tasks.values():
                task.cancel()
            await asyncio.gather(*worker.tasks.values(), return_exceptions=True)
            await redis.aclose(close_connection_pool=True)
            self._is_idle.set()
