"""What drivers share, and what is sent in one attempt."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from weakref import WeakValueDictionary

import orjson

from services.access.notifying.feed.tail import Tail
from services.access.notifying.sending.events import Events
from services.access.notifying.sending.outcomes import Outcomes
from services.access.notifying.webhooks.keys import KeySeal
from shared.auth.published import PrincipalCache
from shared.database.pool import Database
from shared.egress.sender import Answer, Sender
from shared.kernel.clock import to_text

_AGAIN_AFTER = (429, 503)
"""Answers whose `Retry-After` is kept."""


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


def retry_after(answer: Answer) -> float | None:
    """The seconds of a `Retry-After`."""
    raw = answer.headers.get("retry-after", "")
    return float(raw) if answer.status in _AGAIN_AFTER and raw.isascii() and raw.isdigit() and len(raw) < 9 else None


def attempt_of(at: datetime, status: int | None, milliseconds: int, problem: str | None, head: str) -> str:
    attempt = {"at": to_text(at), "status_code": status, "milliseconds": milliseconds, "problem": problem}
    return orjson.dumps({**attempt, "answer_head": head} if problem and head else attempt).decode()
