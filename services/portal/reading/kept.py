"""Pages as they were made, while what they are made of is fresh. Pages that name people are made anew each time.

A process has its own pages, in memory.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, NamedTuple, TypeAlias

from fastapi import FastAPI, Request, Response

from services.portal.reading.recent import Recent
from shared.kernel.clock import now
from shared.pages.policy import PUBLISHED
from shared.web.edge.fixed import fixed_response

MOST_BYTES = 32 << 20
MOST = 2_000
"""Bytes and number of all pages."""
_CACHED = PUBLISHED["Cache-Control"]
Endpoint: TypeAlias = Callable[..., Awaitable[Response]]


class _Page(NamedTuple):
    body: bytes
    media_type: str
    headers: dict[str, str]
    until: datetime


class KeptPages(Recent[_Page]):
    """Pages by address. Each is good for `fresh` after what it is made of was read."""

    def __init__(self, fresh: timedelta) -> None:
        super().__init__(MOST_BYTES, MOST)
        self.fresh = fresh


def note_read(request: Request, seen: datetime | None) -> None:
    """Says that the page of a request is made of what a service confirmed at a time; None for what names people."""
    before = getattr(request.state, "page_read", now())
    request.state.page_read = None if seen is None or before is None else min(before, seen)


def kept(endpoint: Endpoint) -> Endpoint:
    """The endpoint of a page at one address, whose page is made once and then sent while it is fresh."""

    @wraps(endpoint)
    async def answered(request: Request, **named: Any) -> Response:
        pages: KeptPages = request.app.state.kept_pages
        address = f"{request.url.path}?{request.scope['query_string'].decode('latin-1')}"
        page = pages.get(address)
        if page is not None and now() < page.until:
            return fixed_response(request, page.body, page.media_type, page.headers)
        pages.drop(address)
        response = await endpoint(request=request, **named)
        read: datetime | None = getattr(request.state, "page_read", now())
        if read is not None and response.status_code == 200 and response.headers["cache-control"] == _CACHED:
            shown = {name: value for name, value in response.headers.items() if name not in _OF_ONE}
            body = bytes(response.body)
            made = _Page(body, response.media_type or "", shown, read + pages.fresh)
            pages.put(address, made, len(body))
        return response

    return answered


_OF_ONE = frozenset({"content-length", "content-type", "etag"})
"""Headers that each response gets anew."""


@asynccontextmanager
async def kept_pages(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.kept_pages` while the app runs."""
    app.state.kept_pages = KeptPages(timedelta(seconds=app.state.settings.fresh))
    yield
