"""Limits on the connections of one process: their number, their waiting time and their memory.

Each connection is checked about once a second, so that a quick request costs no timer. Checks run in small batches, so
that many expired connections do not delay the others.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from shared.web.edge.budget import MemoryBudget

_AT_ONCE = 32
"""Connections that are checked without a pause."""
MEMORY = 48 << 20
"""Bytes of incomplete heads and unread responses of all connections of a process."""


class Connection(Protocol):
    """The interface of a connection for these limits."""

    def check(self, now: float) -> None:
        """Ends the connection if it has waited too long at `now`, by the loop's clock."""
        ...

    def is_responding(self) -> bool:
        """Whether a request is in progress, or a response is being sent."""
        ...

    def give_way(self) -> bool:
        """Ends the connection at once, which releases its memory. Always true."""
        ...


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Limits of each connection, in bytes and seconds, and the maximum number of connections."""

    connections: int = 4_096
    head_bytes: int = 64 << 10
    head_fields: int = 100
    pipelined: int = 16
    head_seconds: float = 10.0
    unread_seconds: float = 30.0
    rest_seconds: float = 30.0
    """Seconds for the rest of a body after the response."""
    pace: float = 64 << 10
    """Bytes a second at which a client must read a large response."""
    check_every: float = 1.0


class Connections:
    """The open connections of one process, the oldest first."""

    def __init__(self, limits: ConnectionLimits = ConnectionLimits(), memory: int = MEMORY) -> None:
        self.limits = limits
        self.memory = MemoryBudget(memory)
        self._open: dict[Connection, None] = {}
        self._due: list[Connection] = []
        self._sweep: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: Connection) -> bool:
        """Adds a connection. If there are too many, closes the oldest one that waits for a request; False if none does,
        so that the new one must be refused."""
        if len(self._open) >= self.limits.connections:
            waiting = next((other for other in self._open if not other.is_responding()), None)
            if waiting is None:
                return False
            waiting.give_way()
            self.discard(waiting)
        self._open[connection] = None
        if self._sweep is None:
            self._schedule_check()
        return True

    def discard(self, connection: Connection) -> None:
        """Removes a closed connection."""
        self._open.pop(connection, None)
        self.memory.release(connection)

    def _schedule_check(self) -> None:
        sweeps = max(1.0, len(self._open) / _AT_ONCE)
        self._sweep = asyncio.get_running_loop().call_later(self.limits.check_every / sweeps, self._check)

    def _check(self) -> None:
        self._sweep = None
        now = asyncio.get_running_loop().time()
        self._due = self._due or list(self._open)
        some, self._due = self._due[:_AT_ONCE], self._due[_AT_ONCE:]
        for connection in some:
            if connection in self._open:
                connection.check(now)
        if self._open:
            self._schedule_check()
