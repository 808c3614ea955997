"""The client of the public API. It opens the address of the settings and no other, and follows no redirect.

Forwards the address of the reader to the services, so that the rate limits per address apply to readers.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from fastapi import FastAPI, Request

from shared.configuration.settings import Settings
from shared.kernel.errors import Unavailable

MOST_BYTES = 8 << 20
"""Bytes of a response: above those of any page of a list."""
_AT_ONCE = 32
_IDLE = 2.0
"""Seconds after which an idle connection is not used again: less than the idle timeout of a server."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A response with its whole content."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_json(self) -> bool:
        """Whether it is a document or a problem."""
        return self.headers.get("content-type", "").partition(";")[0].endswith("json")


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

    async def get(
        self,
        path: str,
        query: Mapping[str, str],
        request: Request,
        *,
        most_bytes: int = MOST_BYTES,
        known: str | None = None,
    ) -> Reply:
        """The response at a path `/{service}/v1/…`, whatever its status, on behalf of the sender of `request`; 304 if
        it still has the ETag `known`. Raises Unavailable on a timeout, and for more bytes."""
        service = path.split("/")[1]
        address = self._address.replace("{service}", service).rstrip("/")
        try:
            async with asyncio.timeout(self._seconds), self._slots:
                return await self._reply(f"{address}{path}", query, _headers(request, known), most_bytes)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable(f"The service {service} does not respond.") from error

    async def _reply(self, url: str, query: Mapping[str, str], headers: Mapping[str, str], most_bytes: int) -> Reply:
        async with self._http.stream("GET", url, params=query, headers=headers) as response:
            content = bytearray()
            async for part in response.aiter_bytes(64 << 10):
                content += part
                if len(content) > most_bytes:
                    raise Unavailable("The response is too long.")
            return Reply(response.status_code, response.headers, bytes(content))


def _headers(request: Request, known: str | None) -> dict[str, str]:
    state = request.scope["state"]
    headers = {"X-Request-Id": state["request_id"], "traceparent": state["traceparent"]}
    if request.client is not None:
        headers["X-Forwarded-For"] = request.client.host
    if known is not None:
        headers["If-None-Match"] = known
    return headers


@asynccontextmanager
async def public_api(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.public_api` while the app runs."""
    api = app.state.public_api = PublicApi(app.state.settings)
    try:
        yield
    finally:
        await api.close()
