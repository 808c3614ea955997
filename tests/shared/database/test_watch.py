"""The watch ends the uses of a lost server, and not those of a process that was stopped."""

import asyncio
import time
from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.database import watch as watching
from shared.database.watch import Use, Watch
from tests.support.waiting import eventually


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(database_url)
    yield opened
    opened.terminate()


async def _judged(watch: Watch, use: Use) -> bool:
    """Whether the watch took the server for lost, once its first probe has ended."""
    suspected_at = use.suspect_at

    async def is_judged() -> bool:
        return use.is_lost or use.suspect_at != suspected_at

    await eventually(is_judged)
    watch.end(use)
    watch.close()
    return use.is_lost


@pytest.mark.long("stops a process for seconds")
async def test_a_process_that_was_stopped_during_the_probe_loses_nothing(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "RESPONSE_WITHIN", 1.5)

    async def connect() -> asyncpg.Connection:
        time.sleep(3)  # noqa: ASYNC251
        for _ in range(5):
            await asyncio.sleep(0)
        raise asyncpg.InvalidPasswordError("refused")

    watch = Watch(connect)
    assert not await _judged(watch, watch.begin(connection))
    assert await connection.fetchval("SELECT 1") == 1


@pytest.mark.long("waits for a probe without an answer")
async def test_a_server_that_does_not_respond_loses_its_uses(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "RESPONSE_WITHIN", 0.5)

    async def connect() -> asyncpg.Connection:
        await asyncio.Event().wait()
        raise AssertionError

    watch = Watch(connect)
    assert await _judged(watch, watch.begin(connection))
    assert connection.is_closed()


async def test_a_refused_login_is_a_response(connection: asyncpg.Connection) -> None:
    async def connect() -> asyncpg.Connection:
        raise asyncpg.InvalidPasswordError("refused")

    watch = Watch(connect)
    assert not await _judged(watch, watch.begin(connection))
