"""The database as one role of this process: lends connections, within a maximum wait and a share for each kind of
work."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import asyncpg
import orjson

from shared.database.connections import Connections
from shared.database.maintenance import IS_CLOSED, IS_FENCED, under_maintenance
from shared.database.servers import ServerConnection, Servers
from shared.database.statements import Connection
from shared.database.watch import Watch
from shared.kernel.errors import Unavailable

_LIMITS = {
    "search_path": "escm",
    "timezone": "UTC",
    "statement_timeout": "15000",
    "lock_timeout": "5000",
    "client_connection_check_interval": "1000",
    "jit": "off",
}
_IDLE = 30.0
_WENT_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.InternalClientError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""asyncpg raises InternalClientError if the server closed a connection while it was idle, or if none of several servers
is the primary. A server that only reads is no longer the primary."""
UNREACHABLE = (OSError, *_WENT_AWAY)
_NOT_THERE = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedFunctionError,
    asyncpg.InvalidSchemaNameError,
    asyncpg.InsufficientPrivilegeError,
)
"""Errors of statements after the schema is closed to their role and before their session ends."""


def limits_of_sessions(idle_in_transaction: float = _IDLE) -> dict[str, str]:
    """The settings of a session, which PostgreSQL ends after these seconds idle in a transaction. `migrate` makes those
    of apps the defaults of the roles of services, because a pooler's sessions are begun by the pooler."""
    return {**_LIMITS, "idle_in_transaction_session_timeout": str(int(idle_in_transaction * 1000))}


def _dump(value: Any) -> str:
    return orjson.dumps(value).decode()


async def _prepare(connection: asyncpg.Connection) -> None:
    """Prepares a new connection. Raises Unavailable (`maintenance`) if the database is closed for a restore."""
    if await connection.fetchval(IS_CLOSED):
        raise under_maintenance()
    await set_codecs(connection)


async def set_codecs(connection: asyncpg.Connection) -> None:
    """Lets the connection take and return JSON documents as Python values."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=_dump, decoder=orjson.loads)


async def _execute_or_end(connection: Connection, statement: str, *, seconds: float) -> None:
    """Executes it within these `seconds`, or ends the connection. Only a cancellation is raised."""
    if connection.is_closed():
        return
    try:
        await connection.execute(statement, timeout=seconds)
    except Exception:
        connection.terminate()
    except BaseException:
        connection.terminate()
        raise


def _is_cut(connection: Connection, error: BaseException) -> bool:
    """Whether the end of the connection caused the error."""
    return isinstance(error, (OSError, asyncpg.InterfaceError)) and connection.is_closed()


async def roll_back(connection: Connection) -> None:
    """Ends the transaction, or the connection if that is impossible, so that no open transaction returns to the pool.

    A failure of the rollback does not replace the error that ended the block, such as a cancellation.
    """
    await _execute_or_end(connection, "ROLLBACK", seconds=2)


SHARE: ContextVar[str] = ContextVar("share", default="")
"""The kind of this work, if it has a share of the connections. No kind ever takes the last ones."""
_LEFT_TO_OTHERS = 2
_TO_CONNECT = 0.3
"""The seconds of the patience that are reserved for connecting once a slot is free."""


class Database:
    """The connections of one role. `acquire` waits at most `patience` seconds for one."""

    def __init__(
        self,
        connections: Connections,
        share: int,
        patience: float,
        connect: Callable[[], Awaitable[ServerConnection]],
    ) -> None:
        self.connections = connections
        self.patience = patience
        self.watch = Watch(connect, connections.terminate_idle)
        self._connect = connect
        self._share = share
        self._shares: dict[str, asyncio.Semaphore] = {}

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        size: int = 8,
        patience: float = 2.5,
        application: str = "escm",
        idle_in_transaction: float = _IDLE,
        left_to_others: int = _LEFT_TO_OTHERS,
        is_pooled: bool = False,
    ) -> "Database":
        """Creates the pool. Opens no connection, so that a process starts while PostgreSQL is down.

        PostgreSQL ends a session that is idle in an open transaction for `idle_in_transaction` seconds. One route holds
        at most all connections but `left_to_others`. `is_pooled`: the address is that of a pooler, whose sessions have
        the limits of their role.
        """
        limits = {} if is_pooled else limits_of_sessions(idle_in_transaction)
        settings = {**limits, "application_name": application}
        watching = {"application_name": f"{application}-watch"}
        servers = Servers(dsn)

        async def make() -> ServerConnection:
            connection = await servers.connect(
                patience, command_timeout=20, statement_cache_size=512, server_settings=settings
            )
            try:
                await _prepare(connection)
            except BaseException as error:
                was_cut = _is_cut(connection, error)
                connection.terminate()
                if was_cut:
                    raise ConnectionResetError("The connection was lost before its first use.") from error
                raise
            return connection

        async def connect() -> ServerConnection:
            return await servers.connect(patience, server_settings=watching)

        return cls(Connections(make, size), max(1, size - left_to_others), patience, connect)

    async def close(self) -> None:
        """Closes the connections. Waits at most five seconds for those in use."""
        self.watch.close()
        try:
            async with asyncio.timeout(5):
                await self.connections.close()
        except TimeoutError:
            self.connections.terminate()

    def acquire(self) -> "Lease":
        """A connection for a block. Raises Unavailable if PostgreSQL cannot be reached within the patience, or is lost.
        All other errors of the block propagate, including an OSError of files or other hosts."""
        return Lease(self)

    def slots_of(self, share: str) -> asyncio.Semaphore | None:
        """The slots of a kind of work; None if it has no limit of its own."""
        if not share:
            return None
        if (slots := self._shares.get(share)) is None:
            slots = self._shares[share] = asyncio.Semaphore(self._share)
        return slots

    async def enter(self, slots: asyncio.Semaphore) -> float:
        """Takes a slot and returns the remaining seconds of patience. Raises Unavailable if no slot is free in time."""
        if not slots.locked():
            await slots.acquire()
            return self.patience
        loop = asyncio.get_running_loop()
        until = loop.time() + self.patience
        try:
            async with asyncio.timeout_at(until - _TO_CONNECT):
                await slots.acquire()
        except TimeoutError as error:
            raise Unavailable("Too many requests of this kind are in progress.") from error
        return until - loop.time()

    async def is_fenced(self) -> bool:
        """Whether the database is closed. Uses another connection, because the failed one is in a transaction."""
        try:
            connection = await self._connect()
            try:
                return bool(await connection.fetchval(IS_FENCED))
            finally:
                connection.terminate()
        except (*UNREACHABLE, asyncpg.InterfaceError, TimeoutError):
            return False


class Lease:
    """A connection for a block, as `Database.acquire` returns it. A class, because a generator costs as much as a
    statement."""

    __slots__ = ("_database", "_slots", "_use")

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __aenter__(self) -> Connection:
        database = self._database
        self._slots = database.slots_of(SHARE.get())
        patience = database.patience if self._slots is None else await database.enter(self._slots)
        connection = database.connections.take_idle()
        if connection is None:
            connection = await self._take(patience)
        self._use = database.watch.begin(connection)
        return connection

    async def _take(self, patience: float) -> Connection:
        try:
            return await self._database.connections.take(patience)
        except (*UNREACHABLE, TimeoutError) as error:
            self._leave()
            raise Unavailable("The database cannot be reached.") from error
        except BaseException:
            self._leave()
            raise

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            if error is not None:
                await self._explain(error)
        finally:
            self._database.watch.end(self._use)
            self._database.connections.give_back(self._use.connection)
            self._leave()

    def _leave(self) -> None:
        if self._slots is not None:
            self._slots.release()

    async def _explain(self, error: BaseException) -> None:
        """Raises Unavailable if the database caused the error that ended the block."""
        connection = self._use.connection
        if isinstance(error, _NOT_THERE):
            if await self._database.is_fenced() or await self._has_ended(connection):
                raise under_maintenance() from error
        elif isinstance(error, Exception) and (
            self._use.is_lost or _is_cut(connection, error) or isinstance(error, _WENT_AWAY)
        ):
            if isinstance(error, asyncpg.InternalClientError):
                connection.terminate()
            if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
                self._database.connections.terminate()
            raise Unavailable("The connection to the database was lost.") from error
        if isinstance(error, (asyncio.CancelledError, TimeoutError)):
            await self._await_cancellation(connection)

    async def _has_ended(self, connection: Connection) -> bool:
        """Whether the session has ended: whoever closes the schema ends all sessions before it is opened again."""
        await self._await_cancellation(connection)
        return bool(connection.is_closed())

    async def _await_cancellation(self, connection: Connection) -> None:
        """Waits until the server has released a cancelled statement, or ends the connection."""
        await _execute_or_end(connection, "SELECT 1", seconds=self._database.patience)
