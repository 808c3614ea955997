"""Responses of the register, stored while what they depend on stays."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from uuid import UUID

from services.centres.register.register.queries import state
from shared.database.context import AccessContext
from shared.database.pool import Database
from shared.records.response_cache import ResponseCache, Stored

_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Made:
    """A response, the address of the next page, and the experts whose public names it depends on."""

    body: bytes
    following: str | None
    experts: frozenset[UUID]


class StoredRegister:
    """The latest responses of a process. A response is stored when it is made for the second time, since only then the
    experts are known before it is read."""

    def __init__(self) -> None:
        self._cache = ResponseCache()
        self._known: dict[Hashable, tuple[frozenset[UUID], str | None]] = {}

    async def get(
        self, database: Database, context: AccessContext, key: Hashable, make: Callable[[], Awaitable[Made]]
    ) -> tuple[bytes, str | None]:
        """The body and the address of the next page, as of now."""
        experts, following = self._known.get(key, (frozenset(), None))

        async def load() -> Hashable:
            async with database.acquire() as connection:
                return await state(connection, context, experts)

        found = await self._cache.state((key, experts), load)
        stored = self._cache.get(key, found)
        if stored is not None:
            return stored.body, following
        made = await make()
        if key in self._known and made.experts == experts:
            self._cache.put(key, found, Stored(made.body))
        self._known.pop(key, None)
        self._known[key] = made.experts, made.following
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return made.body, made.following
