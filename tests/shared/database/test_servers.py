"""A process connects to the primary of several servers, and leaves one that only reads."""

import asyncio
import socket
from collections.abc import Iterator

import asyncpg
import pytest

from shared.database.pool import Database
from shared.database.servers import ServerConnection, Servers, connect
from shared.kernel.errors import Unavailable

_STATE = "SELECT state FROM pg_stat_activity WHERE pid = $1"


@pytest.fixture
def silent() -> Iterator[str]:
    """Host and port of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def _with_first(host: str, database_url: str) -> str:
    """The database's address after that of another server."""
    return database_url.replace("@", f"@{host},") + "?target_session_attrs=primary"


async def test_the_next_server_is_tried_while_the_first_does_not_answer(database_url: str, silent: str) -> None:
    servers = Servers(_with_first(silent, database_url))
    connections = [await servers.connect(60) for _ in range(2)]
    assert connections[0].server == connections[1].server
    for connection in connections:
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()


async def test_the_next_server_is_tried_after_a_refusal(database_url: str) -> None:
    connection = await connect(_with_first("127.0.0.1:9", database_url))
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()


async def test_the_failure_of_the_first_server_is_raised_if_none_takes_writes(database_url: str) -> None:
    standby = database_url.replace("@", "@127.0.0.1:9,") + "?target_session_attrs=standby"
    with pytest.raises(ConnectionRefusedError):
        await connect(standby)
    with pytest.raises(asyncpg.TargetServerAttributeNotMatched):
        await connect(f"{database_url}?target_session_attrs=standby")


async def test_nothing_is_left_open_when_the_patience_ends(silent: str) -> None:
    before = asyncio.all_tasks()
    with pytest.raises(TimeoutError):
        await connect(f"postgresql://u:p@{silent},{silent}/escm?target_session_attrs=primary", patience=0.5)
    await asyncio.wait(asyncio.all_tasks() - before - {asyncio.current_task()}, timeout=60)
    assert asyncio.all_tasks() <= before


async def test_a_server_that_only_reads_leaves_the_pool(database_url: str) -> None:
    database = await Database.open(database_url, size=2)
    async with database.acquire() as first, database.acquire() as second:
        await first.execute("SELECT 1")
    with pytest.raises(Unavailable):
        await _write_to_reader(database)
    assert first.is_closed()
    assert second.is_closed()
    async with database.acquire() as connection:
        assert await connection.fetchval("SHOW default_transaction_read_only") == "off"
    await database.close()


async def _write_to_reader(database: Database) -> None:
    async with database.acquire() as connection:
        await connection.execute("SET default_transaction_read_only = on")
        await connection.execute("CREATE TABLE public.written (n int)")


async def test_what_follows_no_rows_has_its_own_time(database_url: str) -> None:
    """A statement without rows is not left open: the server would count its time until it cancels the next one."""
    connection = await asyncpg.connect(database_url, connection_class=ServerConnection)
    observer = await asyncpg.connect(database_url)
    try:
        await connection.execute("CREATE TEMPORARY TABLE row_of_test (number integer)")
        await connection.executemany("INSERT INTO row_of_test VALUES ($1)", [])
        assert await observer.fetchval(_STATE, connection.get_server_pid()) == "idle"
        assert await connection.execute("BEGIN") == "BEGIN"
        await connection.executemany("INSERT INTO row_of_test VALUES ($1)", iter([(1,), (2,)]))
        assert await connection.fetchval("SELECT count(*) FROM row_of_test") == 2
    finally:
        await connection.close()
        await observer.close()
