"""Copies of what the API returns to everybody: a page costs few reads, and stays while a service is away.

A process has its own copies, in memory.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request

from services.portal.reading.recent import Recent
from shared.kernel.clock import now
from shared.kernel.errors import Unavailable
from shared.reading.api import PublicApi, Reply

KEPT = timedelta(hours=24)
"""How long a copy stands for a service that is away."""
MOST_BYTES = 64 << 20
MOST = 20_000
"""Bytes and number of all copies: addresses with other parameters have small ones of their own."""
_RATE_LIMITED = 429


@dataclass(frozen=True, slots=True)
class Copy:
    """A response, and when the service last confirmed it. `is_stale`: it should have been asked again, and is away."""

    reply: Reply
    seen: datetime
    is_stale: bool = False


class Copies:
    """Reads through copies. A copy is used for `fresh` without asking; after that the service says whether it still
    holds."""

    def __init__(self, fresh: timedelta, most_bytes: int = MOST_BYTES, most: int = MOST) -> None:
        self._fresh = fresh
        self._copies = Recent[Copy](most_bytes, most)
        self._reads: dict[str, asyncio.Task[Copy]] = {}

    async def get(self, path: str, query: Mapping[str, str], request: Request) -> Copy:
        """The response at a path of the API, by a copy if the service is away. Raises Unavailable without one."""
        key = f"{path}?{urlencode(sorted(query.items()))}"
        copy = self._copies.get(key)
        if copy is not None and now() - copy.seen < self._fresh:
            return copy
        try:
            found = await self._shared(key, lambda: self._read(key, copy, path, query, request))
        except Unavailable:
            found = None
        if found is not None and found.reply.status_code < 500:
            return found
        if copy is not None and now() - copy.seen < KEPT:
            return replace(copy, is_stale=True)
        raise Unavailable(f"The service {path.split('/')[1]} does not respond.")

    async def _shared(self, key: str, read: Callable[[], Coroutine[Any, Any, Copy]]) -> Copy:
        """Reads once for all who ask at the same time. The rate limit of the one who reads refuses no other."""
        if (under_way := self._reads.get(key)) is not None:
            found = await asyncio.shield(under_way)
            return await read() if found.reply.status_code == _RATE_LIMITED else found
        task = self._reads[key] = asyncio.create_task(read())
        task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(task)

    async def _read(self, key: str, copy: Copy | None, path: str, query: Mapping[str, str], request: Request) -> Copy:
        api: PublicApi = request.app.state.public_api
        reply = await api.get(path, query, request, known=copy.reply.headers.get("etag") if copy else None)
        found = replace(copy, seen=now()) if copy and reply.status_code == 304 else Copy(reply, now())
        if found.reply.status_code == 200:
            self._copies.put(key, found, len(found.reply.content))
        elif found.reply.status_code < 500 and found.reply.status_code != _RATE_LIMITED:
            self._copies.drop(key)
        return found

    def _ended(self, key: str, task: asyncio.Task[Copy]) -> None:
        del self._reads[key]
        if not task.cancelled():
            task.exception()


@asynccontextmanager
async def copies(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.copies` while the app runs."""
    app.state.copies = Copies(timedelta(seconds=app.state.settings.fresh))
    yield
