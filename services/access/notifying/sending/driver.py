"""Drives one webhook: its rate, its window and its breaker are plain memory, since no other worker drives it."""

import asyncio
import time
from collections import deque
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import structlog

from services.access.notifying.feed.tail import Follower
from services.access.notifying.sending import leasing
from services.access.notifying.sending.events import Advance
from services.access.notifying.sending.leasing import Loaded
from services.access.notifying.sending.outcomes import Outcome, State
from services.access.notifying.sending.parts import Item, Pace, Parts, attempt_of, retry_after
from services.access.notifying.sending.reading import Reading
from services.access.notifying.webhooks import domain
from services.access.notifying.webhooks.domain import ADVANCED, ENDS_AFTER, PINGED
from services.access.notifying.webhooks.keys import Key, headers_of
from shared.auth.keys import InvalidToken
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import unit_of_work
from shared.egress.sender import Answer
from shared.kernel.clock import now
from shared.observability.logs import describe
from shared.observability.metrics import WEBHOOK_ATTEMPTS

log = structlog.get_logger(__name__)
_SLOWER = (429, 502, 503, 504)
"""Answers that halve the rate for a minute."""
_GONE = 410
_RESTS = 5.0
"""Seconds after which the owner of a webhook without events is looked at again."""
_FETCHED = 50
_AFTER_FAILURE = 0.5


class Driver:
    """One webhook under one lease. `run` ends when the lease is lost, or the webhook is disabled."""

    def __init__(self, parts: Parts, loaded: Loaded) -> None:
        self._parts = parts
        self.record = loaded.record
        self.state = State(
            loaded.record.id, loaded.fence, loaded.position, loaded.failures, loaded.failing_since, loaded.milliseconds
        )
        self._keys: list[tuple[Key, datetime | None]] = [
            (key, until)
            for identity, sealed, until in loaded.keys
            if (key := parts.seal.open(sealed, identity)) is not None
        ]
        self._due: deque[Mapping[str, Any]] = deque()
        self._in_work: set[UUID] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pace = Pace(loaded.record.rate)
        self._is_due = True
        self._is_stopped = self._is_over = False
        self._follower: Follower | None = None
        self._reading: Reading | None = None

    @property
    def is_broken(self) -> bool:
        """Whether its breaker is open."""
        return self.state.failures >= domain.BREAKS_AFTER

    def wake(self) -> None:
        """Something is due again."""
        self._is_due = True
        if self._follower is not None:
            self._follower.woken.set()

    def skip_pause(self) -> None:
        """Ends the pause of the breaker."""
        self._pace.skip_pause()

    def stop(self) -> None:
        """Ends `run` after the attempts under way."""
        self._is_stopped = True
        self._pace.skip_pause()
        self.wake()

    async def run(self) -> None:
        """Drives until it is stopped or cancelled, or nothing may be sent any more."""
        with self._parts.tail.follow(lambda _fact: True) as follower:
            self._follower = follower
            follower.upto = self.state.position
            follower.woken.set()
            self._reading = Reading(self._parts.database, self._parts.principals, self.record, follower, self.stop)
            try:
                while not self._is_stopped:
                    await self._turn_or_wait(self._reading, follower)
                await asyncio.gather(*self._tasks)
                await self._parts.outcomes.note(self.state)
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._is_over:
            await self._parts.give_up(self.record.id)

    async def _turn_or_wait(self, reading: Reading, follower: Follower) -> None:
        try:
            await self._turn(reading, follower)
        except InvalidToken:
            self._is_over = self._is_stopped = True
        except Exception as error:
            log.warning("webhook_interrupted", webhook=self.record.ref, error=describe(error))
            await asyncio.sleep(_AFTER_FAILURE)

    async def _turn(self, reading: Reading, follower: Follower) -> None:
        await self._has_place()
        item = await self._next(reading)
        self._note_position(reading)
        if item is None:
            await self._rest(reading, follower)
            return
        await self._pace.wait()
        if self._is_stopped:
            return
        self._spawn(self._attempt(reading, item))

    async def _has_place(self) -> None:
        """Waits for a place in the window; while the breaker is open for the end of its pause, with nothing else under
        way."""
        while True:
            if self.is_broken:
                if self._tasks:
                    await asyncio.wait(self._tasks)
                    continue
                await self._pace.pause()
                return
            if len(self._tasks) < self.record.in_flight:
                return
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def _next(self, reading: Reading) -> Item | None:
        if not self._due and self._is_due:
            await self._fetch_due()
        if self._due:
            return await self._again(reading, self._due.popleft())
        if self.record.status != "active":
            return None
        found = await reading.next()
        if found is None:
            return None
        if isinstance(found, Advance):
            return Item.of_advance(self._parts.events, self.record, found)
        return Item.of_fact(self._parts.events, *found)

    async def _fetch_due(self) -> None:
        async with unit_of_work(self._parts.database, SYSTEM_CONTEXT) as uow:
            rows = await leasing.due_of(
                uow.connection,
                self.record.id,
                without=self._in_work,
                is_active=self.record.status == "active",
                limit=_FETCHED,
            )
        self._due.extend(rows)
        self._in_work.update(row["id"] for row in rows)
        self._is_due = len(rows) == _FETCHED

    async def _again(self, reading: Reading, row: Mapping[str, Any]) -> Item | None:
        """Another attempt, if the owner may still read the event; else the delivery is cancelled."""
        attempts = len(row["attempts"])
        if row["type"] == PINGED:
            return Item(self._parts.events.ping(self.record, row["event_id"]), {}, attempts, row)
        is_notice = row["type"] == ADVANCED
        after = row["after_position"] if is_notice else row["position"] - 1
        fact = await reading.first_visible(after, row["position"])
        if fact is None or not (is_notice or fact.id == row["event_id"]):
            self._cancel(row)
            return None
        if is_notice:
            advance = Advance(after, row["position"], row["events"])
            return Item(self._parts.events.advance(self.record, advance), {}, attempts, row)
        return Item(self._parts.events.of_fact(fact), {}, attempts, row)

    async def _rest(self, reading: Reading, follower: Follower) -> None:
        """Until there may be something."""
        if self._due or self._is_due:
            return
        waits = [_RESTS, reading.rest() if self.record.status == "active" else None]
        with suppress(TimeoutError):
            async with asyncio.timeout(min(wait for wait in waits if wait is not None)):
                await follower.woken.wait()
        if self.record.status != "active":
            follower.woken.clear()
        else:
            await reading.refresh()

    async def _attempt(self, reading: Reading, item: Item) -> None:
        at, began = now(), time.monotonic()
        try:
            answer = await self._send(item, at)
        except Exception as error:
            log.warning("attempt_failed", webhook=self.record.ref, error=describe(error))
            answer = Answer(None, "connect_failed", "", {})
        self._conclude(reading, item, answer, at, round((time.monotonic() - began) * 1000))

    async def _send(self, item: Item, at: datetime) -> Answer:
        body = orjson.dumps(item.event)
        keys = [key for key, until in self._keys if until is None or until > at]
        headers = headers_of(item.event["id"], int(at.timestamp()), body, keys, self.record.signatures)
        async with self._parts.hosts.place(self.record.url):
            return await self._parts.sender.post(self.record.url, headers, body)

    def _conclude(self, reading: Reading, item: Item, answer: Answer, at: datetime, milliseconds: int) -> None:
        is_ping = item.row is not None and item.row["type"] == PINGED
        aborts = answer.headers.get("webhook-delivery") == "abort-message"
        wait = None
        if answer.fault is not None and not (is_ping or aborts or answer.status == _GONE):
            wait = domain.next_attempt(item.attempts + 1, retry_after(answer))
        status = "delivered" if answer.fault is None else "exhausted" if wait is None else "retrying"
        WEBHOOK_ATTEMPTS.labels(answer.fault or "delivered").inc()
        self._learn(answer, at, milliseconds, is_ping=is_ping, aborts=aborts)
        if item.position is not None:
            reading.close(item.position)
        self.state.position = reading.position
        attempt = attempt_of(at, answer.status, milliseconds, answer.fault, answer.head)
        self._write(
            Outcome(
                self.record.id,
                status,
                None if wait is None else now() + wait,
                attempt,
                milliseconds,
                at,
                item.columns,
                item.row,
            )
        )
        is_over = self.state.failing_since is not None and at - self.state.failing_since >= ENDS_AFTER
        if answer.status == _GONE or is_over:
            self._is_over = True
            self.stop()

    def _learn(self, answer: Answer, at: datetime, milliseconds: int, *, is_ping: bool, aborts: bool) -> None:
        """What an answer says of the receiver."""
        state = self.state
        if answer.fault is None:
            was_broken = self.is_broken
            state.failures, state.failing_since, state.last_success = 0, None, at
            state.last_problem, state.milliseconds = None, milliseconds
            if is_ping:
                state.verified = at
            if was_broken:
                self._spawn(self._make_all_due())
            return
        if answer.status in _SLOWER:
            self._pace.slow_down()
        state.last_problem, state.milliseconds = answer.fault, milliseconds
        if not (is_ping or aborts):
            state.failures += 1
            state.failing_since = state.failing_since or at
            self._pace.pause_for(domain.pause_of_breaker(state.failures))

    def _cancel(self, row: Mapping[str, Any]) -> None:
        at = now()
        attempt = attempt_of(at, None, 0, "no_longer_visible", "")
        WEBHOOK_ATTEMPTS.labels("no_longer_visible").inc()
        self._write(Outcome(self.record.id, "cancelled", None, attempt, 0, at, {}, row))

    def _write(self, outcome: Outcome) -> None:
        written = self._parts.outcomes.note(self.state, outcome)
        if outcome.row is not None:
            key = outcome.row["id"]
            written.add_done_callback(lambda _done: self._in_work.discard(key))

    def _note_position(self, reading: Reading) -> None:
        """Stores how far it read where nothing was for it."""
        if self.record.status == "active" and reading.position != self.state.position:
            self.state.position = reading.position
            self._parts.outcomes.note(self.state)

    def note_position(self) -> None:
        """Stores how far the feed went on without anything for it."""
        if self._reading is not None:
            self._note_position(self._reading)

    async def _make_all_due(self) -> None:
        async with unit_of_work(self._parts.database, SYSTEM_CONTEXT) as uow:
            await leasing.make_all_due(uow.connection, self.record.id)
        self.wake()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
