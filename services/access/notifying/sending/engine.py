"""Drives webhooks in a worker of access: takes their leases, starts and ends their drivers, and writes what came of
attempts."""

import asyncio
import time
from collections.abc import Collection, Mapping
from uuid import UUID, uuid4

import structlog

from services.access.notifying.feed.tail import Tail
from services.access.notifying.sending import leasing
from services.access.notifying.sending.driver import Driver
from services.access.notifying.sending.events import Events
from services.access.notifying.sending.outcomes import Outcomes
from services.access.notifying.sending.parts import Hosts, Parts
from services.access.notifying.webhooks import operations
from services.access.notifying.webhooks.keys import KeySeal
from shared.auth.published import PrincipalCache
from shared.configuration.settings import Settings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.statements import Connection
from shared.database.unit_of_work import unit_of_work
from shared.egress.sender import SECONDS, Sender
from shared.messaging.notices import PRINCIPALS, received
from shared.messaging.notifier import Notifier
from shared.messaging.supervision import end, keep_running
from shared.observability.metrics import WEBHOOK_BEHIND, WEBHOOKS_BROKEN, WEBHOOKS_DRIVEN

log = structlog.get_logger(__name__)
CONNECTIONS = 4
_TICK = 1.0
"""Seconds between two looks at leases and at what is due again."""
_PATIENCE = 15.0
"""Seconds for which one of many drivers waits for a connection."""
_STORED_EVERY = 5.0
"""Seconds between two stored positions of webhooks for which nothing happens."""
_OWN = "escm.access.webhook."
_MOST_OWNERS = 4_096
_BEHIND = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - f.sequenced_at)), 0)::float
FROM access_webhook_state s JOIN core_fact f ON f.position = s.position + 1 WHERE s.webhook_id = ANY($1)
"""


class WebhookEngine:
    """Drives until its task is cancelled. `seconds` is the time of one attempt, `lease` that of the leases."""

    def __init__(
        self,
        settings: Settings,
        *,
        lease: float = leasing.LEASE,
        seconds: float = SECONDS,
        sender: Sender | None = None,
        believed: float | None = None,
    ) -> None:
        self._settings = settings
        self._lease = lease
        self._seconds = seconds
        self._given_sender = sender
        self._believed = settings.grants_believed if believed is None else believed
        self._holder = uuid4()
        self._held_until = self._next_positions = 0.0
        self._drivers: dict[UUID, tuple[Driver, asyncio.Task[None]]] = {}

    def skip_pauses(self) -> None:
        """Ends the pauses of breakers: their receivers are asked again at once."""
        for driver, _ in self._drivers.values():
            driver.skip_pause()

    async def run(self) -> None:
        """Works until it is cancelled. Survives the loss of PostgreSQL and Valkey."""
        settings = self._settings
        database = await Database.open(
            settings.database_dsn(), size=CONNECTIONS, patience=_PATIENCE, application="escm-webhooks"
        )
        notifier = Notifier(settings.redis_url)
        tail = Tail(database, settings.redis_url)
        principals = PrincipalCache(database, age=self._believed, bound=_MOST_OWNERS)
        outcomes = Outcomes(database)
        secret = settings.secret_key.get_secret_value().encode()

        async def give_up(webhook: UUID) -> None:
            async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                await operations.give_up(uow, webhook)
            notifier.notify(uow.principals)

        async with self._given_sender or Sender(settings, seconds=self._seconds) as sender:
            parts = Parts(
                database, principals, tail, sender, Events(settings), KeySeal(secret), outcomes, Hosts(), give_up
            )
            work = {
                "webhook_feed": tail.run,
                "webhook_notices": tail.listen,
                "webhook_principals": lambda: _forget_changed(principals, settings.redis_url),
                "webhook_outcomes": outcomes.run,
                "webhook_leases": lambda: self._lead(parts),
            }
            running = [asyncio.create_task(keep_running(name, each), name=name) for name, each in work.items()]
            try:
                await asyncio.gather(*running)
            finally:
                await end([*(task for _, task in self._drivers.values()), *running])
                await self._leave(database, outcomes)
                await notifier.close()
                await database.close()

    async def _leave(self, database: Database, outcomes: Outcomes) -> None:
        """Writes what is known and lets others drive at once."""
        try:
            async with asyncio.timeout(2):
                await outcomes.write()
                async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                    await leasing.release(uow.connection, self._holder)
        except Exception as error:
            log.warning("webhooks_not_released", error=str(error))

    async def _lead(self, parts: Parts) -> None:
        with parts.tail.follow(lambda new: new.fact.type.startswith(_OWN)) as follower:
            while True:
                follower.woken.clear()
                await self._look(parts, follower.woken)
                try:
                    async with asyncio.timeout(min(_TICK, self._lease / 5)):
                        await follower.woken.wait()
                except TimeoutError:
                    pass

    async def _look(self, parts: Parts, woken: asyncio.Event) -> None:
        began = time.monotonic()
        try:
            async with unit_of_work(parts.database, SYSTEM_CONTEXT) as uow:
                held = await leasing.hold(uow.connection, self._holder, self._lease)
                self._held_until = began + self._lease
                new = self._compare(held)
                loaded = await leasing.load(uow.connection, new) if new else []
                due = await leasing.with_due(uow.connection, held) if held else []
                WEBHOOK_BEHIND.set(await _behind(uow.connection, held))
        except Exception:
            if time.monotonic() > self._held_until:
                self._end_all()
            raise
        for one in loaded:
            driver = Driver(parts, one)
            task = asyncio.create_task(driver.run(), name=f"webhook {one.record.ref}")
            task.add_done_callback(lambda _done: woken.set())
            self._drivers[one.record.id] = driver, task
        for key in due:
            if key in self._drivers:
                self._drivers[key][0].wake()
        if began >= self._next_positions:
            self._next_positions = began + _STORED_EVERY
            for driver, _ in self._drivers.values():
                driver.note_position()
        WEBHOOKS_DRIVEN.set(len(self._drivers))
        WEBHOOKS_BROKEN.set(sum(driver.is_broken for driver, _ in self._drivers.values()))

    def _compare(self, held: Mapping[UUID, tuple[int, int]]) -> Collection[UUID]:
        """Ends the drivers of webhooks whose lease was lost, stops those of changed ones. Returns those without a
        driver."""
        for key, (driver, task) in list(self._drivers.items()):
            if task.done():
                del self._drivers[key]
            elif key not in held or held[key][0] != driver.state.fence:
                task.cancel()
                del self._drivers[key]
            elif held[key][1] != driver.record.version:
                driver.stop()
        return held.keys() - self._drivers.keys()

    def _end_all(self) -> None:
        """Ends all drivers: their leases have run out, and others may drive."""
        for _, task in self._drivers.values():
            task.cancel()
        self._drivers.clear()


async def _behind(connection: Connection, webhooks: Collection[UUID]) -> float:
    found: float = await connection.fetchval(_BEHIND, list(webhooks))
    return found


async def _forget_changed(principals: PrincipalCache, redis_url: str) -> None:
    """Forgets the owners whose grants changed; all of them where notices may have been missed."""
    async for notice in received(redis_url, PRINCIPALS):
        principals.forget(None if notice is None else {UUID(one) for one in notice.decode().split(",")})
