"""The reactions of a service to facts, each at most once per fact, in the transaction of its effect."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias
from uuid import UUID

from shared.contracts.envelope import Fact
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.observability.spans import spans
from shared.observability.traces import traceparent

Reaction: TypeAlias = Callable[[UnitOfWork, Sequence[Fact]], Awaitable[None]]
"""Applies the facts of one batch that match it. Reads the owner's published view and uses the newest version, because
facts may arrive late. Never commits. An exception rolls back the transaction, and the facts are then retried one by
one."""
Reactions: TypeAlias = Mapping[str, Reaction]
"""By fact type, or by a pattern that ends with `*`. The key names the reaction permanently: under another key, the
reaction runs again for the same facts."""

_ENTER = (
    "INSERT INTO core_inbox (fact, reaction) SELECT * FROM unnest($1::uuid[], $2::text[])"
    " ON CONFLICT DO NOTHING RETURNING fact, reaction"
)


class Inbox:
    """The reactions of one service."""

    def __init__(self, service: str, reactions: Reactions) -> None:
        self._service = service
        self._reactions = reactions
        self._matching: dict[str, tuple[str, ...]] = {}

    @property
    def patterns(self) -> list[str]:
        """The fact types and patterns with a reaction."""
        return sorted(self._reactions)

    def matching(self, fact_type: str) -> tuple[str, ...]:
        """The patterns that a type matches."""
        found = self._matching.get(fact_type)
        if found is None:
            found = tuple(pattern for pattern in self._reactions if _matches(pattern, fact_type))
            self._matching[fact_type] = found
        return found

    async def react(self, uow: UnitOfWork, facts: Sequence[Fact]) -> None:
        """Runs every reaction once, with those of these facts, in order, for which it is not committed yet."""
        wanted = [(fact, pattern) for fact in facts for pattern in self.matching(fact.type)]
        names = [f"{self._service}:{pattern}" for _, pattern in wanted]
        rows = await uow.connection.fetch(_ENTER, [fact.id for fact, _ in wanted], names)
        fresh = {(row["fact"], row["reaction"]) for row in rows}
        groups: dict[Reaction, list[Fact]] = {}
        for (fact, pattern), name in zip(wanted, names, strict=True):
            if (fact.id, name) in fresh:
                groups.setdefault(self._reactions[pattern], []).append(fact)
        for reaction, its in groups.items():
            _go_on_from(uow, its[-1])
            with spans.effect(f"react to {its[-1].type}", (fact.traceparent for fact in its)):
                await reaction(uow, its)


def of_each_subject(act: Callable[[UnitOfWork, UUID], Awaitable[object]]) -> Reaction:
    """A reaction that acts once for each subject of the facts, in the order of ids."""

    async def react(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
        for subject, fact in sorted({fact.subject: fact for fact in facts}.items()):
            _go_on_from(uow, fact)
            await act(uow, subject)

    return react


def of_each_country(act: Callable[[UnitOfWork, str], Awaitable[object]]) -> Reaction:
    """A reaction that acts once for each country of the facts, including countries that records left, in the order of
    codes."""

    async def react(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
        places = {country: fact for fact in facts for country in (fact.country, fact.country_left) if country}
        for country, fact in sorted(places.items()):
            _go_on_from(uow, fact)
            await act(uow, country)

    return react


def _go_on_from(uow: UnitOfWork, fact: Fact) -> None:
    """Facts announced from now on continue the fact's trace."""
    uow.origin = replace(uow.origin, traceparent=fact.traceparent, bulk=fact.bulk)
    traceparent.set(fact.traceparent)


async def enter_once(connection: Connection, subject: UUID, checkpoint: str) -> bool:
    """Records a checkpoint of a fact or job in this transaction. False if it was committed before."""
    return bool(await connection.fetch(_ENTER, [subject], [checkpoint]))


def _matches(pattern: str, fact_type: str) -> bool:
    return fact_type.startswith(pattern[:-1]) if pattern.endswith("*") else fact_type == pattern
