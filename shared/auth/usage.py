"""When clients, keys and sessions were last used, to the hour: noted in memory, written behind the requests' backs."""

import time
from uuid import UUID

from shared.database.pool import Database

WRITE_EVERY = 30.0
"""Seconds between two writes of what was noted."""
_HOUR = 3600
_WRITE = """
INSERT INTO access_last_use AS l (kind, id, used_at)
SELECT kind, id, to_timestamp(hour * 3600) FROM unnest($1::text[], $2::uuid[], $3::bigint[]) AS noted (kind, id, hour)
ORDER BY kind, id
ON CONFLICT (kind, id) DO UPDATE SET used_at = excluded.used_at WHERE l.used_at < excluded.used_at
"""


class LastUses:
    """The uses that one process saw, each at most once an hour, of the `bound` last."""

    def __init__(self, database: Database, *, bound: int) -> None:
        self._database = database
        self._bound = bound
        self._noted: dict[tuple[str, UUID], int] = {}
        self._unwritten: dict[tuple[str, UUID], int] = {}

    def note(self, kind: str, identity: UUID) -> None:
        """Remembers that it was used in this hour. `kind` is `client`, `key` or `session`."""
        hour = int(time.time() // _HOUR)
        if self._noted.get((kind, identity)) == hour:
            return
        if len(self._noted) >= self._bound:
            self._noted.clear()
        self._noted[kind, identity] = self._unwritten[kind, identity] = hour

    async def write(self) -> None:
        """Writes what was noted since the last time; what could not be written is tried again with the next."""
        if not self._unwritten:
            return
        writing, self._unwritten = self._unwritten, {}
        kinds, identities = zip(*writing, strict=True)
        try:
            async with self._database.acquire() as connection:
                await connection.execute(_WRITE, kinds, identities, list(writing.values()))
        except BaseException:
            self._unwritten = {**writing, **self._unwritten}
            raise
