"""One asyncpg pool per database role and process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import asyncpg
import orjson

from shared.database.maintenance import IS_FENCED, under_maintenance
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
_WENT_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.InternalClientError,
)
"""The last is what asyncpg says of a connection that the server took leave of while it was idle."""
UNREACHABLE = (OSError, *_WENT_AWAY)
_NOT_THERE = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedFunctionError,
    asyncpg.InvalidSchemaNameError,
    asyncpg.InsufficientPrivilegeError,
)
"""What statements meet once the schema is closed to their role, before their session is ended."""


def _dump(value: Any) -> str:
    return orjson.dumps(value).decode()


async def _prepare(connection: asyncpg.Connection) -> None:
    """Makes a new connection ready. Raises Unavailable (`maintenance`) where the database is closed for a restore."""
    if await connection.fetchval(IS_FENCED):
        raise under_maintenance()
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=_dump, decoder=orjson.loads)


async def _no_reset(_connection: asyncpg.Connection) -> None:
    """Contexts are transaction-local, so a returned connection carries nothing; resetting would cost a round trip."""


def is_gone(connection: Connection) -> bool:
    """Whether it is closed, or was taken from the pool: by its watch, or because it was lost."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


async def roll_back(connection: Connection) -> None:
    """Ends the transaction, or the connection where that is not possible: nothing open goes back to the pool.

    A failure to roll back does not replace what ended the block, such as a cancellation.
    """
    if is_gone(connection):
        return
    try:
        await connection.execute("ROLLBACK", timeout=2)
    except Exception:
        connection.terminate()
    except BaseException:
        connection.terminate()
        raise


SHARE: ContextVar[str] = ContextVar("share", default="")
"""Which kind of work this is, where it is one of many: no kind ever takes the last connections."""
_LEFT_TO_OTHERS = 2
_TO_CONNECT = 0.3
"""Of the patience, what is kept for a connection once there is room for one more of the kind."""


class Database:
    """The pool of one role. Opens lazily reconnecting connections; `acquire` waits at most `patience` seconds."""

    def __init__(
        self, pool: asyncpg.Pool, share: int, patience: float, connect: Callable[[], Awaitable[asyncpg.Connection]]
    ) -> None:
        self._pool = pool
        self._share = share
        self._shares: dict[str, asyncio.Semaphore] = {}
        self._patience = patience
        self._connect = connect
        self._watch = Watch(connect)

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        size: int = 8,
        patience: float = 2.5,
        application: str = "escm",
        idle_in_transaction: float = 30.0,
        left_to_others: int = _LEFT_TO_OTHERS,
    ) -> "Database":
        """Makes the pool. No connection is made yet, so that a process starts while Postgres is away.

        Postgres cuts a session that does nothing in an open transaction for `idle_in_transaction` seconds. One route
        holds all connections but `left_to_others` at most.
        """
        limits = {**_LIMITS, "idle_in_transaction_session_timeout": str(int(idle_in_transaction * 1000))}
        pool = asyncpg.create_pool(
            dsn,
            min_size=0,
            max_size=size,
            init=_prepare,
            reset=_no_reset,
            timeout=patience,
            command_timeout=20,
            max_inactive_connection_lifetime=300,
            statement_cache_size=512,
            server_settings={**limits, "application_name": application},
        )
        settings = {"application_name": f"{application}-watch"}

        async def connect() -> asyncpg.Connection:
            return await asyncpg.connect(dsn, timeout=patience, server_settings=settings)

        return cls(await pool, max(1, size - left_to_others), patience, connect)

    async def close(self) -> None:
        """Closes the pool, at most five seconds for what is under way."""
        self._watch.close()
        try:
            async with asyncio.timeout(5):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """A connection. Raises Unavailable when Postgres cannot be reached within the patience, or goes away; what else
        the block raises, an OSError of its files or of another host too, goes on as it is.
        """
        slots = self._slots_of(SHARE.get())
        patience = self._patience if slots is None else await self._enter(slots)
        try:
            async with self._acquired(patience) as connection:
                yield connection
        finally:
            if slots is not None:
                slots.release()

    def _slots_of(self, share: str) -> asyncio.Semaphore | None:
        if not share:
            return None
        if (slots := self._shares.get(share)) is None:
            slots = self._shares[share] = asyncio.Semaphore(self._share)
        return slots

    async def _enter(self, slots: asyncio.Semaphore) -> float:
        """Takes a slot; the seconds of patience that are left. Raises Unavailable when there are none."""
        if not slots.locked():
            await slots.acquire()
            return self._patience
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience
        try:
            async with asyncio.timeout_at(until - _TO_CONNECT):
                await slots.acquire()
        except TimeoutError as error:
            raise Unavailable("Too many requests of this kind are under way.") from error
        return until - loop.time()

    @asynccontextmanager
    async def _acquired(self, patience: float) -> AsyncIterator[Connection]:
        """A connection of the pool. A timer costs as much as a short statement: there is none for what cannot wait,
        taking an idle connection and giving back one of which nothing was cancelled."""
        is_one_idle = self._pool.get_idle_size() > 0
        try:
            connection = await self._pool.acquire(timeout=None if is_one_idle else patience)
        except (*UNREACHABLE, TimeoutError) as error:
            raise Unavailable("The database cannot be reached.") from error
        use = self._watch.begin(connection)
        to_release: float | None = patience
        try:
            yield connection
            to_release = None
        except _NOT_THERE as error:
            if await self._is_fenced():
                raise under_maintenance() from error
            raise
        except Exception as error:
            is_cut = isinstance(error, (OSError, asyncpg.InterfaceError)) and is_gone(connection)
            if not (use.is_lost or is_cut or isinstance(error, _WENT_AWAY)):
                raise
            if isinstance(error, asyncpg.InternalClientError):
                connection.terminate()
            raise Unavailable("The database went away.") from error
        finally:
            self._watch.end(use)
            await self._pool.release(connection, timeout=to_release)

    async def _is_fenced(self) -> bool:
        """Whether the database is closed, asked over a connection of its own: the failed one is in a transaction."""
        try:
            connection = await self._connect()
        except (*UNREACHABLE, TimeoutError):
            return False
        try:
            return bool(await connection.fetchval(IS_FENCED))
        finally:
            connection.terminate()
