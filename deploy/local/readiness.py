"""Checks whether a process is ready, without a library, so that the supervisor stays small."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

_SECONDS = 2.0


def readiness_check(urls: Sequence[str]) -> Callable[[], Awaitable[bool]]:
    """A check that succeeds when every address returns 200."""

    async def check() -> bool:
        for url in urls:
            parts = urlsplit(url)
            said = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
            if not await answers(parts.hostname or "", parts.port or 80, said, "HTTP/1.1 200"):
                return False
        return True

    return check


async def answers(host: str, port: int, said: str, reply: str) -> bool:
    """Whether the first bytes that a server sends after these are the reply. Raises OSError if none listens."""
    async with asyncio.timeout(_SECONDS):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(said.encode())
            await writer.drain()
            return await reader.readexactly(len(reply)) == reply.encode()
        except asyncio.IncompleteReadError:
            return False
        finally:
            writer.close()
