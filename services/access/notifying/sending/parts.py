"""What drivers share, and what is sent in one attempt."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from weakref import WeakValueDictionary

import orjson

from services.access.notifying.feed.tail import Tail
from services.access.notifying.sending.events import Advance, Events
from services.access.notifying.sending.outcomes import Outcomes
from services.access.notifying.webhooks.domain import ADVANCED
from services.access.notifying.webhooks.keys import KeySeal
from services.access.notifying.webhooks.record import Webhook
from shared.auth.published import PrincipalCache
from shared.contracts.envelope import Fact
from shared.database.pool import Database
from shared.egress.sender import Answer, Sender
from shared.kernel.clock import to_text

_AGAIN_AFTER = (429, 503)
"""Answers whose `Retry-After` is kept."""
_SLOWER_FOR = 60.0
_NONE = dict.fromkeys(("country", "position", "after_position", "events"))


class Hosts:
    """The connections to each host, over all webhooks of a worker."""

    def __init__(self, most: int = 20) -> None:
        self._most = most
        self._places: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def place(self, url: str) -> asyncio.Semaphore:
        """A connection to the host of an address, for a block."""
        host = urlsplit(url).netloc
        if (found := self._places.get(host)) is None:
            found = self._places[host] = asyncio.Semaphore(self._most)
        return found


class Pace:
    """When a webhook may send: at its rate, at half of it for a minute after its receiver asked for less, and after the
    pause of its breaker."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._next_at = self._slower_until = self._not_before = 0.0
        self._skipped = asyncio.Event()

    async def wait(self) -> None:
        """Waits for the turn of the next event."""
        present = time.monotonic()
        turn = max(present, self._next_at)
        self._next_at = turn + (2 if present < self._slower_until else 1) / self._rate
        if turn > present:
            await asyncio.sleep(turn - present)

    def slow_down(self) -> None:
        """Halves the rate for a minute."""
        self._slower_until = time.monotonic() + _SLOWER_FOR

    def pause_for(self, seconds: float) -> None:
        """Sets the pause."""
        self._not_before = time.monotonic() + seconds

    async def pause(self) -> None:
        """Waits for the end of the pause."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(self._not_before - time.monotonic(), 0)):
                await self._skipped.wait()
        self._skipped.clear()

    def skip_pause(self) -> None:
        """Ends the pause."""
        self._skipped.set()


@dataclass(frozen=True, slots=True)
class Parts:
    """What the drivers of a worker share."""

    database: Database
    principals: PrincipalCache
    tail: Tail
    sender: Sender
    events: Events
    seal: KeySeal
    outcomes: Outcomes
    hosts: Hosts
    give_up: Callable[[UUID], Awaitable[None]]
    """Disables a webhook for the system."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is sent in one attempt: the event, and the columns or the row of its delivery."""

    event: dict[str, Any]
    columns: Mapping[str, Any]
    attempts: int
    row: Mapping[str, Any] | None = None
    position: int | None = None

    @classmethod
    def of_fact(cls, events: Events, position: int, fact: Fact) -> "Item":
        """An event of the feed."""
        columns = {"event_id": fact.id, "type": fact.type, "record": fact.ref, "country": fact.country}
        return cls(events.of_fact(fact), {**_NONE, **columns, "position": position}, 0, position=position)

    @classmethod
    def of_advance(cls, events: Events, webhook: Webhook, advance: Advance) -> "Item":
        """A notice of events of imports."""
        columns = {"event_id": advance.id_for(webhook.id), "type": ADVANCED, "record": webhook.ref}
        between = {"position": advance.upto, "after_position": advance.after, "events": advance.count}
        return cls(events.advance(webhook, advance), {**_NONE, **columns, **between}, 0, position=advance.after + 1)


def retry_after(answer: Answer) -> float | None:
    """The seconds of a `Retry-After`."""
    raw = answer.headers.get("retry-after", "")
    return float(raw) if answer.status in _AGAIN_AFTER and raw.isascii() and raw.isdigit() and len(raw) < 9 else None


def attempt_of(at: datetime, status: int | None, milliseconds: int, problem: str | None, head: str) -> str:
    attempt = {"at": to_text(at), "status_code": status, "milliseconds": milliseconds, "problem": problem}
    return orjson.dumps({**attempt, "answer_head": head} if problem and head else attempt).decode()
