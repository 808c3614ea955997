"""When clients, keys and sessions were last used, to the hour: noted in memory, written in the background."""

import time
from uuid import UUID

from shared.database.pool import Database

WRITE_EVERY = 30.0
"""Seconds between two writes."""
_HOUR = 3600
_WRITE = """
INSERT INTO access_last_use AS l (kind, id, used_at)
SELECT kind, id, to_timestamp(hour * 3600) FROM unnest($1::text[], $2::uuid[], $3::bigint[]) AS noted (kind, id, hour)
ORDER BY kind, id
ON CONFLICT (kind, id) DO UPDATE SET used_at = excluded.used_at WHERE l.used_at < excluded.used_at
"""


class LastUses:
    """The `bound` most recent uses in one process, each at most once an hour."""

    def __init__(self, database: Database, *, bound: int) -> None:
        self._database = database
        self._bound = bound
        self._noted: dict[tuple[str, UUID], int] = {}
        self._unwritten: dict[tuple[str, UUID], int] = {}

    def note(self, kind: str, identity: UUID) -> None:
        """Notes a use in this hour. `kind` is `client`, `key` or `session`."""
        hour = int(time.time() // _HOUR)
        if self._noted.get((kind, identity)) == hour:
            return
        if len(self._noted) >= self._bound:
            self._noted.clear()
        self._noted[kind, identity] = self._unwritten[kind, identity] = hour

    async def write(self) -> None:
        """Writes the uses noted since the last write. A failed write is retried with the next."""
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
