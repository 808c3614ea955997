"""Checks whether a process is ready, without a library, so that the supervisor stays small."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

_SECONDS = 2.0


def readiness_check(urls: Sequence[str]) -> Callable[[], Awaitable[bool]]:
    """A check that succeeds when every address returns 200."""

    async def check() -> bool:
        for url in urls:
            parts = urlsplit(url)
            said = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
            if not re.fullmatch(r"HTTP/1\.[01] 200", await answer(parts.hostname or "", parts.port or 80, said, 12)):
                return False
        return True

    return check


async def answer(host: str, port: int, said: str, length: int) -> str:
    """The first characters that a server sends after these, fewer if it ends. Raises OSError if none listens."""
    async with asyncio.timeout(_SECONDS):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(said.encode())
            await writer.drain()
            return (await reader.readexactly(length)).decode("latin-1")
        except asyncio.IncompleteReadError as error:
            return error.partial.decode("latin-1")
        finally:
            writer.close()
