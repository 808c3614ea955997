"""A lost database is distinguished from every other failure while a connection is in use."""

import asyncio
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import asyncpg
import pytest

from deploy.local.ports import first_free
from services.membership.settings import MembershipSettings
from shared.database import pool
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.errors import Unavailable
from shared.messaging.supervision import is_transient
from tests.support.waiting import PATIENCE, eventually


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write."""
    return database_named("pool")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await Database.open(database_url, size=1)
    async with opened.acquire() as connection:
        await connection.execute("CREATE TABLE IF NOT EXISTS kept (note text)")
    yield opened
    await opened.close()


async def _cut(connection: asyncpg.Connection, database_url: str) -> None:
    """Ends the connection from the server's side."""
    pid = await connection.fetchval("SELECT pg_backend_pid()")
    other = await asyncpg.connect(database_url)
    await other.execute("SELECT pg_terminate_backend($1, 5000)", pid)
    await other.close()


async def _leaving_a_statement_behind(database: Database, failure: type[BaseException]) -> None:
    """Fails during a statement, so that its connection accepts no other one."""
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await uow.connection.execute("INSERT INTO kept VALUES ('left behind')")
        statement = asyncio.create_task(uow.connection.execute("SELECT pg_sleep(60)"))
        await asyncio.sleep(0)
        statement.add_done_callback(lambda done: done.exception())
        raise failure


async def _failing(database: Database, failure: Exception) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await uow.connection.execute("INSERT INTO kept VALUES ('undone')")
        raise failure


async def _losing(database: Database, database_url: str, failure: Exception | None = None) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await _cut(uow.connection, database_url)
        if failure:
            raise failure
        await uow.connection.execute("SELECT 1")


async def _asking(database: Database) -> int:
    async with database.acquire() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM kept"))


@pytest.mark.parametrize(
    "failure",
    [FileNotFoundError("a file"), OSError(28, "no space"), ConnectionRefusedError("another host"), TimeoutError()],
)
async def test_an_operating_system_error_of_the_work_goes_on_as_it_is(database: Database, failure: OSError) -> None:
    with pytest.raises(type(failure)) as raised:
        await _failing(database, failure)
    assert raised.value is failure
    assert not is_transient(raised.value)
    assert await _asking(database) == 0


async def test_a_connection_lost_between_statements_is_unavailable(database: Database, database_url: str) -> None:
    with pytest.raises(Unavailable) as raised:
        await _losing(database, database_url)
    assert is_transient(raised.value)
    assert await _asking(database) == 0


@pytest.mark.usefixtures("database")
async def test_a_connection_lost_before_its_first_use_is_unavailable(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(connection: asyncpg.Connection) -> None:
        await _cut(connection, database_url)
        await eventually(lambda: _is_closed(connection))
        await connection.execute("SELECT 1")

    opened = await Database.open(database_url, size=1, patience=PATIENCE)
    with monkeypatch.context() as patched:
        patched.setattr(pool, "set_codecs", cut)
        with pytest.raises(Unavailable) as raised:
            await _asking(opened)
    assert is_transient(raised.value)
    assert await _asking(opened) == 0
    await opened.close()


async def _is_closed(connection: asyncpg.Connection) -> bool:
    return bool(connection.is_closed())


async def test_an_operating_system_error_with_a_lost_connection_is_unavailable(
    database: Database, database_url: str
) -> None:
    with pytest.raises(Unavailable):
        await _losing(database, database_url, ConnectionResetError())


@pytest.mark.parametrize("failure", [ZeroDivisionError, asyncio.CancelledError])
async def test_what_ends_a_block_is_kept_where_the_transaction_cannot_be_rolled_back(
    database: Database, failure: type[BaseException]
) -> None:
    with pytest.raises(failure):
        await _leaving_a_statement_behind(database, failure)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await uow.connection.fetchval("SELECT count(*) FROM kept WHERE note = 'left behind'") == 0


async def test_a_refused_connection_is_unavailable() -> None:
    database = await Database.open(f"postgresql://postgres@127.0.0.1:{first_free(29000)}/none", size=1)
    with pytest.raises(Unavailable) as raised:
        await _asking(database)
    assert is_transient(raised.value)
    await database.close()


@pytest.mark.parametrize("is_cut", [True, False])
async def test_a_missing_table_is_a_restore_only_if_the_session_has_ended(
    database: Database, database_url: str, is_cut: bool
) -> None:
    """A restore that gives up opens the schema again before the process asks whether it is closed."""

    async def read() -> None:
        async with database.acquire() as connection:
            try:
                await connection.execute("SELECT FROM unknown_table")
            finally:
                if is_cut:
                    await _cut(connection, database_url)

    expected: type[Exception] = Unavailable if is_cut else asyncpg.UndefinedTableError
    with pytest.raises(expected) as raised:
        await read()
    assert getattr(raised.value, "code", "") == ("maintenance" if is_cut else "")


@pytest.fixture
async def not_let_in(database_url: str) -> AsyncIterator[str]:
    """The address of a service's role, which may not use the schema for now."""
    dsn = MembershipSettings(database_url=database_url).database_dsn()
    superuser = await asyncpg.connect(database_url)
    await superuser.execute(f"REVOKE USAGE ON SCHEMA escm FROM {urlsplit(dsn).username}")
    yield dsn
    await superuser.execute(f"GRANT USAGE ON SCHEMA escm TO {urlsplit(dsn).username}")
    await superuser.close()


async def test_a_session_that_does_not_see_the_schema_is_not_used(not_let_in: str) -> None:
    """As one that connects at the moment in which a restore opens the database."""
    opened = await Database.open(not_let_in, size=1)
    with pytest.raises(Unavailable) as raised:
        async with opened.acquire():
            pass
    assert raised.value.code == "maintenance"
    await opened.close()
