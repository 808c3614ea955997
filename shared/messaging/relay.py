"""The relay: one leader among any number of processes orders committed facts and notifies their consumers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

import structlog

from shared.configuration.settings import Settings
from shared.database.pool import Database
from shared.database.statements import Connection
from shared.messaging.housekeeping import measure, tidy
from shared.messaging.queue import QueuePublisher
from shared.messaging.sequencer import Leader, Sequencer
from shared.messaging.supervision import end, every, keep_running, wait_for_stop
from shared.messaging.wakeup import POLL, RELAY, WakeUp
from shared.messaging.work_store import LeaseLost
from shared.observability import metrics

log = structlog.get_logger(__name__)
CONNECTIONS = 3
_CHUNK = 10_000
"""Maximum facts in a transaction. During an import each transaction scans the rows that earlier ones deleted and no
vacuum may remove yet."""
_GAP = 0.008
_MEASURE_EVERY = 5.0
_TIDY_EVERY = 60.0


class Relay:
    """Leads, or waits to lead, until it is stopped or its task is cancelled.

    `lease` (seconds) bounds the time without a leader after a leader's death. For `grace` seconds after its start or a
    loss of PostgreSQL, a leader reclaims no work, because workers could not renew their leases. A failing fact or job
    has `attempts` tries, the second after `backoff` seconds, then each after twice the time. Without a notification the
    leader polls every `poll` seconds, or four times in a lease.
    """

    def __init__(
        self,
        settings: Settings,
        sequencers: Sequence[Sequencer] = (),
        *,
        lease: float = 5.0,
        grace: float = 5.0,
        attempts: int = 8,
        backoff: float = 1.0,
        poll: float = POLL,
    ) -> None:
        self._settings = settings
        self._sequencers = sequencers
        self._lease = lease
        self._grace = grace
        self._reclaim = (attempts, backoff)
        self._holder = uuid4()
        self._wakeup = WakeUp(RELAY, poll=min(poll, lease / 4))
        self._stop = asyncio.Event()
        self.is_ready = False

    def stop(self) -> None:
        """Starts the end of `work`."""
        self.is_ready = False
        self._stop.set()
        self._wakeup.notify()

    async def work(self) -> None:
        """Relays until `stop`. Survives the loss of Valkey and PostgreSQL."""
        self._database = await Database.open(
            self._settings.database_dsn("relay"), size=CONNECTIONS, application="escm-relay"
        )
        self._publisher = QueuePublisher(self._settings.redis_url)
        helpers = [
            asyncio.create_task(keep_running("wakeup", lambda: self._wakeup.listen(self._settings.redis_url))),
            asyncio.create_task(keep_running("measure", lambda: every(_MEASURE_EVERY, self._with(measure)))),
            asyncio.create_task(keep_running("tidy", lambda: every(_TIDY_EVERY, self._with(self._tidy)))),
        ]
        leading = asyncio.create_task(keep_running("lead", self._lead, pause=0.1, until=self._stop.is_set))
        try:
            await wait_for_stop(self._stop, [leading, *helpers])
        finally:
            self.stop()
            await asyncio.wait([leading], timeout=2)
            await end([leading, *helpers])
            await self._publisher.close()
            await self._database.close()

    async def _lead(self) -> None:
        """One term of leadership, or one wait for it."""
        async with self._database.acquire() as connection:
            leader = await Leader.elect(connection, self._holder, self._lease)
            self.is_ready = True
            if leader is None:
                await asyncio.sleep(self._lease / 4)
                return
            log.info("leading")
            try:
                with metrics.LEADING.track_inprogress():
                    await self._serve(leader)
            except LeaseLost:
                log.warning("lease_lost")
                return
            except BaseException:
                self.is_ready = False
                raise
            await leader.resign()

    async def _serve(self, leader: Leader) -> None:
        loop = asyncio.get_running_loop()
        grace_ends = loop.time() + self._grace
        while not self._stop.is_set():
            began = loop.time()
            reclaim = self._reclaim if self._wakeup.is_poll_due() and began >= grace_ends else None
            moved, messages = await leader.tick(_CHUNK, self._sequencers, reclaim)
            self._publisher.notify(messages, is_longer=moved > 0)
            metrics.SEQUENCED.inc(moved)
            if moved < _CHUNK:
                await asyncio.sleep(max(0.0, _GAP - (loop.time() - began)))
                await self._wakeup.wait()

    async def _tidy(self, connection: Connection) -> None:
        await tidy(connection, self._settings.responses_mebibytes)

    def _with(self, work: Callable[[Connection], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            async with self._database.acquire() as connection:
                await work(connection)

        return run
