"""The client for addresses outside: bounded in time and size, and limited to the addresses of the settings."""

import asyncio
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore
import httpx
import orjson

from shared.configuration.settings import Settings
from shared.egress.backend import CheckedBackend
from shared.kernel.addresses import is_public
from shared.kernel.errors import Unavailable

SECONDS = 10.0
"""Seconds within which the whole response must arrive, unless said otherwise."""
LONGEST = 4 << 20
"""Bytes of the longest response, unless said otherwise."""
_CONNECT_SECONDS = 3.0
_RETRY_AFTER = 30
_LONGEST_HEAD = 64 << 10


@dataclass(frozen=True, slots=True)
class Reply:
    """The response of a system outside."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The parsed body. Raises Unavailable if it is not JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise _unavailable() from None


class Egress:
    """Opens addresses below `bases`. Only on a laptop and in tests may they be private ones."""

    def __init__(
        self, settings: Settings, bases: Collection[str], *, seconds: float = SECONDS, longest: int = LONGEST
    ) -> None:
        self._bases = tuple(f"{base.rstrip('/')}/" for base in bases)
        self._seconds = seconds
        self._longest = longest
        self._may_be_private = not settings.is_guarded
        self._proxy = settings.egress_proxy

    async def get(self, url: str) -> Reply:
        """The JSON at an address. Raises Unavailable without a response, and ValueError for an address that is not
        below one of the bases."""
        return await self._send("GET", url)

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Reply:
        """The response to a form. Raises what `get` raises."""
        return await self._send("POST", url, form, headers)

    async def _send(
        self, method: str, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        if not url.startswith(self._bases):
            raise ValueError("the address is not one of the settings")
        try:
            async with asyncio.timeout(self._seconds), self._client() as client:
                return await _read(client, client.build_request(method, url, data=form, headers=headers), self._longest)
        except (httpx.HTTPError, OSError, TimeoutError) as error:
            raise _unavailable() from error

    def _client(self) -> httpx.AsyncClient:
        """A client for one request: it shares no connection and no cookie with others."""
        return httpx.AsyncClient(
            transport=_Transport(self._may_be_private, self._proxy, self._longest + _LONGEST_HEAD),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(self._seconds, connect=_CONNECT_SECONDS),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "escm"},
        )


class _Transport(httpx.AsyncHTTPTransport):
    """A transport that opens checked addresses, or the proxy of the settings, and no proxy of the environment."""

    def __init__(self, may_be_private: bool, proxy: str, longest: int) -> None:
        super().__init__(verify=_certificates(), trust_env=False, proxy=proxy or None)
        if not proxy:
            allows = (lambda _address: True) if may_be_private else is_public
            backend = CheckedBackend(allows, longest)
            self._pool = httpcore.AsyncConnectionPool(ssl_context=_certificates(), network_backend=backend)


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


async def _read(client: httpx.AsyncClient, request: httpx.Request, longest: int) -> Reply:
    """The response, read as it was sent: a compressed one has no bound."""
    response = await client.send(request, stream=True)
    try:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > longest:
                raise _unavailable()
        return Reply(response.status_code, bytes(body))
    finally:
        await response.aclose()


def _unavailable() -> Unavailable:
    detail = "A system outside does not respond as it should."
    return Unavailable(detail, code="upstream_unavailable", retry_after=_RETRY_AFTER)
