"""Reads the API anonymously, at the addresses of the settings, so pages show only public data.

Forwards the address of the reader to the services, so that the rate limits per address apply to readers.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx
import orjson
from fastapi import FastAPI, Request

from shared.configuration.settings import Settings
from shared.kernel.errors import EscmError, Gone, Malformed, NotFound, RateLimited, Unavailable

_AT_ONCE = 32
_IDLE = 2.0
"""Seconds after which an idle connection is not used again: less than the idle timeout of a server."""
_KEY = re.compile(r"^[A-Za-z0-9-]{1,64}$")
_CODE = re.compile(r"[0-9A-Za-z*~$= -]{1,50}")
"""What the code of a certificate is written with; anything else would be another address of the API."""
_REFUSALS: Mapping[int, type[EscmError]] = {400: Malformed, 404: NotFound, 410: Gone}


class Elsewhere(Exception):
    """The record was merged into another; `key` is the key of the winner."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


class PublicApi:
    """The public reads of all services. A process sends at most 32 at a time."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._address = settings.api or settings.issuer
        self._seconds = settings.api_seconds
        limits = httpx.Limits(max_connections=_AT_ONCE, keepalive_expiry=_IDLE)
        self._http = httpx.AsyncClient(transport=transport, limits=limits, trust_env=False, timeout=self._seconds)
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, request: Request, service: str, path: str, query: Mapping[str, str]) -> httpx.Response:
        """The response, whatever its status, on behalf of the sender of `request`. Raises Unavailable on a timeout."""
        state = request.scope["state"]
        headers = {"X-Request-Id": state["request_id"], "traceparent": state["traceparent"]}
        if request.client is not None:
            headers["X-Forwarded-For"] = request.client.host
        address = self._address.replace("{service}", service).rstrip("/")
        try:
            async with asyncio.timeout(self._seconds), self._slots:
                return await self._http.get(f"{address}/{service}/v1/{path}", params=query, headers=headers)
        except (httpx.TransportError, TimeoutError) as error:
            raise Unavailable(f"The service {service} does not respond.") from error


class PageReads:
    """The reads of one page."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._api: PublicApi = request.app.state.public_api

    async def listed(self, service: str, plural: str, **query: str) -> dict[str, Any]:
        """A page of a list. Raises Malformed for an invalid filter."""
        return await self._read(service, plural, query)

    async def record(self, service: str, plural: str, key: str, **query: str) -> dict[str, Any]:
        """A record by its id or ref. Raises NotFound, Gone, Elsewhere."""
        if not _KEY.match(key):
            raise NotFound("There is no such record.")
        return await self._read(service, f"{plural}/{key}", query)

    async def known(self, service: str, plural: str, key: str | None, **query: str) -> dict[str, Any] | None:
        """A record that another one refers to; None without a reference or if it is not public."""
        try:
            return await self.record(service, plural, key, **query) if key else None
        except Elsewhere as moved:
            return await self.known(service, plural, moved.key, **query)
        except (NotFound, Gone):
            return None

    async def verified(self, code: str) -> dict[str, Any]:
        """What a certificate is worth, by its code. Raises NotFound, RateLimited after too many unknown ones."""
        if not _CODE.fullmatch(code):
            raise NotFound("There is no certificate with this code.")
        return await self._read("membership", f"certificates/verify/{quote(code, safe='')}", {})

    async def _read(self, service: str, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        response = await self._api.get(self._request, service, path, query)
        if response.status_code == 200 and response.headers.get("content-type", "").startswith("application/json"):
            return dict(orjson.loads(response.content))
        if response.status_code == 308:
            raise Elsewhere(response.headers["location"].partition("?")[0].rpartition("/")[2])
        if response.status_code == 429:
            raise RateLimited(retry_after=int(response.headers.get("retry-after", "1")))
        if refusal := _REFUSALS.get(response.status_code):
            raise refusal
        raise Unavailable(f"The service {service} fails.")


@asynccontextmanager
async def public_api(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.public_api` while the app runs."""
    api = app.state.public_api = PublicApi(app.state.settings)
    try:
        yield
    finally:
        await api.close()
