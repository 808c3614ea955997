"""Connections are handed over in the order of requests, and none is lost."""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from shared.database import connections as module
from shared.database.connections import Connections
from shared.database.pool import Database

PATIENCE = 10.0


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write."""
    return database_named("handed_on")


@pytest.fixture
async def one(database_url: str) -> AsyncIterator[Connections]:
    """One connection at most."""
    made = Connections(lambda: asyncpg.connect(database_url), 1)
    yield made
    made.terminate()


async def _asked(connections: Connections) -> asyncio.Task[asyncpg.Connection]:
    """A waiting caller."""
    task = asyncio.create_task(connections.take(PATIENCE))
    while not connections._waiting:  # noqa: ASYNC110
        await asyncio.sleep(0)
    return task


async def test_who_waits_longest_is_served_first_and_with_the_same_connection(one: Connections) -> None:
    held = await one.take(PATIENCE)
    first = await _asked(one)
    second = asyncio.create_task(one.take(PATIENCE))
    while len(one._waiting) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0)
    one.give_back(held)
    assert await first is held
    assert not second.done()
    one.give_back(held)
    assert await second is held


async def test_who_gives_up_waiting_takes_no_connection_along(one: Connections) -> None:
    held = await one.take(PATIENCE)
    for gives_up_first in (True, False):
        waiting = await _asked(one)
        if gives_up_first:
            waiting.cancel()
            await asyncio.wait([waiting])
            one.give_back(held)
        else:
            one.give_back(held)
            waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await one.take(PATIENCE) is held


async def test_nobody_is_served_after_patience(one: Connections) -> None:
    await one.take(PATIENCE)
    with pytest.raises(TimeoutError):
        await one.take(0.01)


async def test_a_closed_connection_makes_place_for_a_new_one(one: Connections) -> None:
    held = await one.take(PATIENCE)
    waiting = await _asked(one)
    held.terminate()
    one.give_back(held)
    assert await waiting is not held


async def test_one_that_closes_while_idle_is_replaced(one: Connections) -> None:
    held = await one.take(PATIENCE)
    one.give_back(held)
    held.terminate()
    assert await one.take(PATIENCE) is not held


async def test_an_open_transaction_goes_to_nobody_else(one: Connections) -> None:
    held = await one.take(PATIENCE)
    await held.execute("BEGIN")
    one.give_back(held)
    assert held.is_closed()
    assert not (await one.take(PATIENCE)).is_in_transaction()


async def test_a_connection_that_cannot_be_made_keeps_no_place(database_url: str) -> None:
    addresses = ["postgresql://postgres@127.0.0.1:1/none", database_url]
    connections = Connections(lambda: asyncpg.connect(addresses.pop(0)), 1)
    with pytest.raises(ConnectionRefusedError):
        await connections.take(PATIENCE)
    assert await (await connections.take(PATIENCE)).fetchval("SELECT 1") == 1
    connections.terminate()


async def test_what_nobody_used_for_long_is_closed(one: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE", 0.05)
    held = await one.take(PATIENCE)
    one.give_back(held)
    async with asyncio.timeout(PATIENCE):
        while not held.is_closed():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await one.take(PATIENCE) is not held


async def test_closing_waits_for_what_is_in_use(one: Connections) -> None:
    held = await one.take(PATIENCE)
    closing = asyncio.create_task(one.close())
    await asyncio.sleep(0)
    assert not closing.done()
    one.give_back(held)
    await closing
    assert held.is_closed()
    with pytest.raises(asyncpg.InterfaceError):
        await one.take(PATIENCE)


async def test_a_statement_that_was_cut_off_leaves_the_connection_usable(database_url: str) -> None:
    database = await Database.open(database_url, size=1)

    async def wait(seconds: float | None = None) -> None:
        async with database.acquire() as connection:
            started.set()
            await connection.execute("SELECT pg_sleep(60)", timeout=seconds)

    started = asyncio.Event()
    with pytest.raises(TimeoutError):
        await wait(0.05)
    started.clear()
    waiting = asyncio.create_task(wait())
    await started.wait()
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with database.acquire() as connection:
        assert await connection.fetchval("SELECT 1") == 1
    await database.close()
