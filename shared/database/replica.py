"""A standby from which anonymous callers read while it is fresh."""

import math
import time
from collections import deque

from shared.database.pool import Database

INTERVAL = 0.5
"""Seconds between two checks."""
_WRITTEN = """
SELECT (pg_current_wal_lsn() - '0/0')::bigint AS position, system_identifier FROM pg_control_system()
"""
_REPLAYED = """
SELECT (pg_last_wal_replay_lsn() - '0/0')::bigint AS position, system_identifier FROM pg_control_system()
WHERE pg_is_in_recovery()
"""


class NotAStandby(Exception):
    """The address of the replica is that of no standby of this primary."""


class Replica:
    """A standby of `primary`, read through `database`. It is fresh if it has everything that was committed `bound`
    seconds ago.

    Each check notes the position of the primary, and which noted positions the standby has replayed: the age of the
    latest of them is the lag. No clock of another host is needed, an idle primary causes no lag, and a standby that
    cannot be checked is not fresh after `bound` seconds.
    """

    def __init__(self, primary: Database, database: Database, bound: float) -> None:
        self.database = database
        self._primary = primary
        self._bound = bound
        self._written: deque[tuple[float, int]] = deque(maxlen=round(bound / INTERVAL) + 1)
        self._as_of = -math.inf

    @property
    def is_fresh(self) -> bool:
        """Whether anonymous callers may read from it."""
        return self.lag <= self._bound

    @property
    def lag(self) -> float:
        """The seconds since which everything that was committed is known to be here; infinite if nothing is known."""
        return time.monotonic() - self._as_of

    def doubt(self) -> None:
        """Called when a read failed: it is not fresh until the next check that succeeds."""
        self._as_of = -math.inf

    async def check(self) -> None:
        """Raises Unavailable if a server cannot be reached, NotAStandby if this is no standby of the primary."""
        asked_at = time.monotonic()
        async with self._primary.acquire() as connection:
            written = await connection.fetchrow(_WRITTEN)
        self._written.append((asked_at, written["position"]))
        async with self.database.acquire() as connection:
            replayed = await connection.fetchrow(_REPLAYED)
        if replayed is None or replayed["system_identifier"] != written["system_identifier"]:
            self.doubt()
            raise NotAStandby("ESCM_DATABASE_REPLICA_URL names no standby of the database")
        while self._written and self._written[0][1] <= replayed["position"]:
            self._as_of, _ = self._written.popleft()
