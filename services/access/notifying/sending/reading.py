"""What a webhook takes next: its owner's share of the feed, asked for again whenever the owner's grants changed."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from services.access.notifying.feed import queries as feed
from services.access.notifying.feed.domain import Choice, Share, share_of
from services.access.notifying.feed.tail import Follower
from services.access.notifying.feed.taking import NewFact, may_take
from services.access.notifying.sending.events import Advance
from services.access.notifying.webhooks import queries
from services.access.notifying.webhooks.choosing import choice_of
from services.access.notifying.webhooks.domain import NOTICE_EVERY
from services.access.notifying.webhooks.record import Webhook
from shared.auth.published import PrincipalCache
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.principal import PrincipalKind

PAGE = 200
_GATHERED = 1.0
"""Seconds for which events of an import are gathered before the first notice."""
_BELIEVED = 30.0
"""Seconds for which events that were read wait, before they are read again: what is withheld may have changed."""


@dataclass(slots=True)
class _Imported:
    """Events of imports that no notice has named yet."""

    first: int
    last: int
    count: int
    since: float


@dataclass(slots=True)
class Reading:
    """The events of a webhook from its position on, with those whose outcome is not known. `follower.upto` is the last
    position that was read; `on_change` is called as soon as the webhook was changed."""

    database: Database
    principals: PrincipalCache
    webhook: Webhook
    follower: Follower
    on_change: Callable[[], None]
    choice: Choice = field(init=False)
    share: Share | None = None
    _facts: deque[tuple[int, Fact]] = field(default_factory=deque)
    _read_at: float = 0.0
    _open: dict[int, None] = field(default_factory=dict)
    _imported: _Imported | None = None
    _noticed_upto: int = -1
    _noticed_at: float = float("-inf")

    def __post_init__(self) -> None:
        self.choice = choice_of(self.webhook)
        self.follower.takes = self.takes

    def takes(self, new: NewFact) -> bool:
        """Whether a new fact may be for the webhook. One about the webhook itself says that it was changed."""
        if new.fact.subject == self.webhook.id and new.fact.version > self.webhook.version:
            self.on_change()
        if self.webhook.status != "active":
            return False
        return self.share is None or may_take(self.share, self.choice, new)

    @property
    def position(self) -> int:
        """The position up to which every outcome is known."""
        first = next(iter(self._open), None)
        return self.follower.upto if first is None else min(first - 1, self.follower.upto)

    async def current_share(self) -> Share:
        """The share that the owner's present grants permit. Raises InvalidToken if the owner may no longer act."""
        kind = PrincipalKind(self.webhook.owner_kind)
        return share_of((await self.principals.get(kind, self.webhook.owner_id)).principal)

    async def refresh(self) -> None:
        """Throws away what was read under other grants, or long ago."""
        share = await self.current_share()
        if share != self.share:
            async with unit_of_work(self.database, SYSTEM_CONTEXT) as uow:
                await queries.note_reach(uow.connection, self.webhook.id, share.reach)
        if share != self.share or (self._facts and time.monotonic() - self._read_at > _BELIEVED):
            self.share = share
            self._unread()

    async def next(self) -> tuple[int, Fact] | Advance | None:
        """What is sent next; None if there is nothing now. Its position is open until `close`."""
        await self.refresh()
        while not self._facts and self.follower.woken.is_set():
            await self._read()
        if (advance := self._advance()) is not None:
            if await self.first_visible(advance.after, advance.upto) is not None:
                return advance
            self.close(advance.after + 1)
        return self._facts.popleft() if self._facts else None

    def close(self, position: int) -> None:
        """The outcome of a position is known."""
        self._open.pop(position, None)

    def rest(self) -> float | None:
        """Seconds until there is a notice to send; None without one."""
        if self._imported is None:
            return None
        return max(self._due_at(self._imported) - time.monotonic(), 0.0)

    async def first_visible(self, after: int, upto: int) -> Fact | None:
        """The first event after a position and up to another that the owner may read now."""
        share = await self.current_share()
        while after < upto:
            async with self.database.acquire() as connection:
                page = await feed.page(connection, share, self.choice, after=after, limit=1)
            if page is None:
                return None
            if page.facts:
                return page.facts[0] if page.upto <= upto else None
            after = page.upto
        return None

    def _unread(self) -> None:
        """Reads again what was read and not attempted."""
        if self._facts:
            self.follower.upto = min(self.follower.upto, self._facts[0][0] - 1)
            for position, _ in self._facts:
                self._open.pop(position, None)
            self._facts.clear()
        self.follower.woken.set()

    async def _read(self) -> None:
        share = self.share
        if share is None:
            return
        self.follower.woken.clear()
        upto = self.follower.upto
        async with self.database.acquire() as connection:
            page = await feed.page(connection, share, self.choice, after=upto, limit=PAGE)
            if page is None:
                page = await feed.page(connection, share, self.choice, after=None, limit=PAGE)
        if page is None:
            return
        self._read_at = time.monotonic()
        for position, fact in zip(page.positions, page.facts, strict=True):
            if not (fact.bulk and self.webhook.bulk == "notice"):
                self._facts.append((position, fact))
                self._open[position] = None
            elif position > self._noticed_upto:
                self._gather(position)
        self.follower.upto = max(upto, page.upto)
        if not page.is_last:
            self.follower.woken.set()

    def _gather(self, position: int) -> None:
        self._noticed_upto = position
        if self._imported is None:
            self._imported = _Imported(position, position, 1, time.monotonic())
            self._open[position] = None
        else:
            self._imported.last, self._imported.count = position, self._imported.count + 1

    def _due_at(self, imported: _Imported) -> float:
        return max(imported.since + _GATHERED, self._noticed_at + NOTICE_EVERY.total_seconds())

    def _advance(self) -> Advance | None:
        imported = self._imported
        if imported is None or time.monotonic() < self._due_at(imported):
            return None
        self._imported, self._noticed_at = None, time.monotonic()
        return Advance(imported.first - 1, imported.last, imported.count)
