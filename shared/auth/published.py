"""What `access` publishes to every service: the active keys, principals and grants, each read in one statement."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from joserfc.jwk import ECKey
from sqlalchemy import and_, bindparam, case, false, func, not_, select

from shared.auth.keys import InvalidToken, public_key
from shared.auth.narrowing import narrowed
from shared.contracts import views
from shared.database.pool import Database
from shared.database.statements import Row, Statement
from shared.kernel.principal import Grant, Principal, PrincipalKind

T = TypeVar("T")
_KEYS, _PRINCIPALS, _GRANTS, _API_KEYS = views.TOKEN_KEYS, views.PRINCIPALS, views.GRANTS, views.API_KEYS
_READ_KEYS = Statement(select(_KEYS.c.kid, _KEYS.c.public))
_SHOWN = ("name", "sandbox", "revoked_tokens", "owner_id", "ip_allow", "ended_sessions")
_of_principal = and_(_GRANTS.c.principal_kind == _PRINCIPALS.c.kind, _GRANTS.c.principal_id == _PRINCIPALS.c.id)
_is_applicants = case(
    (_GRANTS.c.scope_kind == "self", not_(func.escm.member_expert_is_member(_GRANTS.c.scope_id))), else_=false()
).label("of_applicant")
_READ_PRINCIPAL = Statement(
    select(
        *(_PRINCIPALS.c[name] for name in _SHOWN),
        *(column for column in _GRANTS.c if column.key not in ("id", "principal_kind", "principal_id")),
    )
    .add_columns(_is_applicants)
    .select_from(_PRINCIPALS.outerjoin(_GRANTS, _of_principal))
    .where(_PRINCIPALS.c.kind == bindparam("kind"), _PRINCIPALS.c.id == bindparam("id"))
    .order_by(_GRANTS.c.id)
)
_FIND_API_KEY = Statement(
    select(_API_KEYS.c.id, _API_KEYS.c.expires_at, _API_KEYS.c.owner_kind).where(
        _API_KEYS.c.digest == bindparam("digest")
    )
)

_UNGRANTED = 1.0


@dataclass(slots=True)
class PrincipalState:
    """A principal, its revoked tokens and its ended sessions, cached `until` (monotonic seconds) or until it is
    forgotten."""

    principal: Principal
    revoked_tokens: frozenset[str]
    ended_sessions: frozenset[UUID]
    until: float


class OneFlight(Generic[T]):
    """Concurrent callers with the same request share one result. A cancelled caller does not cancel it for the
    others."""

    def __init__(self, read: Callable[..., Awaitable[T]]) -> None:
        self._read = read
        self._under_way: dict[Hashable, asyncio.Task[T]] = {}

    async def get(self, *key: Hashable) -> T:
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.ensure_future(self._read_once(key))
            task.add_done_callback(_seen)
        return await asyncio.shield(task)

    def leave(self) -> None:
        """Later callers do not share what is read now."""
        self._under_way = {}

    async def _read_once(self, key: tuple[Hashable, ...]) -> T:
        try:
            return await self._read(*key)
        finally:
            if self._under_way.get(key) is asyncio.current_task():
                del self._under_way[key]


def _seen(task: asyncio.Task[T]) -> None:
    """Retrieves the task's error, so that asyncio does not report it as never retrieved."""
    if not task.cancelled():
        task.exception()


class Reread(Generic[T]):
    """What is read as a whole, and again once it is `age` seconds old. `value` is what was read last, and `read_at`
    when that began (monotonic seconds)."""

    def __init__(self, read: Callable[[], Awaitable[T]], empty: T, age: float) -> None:
        self._read = read
        self._age = age
        self._flight = OneFlight(self._read_again)
        self.value = empty
        self.read_at = float("-inf")

    @property
    def until(self) -> float:
        """When the value is too old (monotonic seconds)."""
        return self.read_at + self._age

    async def fresh(self, age: float | None = None) -> T:
        """The value, at most `age` seconds old; by default as old as it may ever be."""
        if time.monotonic() >= self.read_at + (self._age if age is None else age):
            await self._flight.get()
        return self.value

    async def _read_again(self) -> None:
        read_at = time.monotonic()
        self.value = await self._read()
        self.read_at = read_at


class KeyRing(Reread[dict[str, ECKey]]):
    """The published keys; for an unknown one they are read again at most every `pause` seconds.

    While no key is published (before the first token of an installation), every call reads them.
    """

    def __init__(self, database: Database, *, age: float, pause: float = 5.0) -> None:
        super().__init__(self._published, {}, age)
        self._database = database
        self._pause = pause

    async def again(self) -> dict[str, ECKey]:
        """The keys, at most `pause` seconds old, for a token with an unknown key."""
        return await self.fresh(self._pause)

    async def fresh(self, age: float | None = None) -> dict[str, ECKey]:
        """The keys, at most `age` seconds old, and as they are now while there are none."""
        return await super().fresh(age if self.value else 0.0)

    async def _published(self) -> dict[str, ECKey]:
        async with self._database.acquire() as connection:
            rows = await _READ_KEYS.fetch(connection)
        return {row["kid"]: public_key(row["public"]) for row in rows}


class PrincipalCache:
    """The `bound` most recently used principals with their active grants, each cached for `age` seconds at most. A
    principal without grants is cached for one second, because a new applicant soon gets a grant over their own
    record."""

    def __init__(self, database: Database, *, age: float, bound: int) -> None:
        self._database = database
        self._age = age
        self._bound = bound
        self._known: OrderedDict[tuple[PrincipalKind, UUID], PrincipalState] = OrderedDict()
        self._flight = OneFlight(self._read)
        self._forgotten = 0

    def forget(self, changed: Collection[UUID] | None) -> None:
        """Reads these principals again when they are next asked for, and the keys that they own; all of them for None.
        What is being read now counts as older."""
        self._forgotten += 1
        self._flight.leave()
        for state in self._known.values():
            if changed is None or state.principal.is_one_of(changed):
                state.until = float("-inf")

    async def get(self, kind: PrincipalKind, identity: UUID) -> PrincipalState:
        """Raises InvalidToken if the principal is unknown, disabled, revoked or expired."""
        found = self._known.get((kind, identity))
        if found is not None and time.monotonic() < found.until:
            return found
        return await self._flight.get(kind, identity)

    async def _read(self, kind: PrincipalKind, identity: UUID) -> PrincipalState:
        asked_at, forgotten = time.monotonic(), self._forgotten
        async with self._database.acquire() as connection:
            rows = await _READ_PRINCIPAL.fetch(connection, kind=str(kind), id=identity)
        self._known.pop((kind, identity), None)
        if not rows:
            raise InvalidToken
        first = rows[0]
        grants = tuple(grant for row in rows if row["role"] is not None for grant in _grants(row))
        allowed = tuple(first["ip_allow"])
        principal = Principal(kind, identity, first["name"], grants, first["sandbox"], first["owner_id"], allowed)
        revoked, ended = frozenset(first["revoked_tokens"]), frozenset(first["ended_sessions"])
        until = asked_at + (self._age if grants else min(self._age, _UNGRANTED))
        found = PrincipalState(principal, revoked, ended, until)
        if forgotten != self._forgotten:
            found.until = float("-inf")
        self._known[kind, identity] = found
        if len(self._known) > self._bound:
            self._known.popitem(last=False)
        return found


async def find_api_key(database: Database, digest: bytes) -> tuple[UUID, datetime, str]:
    """The active key with this digest, its expiry and the kind of its owner. Raises InvalidToken if there is none."""
    async with database.acquire() as connection:
        row = await _FIND_API_KEY.fetchrow(connection, digest=digest)
    if row is None:
        raise InvalidToken
    return row["id"], row["expires_at"], row["owner_kind"]


def _grants(row: Row) -> Iterator[Grant]:
    """The grants of an account or client; for a key, those of its owner after narrowing."""
    of_client = (_set(row["resources"]), _set(row["verbs"]))
    scope = (row["scope_kind"], row["scope_id"])
    grant = Grant(
        row["role"], *scope, row["starts"], row["ends"], *of_client, row["delegated_from"], row["of_applicant"]
    )
    resources, verbs = _set(row["key_resources"]), _set(row["key_verbs"])
    if resources is None or verbs is None:
        yield grant
    else:
        yield from narrowed(grant, resources, verbs, _set(row["key_countries"]))


def _set(values: list[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)
