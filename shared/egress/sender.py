"""Sends messages to addresses that callers gave, and reads little of the answers."""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self, TypeAlias
from urllib.parse import urlsplit

import httpcore
import httpx

from shared.configuration.settings import Settings
from shared.egress.backend import AddressRefused, AnswerTooLong, CheckedBackend, Resolve, TlsFailed, resolved
from shared.egress.destinations import Destinations

SendFault: TypeAlias = Literal[
    "timeout", "connect_failed", "tls_failed", "redirected", "answered", "unusable_url", "address_refused"
]
SECONDS = 15.0
"""Seconds within which the whole answer must arrive."""
LONGEST = 16 << 10
"""Bytes that are read of an answer, with its head."""
KEPT = 1 << 10
"""Bytes of its body that are returned."""
_CONNECT_SECONDS = 5.0
_MOST_HOSTS = 1_000
"""Hosts beyond which one without connections is forgotten."""
_FAULTS: tuple[tuple[type[Exception], SendFault], ...] = (
    (AddressRefused, "address_refused"),
    (TlsFailed, "tls_failed"),
    (AnswerTooLong, "answered"),
    (httpcore.ConnectTimeout, "connect_failed"),
    (httpcore.TimeoutException, "timeout"),
    (TimeoutError, "timeout"),
    (httpcore.NetworkError, "connect_failed"),
    (httpcore.ProtocolError, "connect_failed"),
    (httpcore.ProxyError, "connect_failed"),
    (OSError, "connect_failed"),
)
_FAILURES = tuple(kind for kind, _ in _FAULTS)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of sending: a status with the beginning of the body, or a fault; both for an answer that is not 2xx.
    `headers` have names in lower case."""

    status: int | None
    fault: SendFault | None
    head: str
    headers: Mapping[str, str]


class Sender:
    """Sends over connections that it keeps. On a laptop and in tests it also opens this machine."""

    def __init__(
        self,
        settings: Settings,
        *,
        seconds: float = SECONDS,
        resolve: Resolve = resolved,
        certificates: ssl.SSLContext | None = None,
    ) -> None:
        self._seconds = seconds
        self._destinations = destinations(settings)
        self._proxy = httpcore.Proxy(settings.egress_proxy) if settings.egress_proxy else None
        allows = self._destinations.allows if self._proxy is None else _any_address
        self._backend = CheckedBackend(allows, LONGEST, resolve)
        self._certificates = certificates or httpx.create_ssl_context()
        self._pools: OrderedDict[str, httpcore.AsyncConnectionPool] = OrderedDict()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for pool in self._pools.values():
            await pool.aclose()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What came of it. Never raises."""
        if (fault := self._destinations.fault_of(url)) is not None:
            return Answer(None, fault, "", {})
        try:
            async with asyncio.timeout(self._seconds):
                return await self._post(url, headers, body)
        except _FAILURES as error:
            return Answer(None, next(fault for kind, fault in _FAULTS if isinstance(error, kind)), "", {})

    async def _pool_of(self, url: str) -> httpcore.AsyncConnectionPool:
        """The connections to a host. A pool looks at all of its connections for each request, so hosts share none."""
        host = urlsplit(url).netloc
        if (found := self._pools.get(host)) is None:
            found = self._pools[host] = httpcore.AsyncConnectionPool(
                ssl_context=self._certificates,
                proxy=self._proxy,
                network_backend=self._backend,
                max_connections=100,
                max_keepalive_connections=20,
                keepalive_expiry=30.0,
            )
        self._pools.move_to_end(host)
        if len(self._pools) > _MOST_HOSTS:
            idle = next((name for name, pool in self._pools.items() if not pool.connections), None)
            if idle is not None:
                await self._pools.pop(idle).aclose()
        return found

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        sent = {"Accept-Encoding": "identity", "User-Agent": "escm", **headers}
        timeouts = {"connect": _CONNECT_SECONDS, "read": None, "write": None, "pool": None}
        pool = await self._pool_of(url)
        async with pool.stream(
            "POST", url, headers=list(sent.items()), content=body, extensions={"timeout": timeouts}
        ) as response:
            head = await _head(response)
        received = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, _fault_of(response.status), head, received)


def destinations(settings: Settings) -> Destinations:
    """What an installation opens of the addresses that callers give."""
    return Destinations(settings.egress_ports, loopback=not settings.is_guarded)


async def _head(response: httpcore.Response) -> str:
    """The beginning of a body. A short one is read to its end, so that the connection is kept."""
    found = bytearray()
    try:
        async for chunk in response.aiter_stream():
            found += chunk[: KEPT - len(found)]
    except AnswerTooLong:
        pass
    return found.decode("utf-8", "replace").replace("\0", "")


def _fault_of(status: int) -> SendFault | None:
    if 200 <= status < 300:
        return None
    return "redirected" if 300 <= status < 400 else "answered"


def _any_address(_address: str) -> bool:
    """What may be opened of the proxy."""
    return True
