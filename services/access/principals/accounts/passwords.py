"""Passwords as argon2id, in threads, at most two at once: many logins exhaust neither memory nor the event loop."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from shared.kernel.errors import RateLimited

_AT_ONCE = 2
_MOST_WAITING = 64
_THREADS = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="argon2")
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Some 20 ms and 19 MiB a password: OWASP's second choice of parameters."""


async def hash_password(password: str) -> str:
    """The encoded hash of the password."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)


class PasswordChecks:
    """Bounds the number of passwords that are hashed at once. One per process."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._dummy: str | None = None

    @asynccontextmanager
    async def hashing_slot(self) -> AsyncIterator[None]:
        """One of the two hashing slots. State that is read within a slot cannot be outrun by parallel guesses.

        Raises RateLimited if too many requests wait.
        """
        if self._waiting >= _MOST_WAITING:
            raise RateLimited("Too many logins at once.", retry_after=1)
        self._waiting += 1
        try:
            async with self._slots:
                yield
        finally:
            self._waiting -= 1

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password matches the stored hash. Without a hash the check takes as long and returns False."""
        if self._dummy is None:
            self._dummy = await hash_password("the password of nobody")
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(_THREADS, _verify, stored or self._dummy, password)
        return right and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False
