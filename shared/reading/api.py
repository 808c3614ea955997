"""The clients of the API. They open the address of the settings and no other, and follow no redirect.

They forward the address of the reader to the services, so that the rate limits per address apply to readers.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx
import orjson
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
    pairs: Sequence[tuple[str, str]] = ()
    """The headers with those that occur more than once."""

    @property
    def is_json(self) -> bool:
        """Whether it is a document or a problem."""
        return self.headers.get("content-type", "").partition(";")[0].endswith("json")

    @property
    def document(self) -> dict[str, Any]:
        """The JSON object: a record, a page of a list, or a problem; empty for anything else."""
        found = orjson.loads(self.content) if self.is_json and self.content else {}
        return found if isinstance(found, dict) else {}


Content: TypeAlias = bytes | AsyncIterator[bytes]
"""The body of a request, at once or in parts."""


class _Api:
    """Requests to all services. A process sends at most 32 at a time."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._address = settings.api or settings.issuer
        self._seconds = settings.api_seconds
        limits = httpx.Limits(max_connections=_AT_ONCE, keepalive_expiry=_IDLE)
        self._http = httpx.AsyncClient(transport=transport, limits=limits, trust_env=False, timeout=self._seconds)
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def close(self) -> None:
        await self._http.aclose()

    async def _exchange(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        *,
        content: Content | None = None,
        most_bytes: int = MOST_BYTES,
        seconds: float | None = None,
    ) -> Reply:
        service = path.split("/")[1].replace(".well-known", "access")
        url = f"{self._address.replace('{service}', service).rstrip('/')}{path}"
        patience = seconds or self._seconds
        try:
            async with (
                asyncio.timeout(patience),
                self._slots,
                self._http.stream(
                    method, url, params=query or None, headers=headers, content=content, timeout=patience
                ) as response,
            ):
                found = bytearray()
                async for part in response.aiter_bytes(64 << 10):
                    found += part
                    if len(found) > most_bytes:
                        raise Unavailable("The response is too long.")
                return Reply(response.status_code, response.headers, bytes(found), response.headers.multi_items())
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable(f"The service {service} does not respond.") from error


class PublicApi(_Api):
    """The operations of all services that need no token."""

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
        tagged = {} if known is None else {"If-None-Match": known}
        return await self._exchange("GET", path, query, {**forwarded(request), **tagged}, most_bytes=most_bytes)

    async def post(self, path: str, content: bytes, request: Request, headers: Mapping[str, str]) -> Reply:
        """The response to a JSON document, whatever its status, sent as `get` does. Raises Unavailable."""
        given = {**forwarded(request), **headers, "Content-Type": "application/json"}
        return await self._exchange("POST", path, {}, given, content=content)


class SessionApi(_Api):
    """Requests for somebody who signed in: `headers` have their token."""

    async def send(
        self,
        method: str,
        path: str,
        request: Request,
        headers: Mapping[str, str],
        *,
        query: Mapping[str, str] | None = None,
        content: Content | None = None,
        most_bytes: int = MOST_BYTES,
        seconds: float | None = None,
    ) -> Reply:
        """The response at a path, whatever its status, within so many seconds. Raises Unavailable on a timeout, and for
        more bytes."""
        given = {**forwarded(request), **headers}
        return await self._exchange(
            method, path, query or {}, given, content=content, most_bytes=most_bytes, seconds=seconds
        )


def forwarded(request: Request) -> dict[str, str]:
    """The headers that name the request on behalf of which another one is sent, and its sender."""
    state = request.scope["state"]
    headers = {"X-Request-Id": state["request_id"], "traceparent": state["traceparent"]}
    if request.client is not None:
        headers["X-Forwarded-For"] = request.client.host
    return headers


@asynccontextmanager
async def public_api(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.public_api` while the app runs."""
    api = app.state.public_api = PublicApi(app.state.settings)
    try:
        yield
    finally:
        await api.close()
