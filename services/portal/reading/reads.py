"""The reads of pages: anonymous, so that pages show only public data.

What names people is read anew for each page: who leaves is gone everywhere at once.
"""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import orjson
from fastapi import Request

from services.portal.reading.copies import Copies
from services.portal.reading.kept import note_read
from shared.kernel.errors import EscmError, Gone, Malformed, NotFound, RateLimited, Unavailable, invalid_parameter
from shared.reading.api import PublicApi, Reply

_KEY = re.compile(r"^[A-Za-z0-9-]{1,64}$")
_CODE = re.compile(r"[0-9A-Za-z*~$= -]{1,50}")
"""What the code of a certificate is written with; anything else would be another address of the API."""
_OF_PEOPLE = ("experts", "certificates")
"""The lists whose records name people."""
_REFUSALS: Mapping[int, type[EscmError]] = {400: Malformed, 404: NotFound, 410: Gone}


def cursor_of(following: str | None) -> str | None:
    """The cursor in the address of the next page."""
    return parse_qs(urlsplit(following).query)["cursor"][0] if following else None


class Elsewhere(Exception):
    """The record was merged into another; `key` is the key of the winner."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


class PageReads:
    """The reads of one page. `as_of` is set where a service is away: since when the page may lack changes."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._api: PublicApi = request.app.state.public_api
        self._copies: Copies = request.app.state.copies
        self._oldest: datetime | None = None
        self.as_of: datetime | None = None

    async def listed(self, service: str, plural: str, **query: str) -> dict[str, Any]:
        """A page of a list. Raises Malformed for an invalid filter."""
        return await self._read(service, plural, query)

    async def every(self, service: str, plural: str, **query: str) -> AsyncIterator[dict[str, Any]]:
        """The items of a list, page by page. Raises as `listed` does."""
        more: dict[str, str] | None = {}
        while more is not None:
            found = await self.listed(service, plural, **query, **more)
            for item in found["items"]:
                yield item
            cursor = cursor_of(found["next"])
            more = {"cursor": cursor} if cursor else None

    async def record(self, service: str, plural: str, key: str, **query: str) -> dict[str, Any]:
        """A record by its id or ref. Raises NotFound, Gone, Elsewhere."""
        if not _KEY.match(key):
            raise NotFound("There is no such record.")
        return await self._read(service, f"{plural}/{key}", query)

    async def known(self, service: str, plural: str, key: str | None, **query: str) -> dict[str, Any] | None:
        """A record that another one refers to; None without a reference, if it is not public, or if it names people
        and the service is away. Raises Unavailable for others without a copy."""
        try:
            return await self.record(service, plural, key, **query) if key else None
        except Elsewhere as moved:
            return await self.known(service, plural, moved.key, **query)
        except (NotFound, Gone):
            return None
        except Unavailable as away:
            self._leave_out(plural, away)
            return None

    async def related(self, service: str, plural: str, **query: str) -> dict[str, Any]:
        """A page of a list of records that name the one of this page; empty if they name people and the service is
        away. Raises Unavailable for others without a copy."""
        try:
            return await self.listed(service, plural, **query)
        except Unavailable as away:
            self._leave_out(plural, away)
            return {"items": [], "next": None}

    def _leave_out(self, plural: str, away: Unavailable) -> None:
        """Notes since when the page may lack people whose service is away. Raises Unavailable for others."""
        if plural not in _OF_PEOPLE or self._oldest is None:
            raise away
        self.as_of = self._oldest

    async def verified(self, code: str) -> dict[str, Any]:
        """What a certificate is worth, by its code. Raises NotFound, RateLimited after too many unknown ones."""
        if not _CODE.fullmatch(code):
            raise NotFound("There is no certificate with this code.")
        return await self._read("membership", f"certificates/verify/{quote(code, safe='')}", {})

    async def file(self, path: str, *, most_bytes: int) -> bytes:
        """The content of a file that a record names by its path. Raises NotFound, Gone, and Unavailable for more
        bytes."""
        reply = await self._api.get(path, {}, self._request, most_bytes=most_bytes)
        if reply.status_code == 200:
            return reply.content
        raise _refusal(reply, path.split("/")[1])

    async def _read(self, service: str, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        reply = await self._reply(f"/{service}/v1/{path}", query, of_people=_names_people(path, query))
        if reply.status_code == 200 and reply.is_json:
            return dict(orjson.loads(reply.content))
        raise _refusal(reply, service)

    async def _reply(self, path: str, query: Mapping[str, str], *, of_people: bool) -> Reply:
        if of_people:
            note_read(self._request, None)
            return await self._api.get(path, query, self._request)
        copy = await self._copies.get(path, query, self._request)
        self._oldest = min(copy.seen, self._oldest or copy.seen)
        note_read(self._request, copy.seen)
        if copy.is_stale:
            self.as_of = min(copy.seen, self.as_of or copy.seen)
        return copy.reply


def _names_people(path: str, query: Mapping[str, str]) -> bool:
    """Whether a response may name people: also that of a contribution, and of a list of them with their authors."""
    plural, *below = path.split("/")
    if plural != "contributions":
        return plural in _OF_PEOPLE or "citation" in below
    return bool(below) or "authors" in query.get("fields", "authors").split(",")


def _refusal(reply: Reply, service: str) -> Exception:
    """Why a page cannot be shown after this reply."""
    if reply.status_code == 308:
        return Elsewhere(reply.headers["location"].partition("?")[0].rpartition("/")[2])
    if reply.status_code == 429:
        return RateLimited(retry_after=int(reply.headers.get("retry-after", "1")))
    if reply.status_code == 400 and (named := _parameter_of(reply)):
        return invalid_parameter(named, "The API takes no such value.")
    refusal = _REFUSALS.get(reply.status_code)
    return refusal() if refusal else Unavailable(f"The service {service} fails.")


def _parameter_of(reply: Reply) -> str | None:
    """The name of the parameter that the API refuses."""
    problem = orjson.loads(reply.content) if reply.is_json else {}
    return next((one["parameter"] for one in problem.get("errors", ()) if one.get("parameter")), None)
