"""Parts of builds that stand in the store by a digest of what they were made of, so that the next build of an edition
makes only what is new."""

import io
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from services.actions.global_report.builds import queries
from services.actions.global_report.volumes.reusing import Make
from shared.bulk.store import FileStore
from shared.database.context import SYSTEM_CONTEXT
from shared.database.snapshot import snapshot
from shared.kernel.clock import now
from shared.messaging.job_run import JobRun

MOST_PARTS, MOST_BYTES = 20_000, 2 << 30
"""How many parts an edition keeps, and their bytes; those that were used last stay."""
UNUSED_FOR = timedelta(days=30)
"""How long a part stays that no build uses."""


async def content_of(store: FileStore, digest: str) -> bytes | None:
    """A stored file; None if it is lost."""
    try:
        async with aclosing(store.blocks(digest)) as blocks:  # type: ignore[type-var]
            return b"".join([block async for block in blocks])
    except FileNotFoundError:
        return None


@dataclass
class Parts:
    """The parts of an edition. `made` and `reused` count those of this build."""

    run: JobRun
    store: FileStore
    edition: UUID
    made: int = 0
    reused: int = 0
    _known: Mapping[str, str] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    async def load(self) -> None:
        """Reads which parts there are."""
        async with snapshot(self.run.database, SYSTEM_CONTEXT) as connection:
            self._known = await queries.parts_of(connection, self.edition)

    async def keep(self, digest: str, make: Make) -> bytes:
        """The part with this digest of its inputs, which is made and stored if it is not there."""
        self._used.add(digest)
        if digest in self._known and (found := await content_of(self.store, self._known[digest])) is not None:
            self.reused += 1
            return found
        content = await make()
        stored = await self.store.put(io.BytesIO(content))
        async with self.run.unit_of_work() as uow:
            await queries.add_part(uow.connection, self.edition, digest, stored.digest, stored.size, now())
        self.made += 1
        return content

    async def note_use(self) -> None:
        """Notes that the parts of this build are in use."""
        async with self.run.unit_of_work() as uow:
            await queries.use_parts(uow.connection, self.edition, sorted(self._used), now())
