"""Checks whether a process is ready."""

from collections.abc import Awaitable, Callable, Sequence

import httpx


def readiness_check(urls: Sequence[str]) -> Callable[[], Awaitable[bool]]:
    """A check that succeeds when every address returns 200. Ignores proxies of the environment."""

    async def check() -> bool:
        async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
            for url in urls:
                if (await client.get(url)).status_code != 200:
                    return False
        return True

    return check
