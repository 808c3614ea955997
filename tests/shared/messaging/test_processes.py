"""The metrics of a worker and a relay, and the notifier, which never blocks."""

import asyncio
import json
import logging
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest
import structlog
from redis.asyncio import Redis

from deploy.local.ports import first_free
from shared.messaging.housekeeping import measure, tidy
from shared.messaging.notifier import Notifier
from shared.messaging.process import Process
from shared.messaging.relay import Relay
from shared.messaging.supervision import TaskEnded
from shared.messaging.wakeup import RELAY, channel
from shared.messaging.worker import Worker
from shared.observability import logs
from shared.observability.metrics import DEPTH
from tests.shared.messaging.conftest import TYPE, MessagingSettings
from tests.support.waiting import eventually
from tests.support.workers import at_work

_PORTS = 28500


@pytest.mark.long("waits for the first numbers")
async def test_a_worker_and_a_relay_publish_their_numbers(
    settings: MessagingSettings, announce_facts: object, admin: asyncpg.Connection
) -> None:
    async def pass_by(*_arguments: object) -> None:
        return None

    port = first_free(_PORTS)
    parts = Relay(settings), Worker("membership", settings, {TYPE: pass_by})
    process = Process("both", settings.model_copy(update={"metrics_port": port}), *parts)
    async with at_work(process), httpx.AsyncClient() as client:

        async def responds(path: str) -> bool:
            with suppress(httpx.ConnectError):
                return (await client.get(f"http://127.0.0.1:{port}{path}")).status_code == 200
            return False

        await eventually(lambda: responds("/readyz"))
        assert all(part.is_ready for part in parts)
        assert await responds("/livez")
        assert not await responds("/else")
        await announce_facts(3)  # type: ignore[operator]
        await eventually(lambda: admin.fetchval("SELECT status = 'succeeded' FROM core_batch"))
        numbers = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
        assert 'escm_handled_total{outcome="done",queue="normal",service="membership"}' in numbers
        assert "escm_latency_seconds_bucket" in numbers
        assert "escm_sequenced_total" in numbers


async def test_a_worker_without_a_database_lives_and_is_not_ready(redis_url: str) -> None:
    port = first_free(_PORTS)
    settings = MessagingSettings(database_url="postgresql://x@127.0.0.1:1/x", redis_url=redis_url, metrics_port=port)
    process = Process("worker", settings, Worker("membership", settings, {}))
    async with at_work(process), httpx.AsyncClient() as client:

        async def status(path: str) -> int:
            with suppress(httpx.ConnectError):
                return (await client.get(f"http://127.0.0.1:{port}{path}")).status_code
            return 0

        assert await eventually(lambda: status("/livez")) == 200
        assert await status("/readyz") == 503


class _Part:
    """A part that ends at once with an error, or works until it is told to stop, or cancelled."""

    def __init__(self, error: Exception | None = None) -> None:
        self.is_ready = True
        self.ended = False
        self._error = error
        self._stop = asyncio.Event()

    def stop(self) -> None:
        self._stop.set()

    async def work(self) -> None:
        try:
            if self._error is not None:
                raise self._error
            await self._stop.wait()
        finally:
            self.ended = True


async def test_a_part_that_ends_ends_its_process_with_the_others(settings: MessagingSettings) -> None:
    other = _Part()
    with pytest.raises(ExceptionGroup) as raised:
        await Process("both", settings, other, _Part(TaskEnded("queue"))).work()
    assert other.ended
    assert raised.group_contains(TaskEnded, match="queue")


async def test_a_process_stops_all_its_parts(settings: MessagingSettings) -> None:
    parts = _Part(), _Part()
    async with at_work(Process("both", settings, *parts)):
        assert not any(part.ended for part in parts)
    assert all(part.ended for part in parts)


async def test_notices_of_one_moment_are_one_message(redis_url: str) -> None:
    own, end = str(os.getpid()).encode(), uuid4().hex.encode()
    async with Redis.from_url(redis_url) as valkey, valkey.pubsub(ignore_subscribe_messages=True) as subscription:
        await subscription.subscribe(channel(RELAY))

        async def count(until: bytes) -> int:
            """The number of messages of this process before this one; other processes send on the channel too."""
            own_messages = 0
            async with asyncio.timeout(60):
                while (message := await subscription.get_message(timeout=60)) is None or message["data"] != until:
                    own_messages += message is not None and message["data"] == own
            return own_messages

        async with Notifier(redis_url) as notifier:
            assert await notifier.ping()
            for _ in range(1000):
                notifier.notify()
            first = await count(own)
        await valkey.publish(channel(RELAY), end)
        assert first + await count(end) < 100


async def test_notifying_without_valkey_costs_nothing() -> None:
    """A notification waits for nothing, and a thousand calls are one attempt."""
    asked = 0

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    before = asyncio.all_tasks()
    notifier = Notifier(f"redis://127.0.0.1:{port}/0")
    for _ in range(1000):
        notifier.notify()
    publishing = [task for task in asyncio.all_tasks() - before if "_publish" in str(task.get_coro())]
    assert len(publishing) == 1
    await notifier.close()
    server.close()
    assert asked == 1


async def test_old_rows_are_dropped_and_open_ones_kept(settings: MessagingSettings, admin: asyncpg.Connection) -> None:
    await admin.execute("""
        INSERT INTO core_consumer (service, bulk, position) VALUES ('centres', false, 2), ('centres', true, 9);
        INSERT INTO core_fact SELECT n, gen_random_uuid(), 't', now(), gen_random_uuid(), 'r', 1, NULL, NULL, '/', NULL,
            false, now() - interval '91 days' FROM generate_series(1, 4) n;
        INSERT INTO core_batch (id, service, bulk, positions, patterns, status) VALUES
            (uuidv7(interval '-8 days'), 'membership', false, '{1}', '{}', 'succeeded'),
            (uuidv7(interval '-8 days'), 'membership', false, '{2}', '{}', 'queued'),
            (uuidv7(interval '-6 days'), 'membership', false, '{1}', '{}', 'succeeded');
        INSERT INTO core_inbox VALUES (uuidv7(interval '-98 days'), 'x'), (uuidv7(interval '-96 days'), 'x');
        INSERT INTO core_schedule VALUES ('s', now() - interval '9 days', uuidv7()),
            ('s', now() - interval '8 days', uuidv7())""")
    relay = await asyncpg.connect(settings.database_dsn("relay"), server_settings={"search_path": "escm"})
    await tidy(relay, 1024)
    await measure(relay)
    depth = DEPTH.labels("membership", "normal", "queued")._value.get()
    await relay.close()
    assert depth == 1
    assert [r["position"] for r in await admin.fetch("SELECT position FROM core_fact ORDER BY 1")] == [2, 3, 4]
    batches = await admin.fetch("SELECT status FROM core_batch ORDER BY id")
    assert [batch["status"] for batch in batches] == ["queued", "succeeded"]
    assert await admin.fetchval("SELECT count(*) FROM core_inbox") == 1
    assert await admin.fetchval("SELECT count(*) FROM core_schedule") == 1


async def test_stored_responses_have_a_place_for_a_week_ahead_and_none_after_three_days(
    settings: MessagingSettings, admin: asyncpg.Connection
) -> None:
    parts = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'core_idempotency'::regclass"
    for row in await admin.fetch(parts):
        await admin.execute(f"DROP TABLE {row[0]}")
    old = datetime.now(UTC).date() - timedelta(days=4)
    await admin.execute(
        f"CREATE TABLE core_idempotency_{old:%Y%m%d} PARTITION OF core_idempotency"
        f" FOR VALUES FROM ('{old}') TO ('{old + timedelta(days=1)}')"
    )
    relay = await asyncpg.connect(settings.database_dsn("relay"), server_settings={"search_path": "escm"})
    for _ in range(2):
        await tidy(relay, 1024)
        names = sorted(row[0] for row in await admin.fetch(parts))
        assert names == [f"core_idempotency_{old + timedelta(days=4 + n):%Y%m%d}" for n in range(8)]
    await relay.close()


def test_logs_are_json_lines_without_personal_data(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.configure("test")
        structlog.get_logger("ours").info("signed_in", account="0199", email="ada@example.org")
        try:
            raise ValueError("ada@example.org")
        except ValueError:
            logging.getLogger("theirs").exception("failed")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    ours, theirs = map(json.loads, capsys.readouterr().out.splitlines())
    assert (ours["event"], ours["process"], ours["account"], ours["email"]) == (
        "signed_in",
        "test",
        "0199",
        "[redacted]",
    )
    assert theirs["error"].startswith("ValueError at ")
    assert "ada" not in json.dumps([ours, theirs])
