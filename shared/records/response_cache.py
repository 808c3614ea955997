"""Responses that are cached while the state of what they were read from does not change."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, NamedTuple

_WHOLE = 16 * 1024 * 1024
_LARGEST = 2 * 1024 * 1024


class Stored(NamedTuple):
    """A response with its entity tag, if it has one."""

    body: bytes
    tag: str | None = None


class ResponseCache:
    """The latest responses of a process, of up to 2 MiB each and 16 MiB together, with the state before they were
    read.

    States never repeat, so a response of the present state contains every committed change.
    """

    def __init__(self) -> None:
        self._stored: dict[Hashable, tuple[Hashable, Stored]] = {}
        self._size = 0
        self._next: dict[Hashable, asyncio.Task[Hashable]] = {}
        self._under_way: dict[Hashable, asyncio.Task[Hashable]] = {}

    async def state(self, access: Hashable, read: Callable[[], Awaitable[Hashable]]) -> Any:
        """The state that `read` returns. Callers during a read share the next one, so that nobody gets a state from
        before their call."""
        task = self._next.get(access)
        if task is None:
            task = self._next[access] = asyncio.create_task(self._read(access, read, self._under_way.get(access)))
        return await asyncio.shield(task)

    async def _read(
        self, access: Hashable, read: Callable[[], Awaitable[Hashable]], earlier: asyncio.Task[Hashable] | None
    ) -> Hashable:
        if earlier is not None:
            await asyncio.wait((earlier,))
        task = self._under_way[access] = self._next.pop(access)
        try:
            return await read()
        finally:
            if self._under_way.get(access) is task:
                del self._under_way[access]

    def get(self, key: Hashable, state: Hashable) -> Stored | None:
        """The response, if it is of this state."""
        found = self._stored.get(key)
        return found[1] if found is not None and found[0] == state else None

    def put(self, key: Hashable, state: Hashable, response: Stored) -> None:
        """Stores the response and replaces the earlier one; drops the oldest beyond the bound."""
        self._drop(key)
        if len(response.body) > _LARGEST:
            return
        self._stored[key] = (state, response)
        self._size += len(response.body)
        while self._size > _WHOLE:
            self._drop(next(iter(self._stored)))

    def _drop(self, key: Hashable) -> None:
        if (found := self._stored.pop(key, None)) is not None:
            self._size -= len(found[1].body)
