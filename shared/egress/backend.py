"""The network below HTTP: names are resolved here, each address is checked, and the connection is made to a checked
one, so that no later answer of a resolver leads elsewhere."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from socket import SOCK_STREAM, getaddrinfo
from typing import Any, TypeAlias

import httpcore

Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]
"""The network addresses of a host, in the order in which they are tried."""
_RESOLVERS = ThreadPoolExecutor(32, thread_name_prefix="resolver")
"""Threads of their own, so that names which nobody answers for delay no other work."""


class AddressRefused(httpcore.ConnectError):
    """A host has an address that must not be opened."""


class TlsFailed(httpcore.ConnectError):
    """The other side has no certificate for the host, or speaks no TLS."""


class AnswerTooLong(httpcore.ReadError):
    """More was sent than the bound."""


async def resolved(host: str, port: int) -> list[str]:
    """What the system's resolver says."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_RESOLVERS, lambda: getaddrinfo(host, port, type=SOCK_STREAM))
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that `allows` admits. A host with any other address is refused as a whole. An answer has
    at most `most` bytes."""

    def __init__(self, allows: Callable[[str], bool], most: int, resolve: Resolve = resolved) -> None:
        self._allows = allows
        self._most = most
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's names
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError("The name has no address.") from error
        if not all(map(self._allows, addresses)):
            raise AddressRefused("The host has an address that is not public.")
        failure: Exception = httpcore.ConnectError("The name has no address.")
        for address in addresses:
            try:
                stream = await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return BoundedStream(stream, self._most)
        raise failure

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class BoundedStream(httpcore.AsyncNetworkStream):
    """A connection of which an answer, with its head, is read up to a bound."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, most: int) -> None:
        self._stream = stream
        self._most = most
        self._read = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        if self._read >= self._most:
            raise AnswerTooLong("The answer is too long.")
        found = await self._stream.read(min(max_bytes, self._most - self._read), timeout)
        self._read += len(found)
        return found

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self._read = 0
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        try:
            return BoundedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout), self._most)
        except httpcore.ConnectError as error:
            raise TlsFailed(str(error)) from error

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
