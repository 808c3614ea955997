"""Distinguishes an unreachable server from a slow one, because a lost network closes no connection."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from shared.database.servers import ServerConnection

_TICK = 0.25
_SUSPECT_AFTER = 0.75
RESPONSE_WITHIN = 1.5
"""The seconds of a responsive event loop after which a probe has failed. A tick in which the loop was stopped or had no
processor counts once, however long it was."""
_ASK_AGAIN_WITHIN = 10.0
_UNREACHABLE = (OSError, asyncpg.PostgresConnectionError, asyncpg.TargetServerAttributeNotMatched)


@dataclass(slots=True, eq=False)
class Use:
    """One use of a connection, from its acquisition to its release. `is_lost`: the watch has ended the connection."""

    connection: ServerConnection
    began: float
    suspect_at: float
    is_lost: bool = False


class Watch:
    """Watches the connections in use. If one is held for long, it probes the server over another connection. Without a
    response, every use older than the probe is ended at once, at the latest 2.5 s after it began. So are those of
    another server than the one that responds, the new primary. While the server responds, statements may run until
    their own timeouts. `on_loss` is called for each use that is ended."""

    def __init__(
        self, connect: Callable[[], Awaitable[ServerConnection]], on_loss: Callable[[], None] = lambda: None
    ) -> None:
        self._connect = connect
        self._on_loss = on_loss
        self._uses: set[Use] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._asking: asyncio.Task[None] | None = None
        self._server: object = None
        """The one that responded last."""

    def begin(self, connection: ServerConnection) -> Use:
        """Called when a connection was acquired."""
        now = asyncio.get_running_loop().time()
        use = Use(connection, now, now + _SUSPECT_AFTER)
        self._uses.add(use)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_TICK, self._check)
        return use

    def end(self, use: Use) -> None:
        """Called before its release."""
        self._uses.discard(use)

    def close(self) -> None:
        """Stops watching."""
        for pending in (self._timer, self._asking):
            if pending is not None:
                pending.cancel()

    def _check(self) -> None:
        self._timer = None
        if not self._uses:
            return
        loop = asyncio.get_running_loop()
        is_due = any(use.suspect_at <= loop.time() for use in self._uses)
        if is_due and (self._asking is None or self._asking.done()):
            self._asking = loop.create_task(self._ask())
        self._timer = loop.call_later(_TICK, self._check)

    async def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        is_reachable = await self._is_reachable()
        for use in [use for use in self._uses if use.began <= asked_at]:
            if is_reachable and (self._server is None or use.connection.server == self._server):
                use.suspect_at = loop.time() + min(loop.time() - use.began, _ASK_AGAIN_WITHIN)
            else:
                use.is_lost = True
                use.connection.terminate()
                self._on_loss()

    async def _is_reachable(self) -> bool:
        """Whether the server responds within RESPONSE_WITHIN."""
        probe = asyncio.get_running_loop().create_task(self._probe())
        try:
            for _ in range(round(RESPONSE_WITHIN / _TICK)):
                await asyncio.wait({probe}, timeout=_TICK)
                if probe.done():
                    return probe.result()
        finally:
            probe.cancel()
        return False

    async def _probe(self) -> bool:
        """Whether the server responds; a refused login counts as a response."""
        connection: ServerConnection | None = None
        try:
            connection = await self._connect()
            await connection.execute("SELECT 1")
            self._server = connection.server
        except _UNREACHABLE:
            return False
        except (asyncpg.PostgresError, asyncpg.InterfaceError):
            return True
        finally:
            if connection is not None:
                connection.terminate()
        return True
