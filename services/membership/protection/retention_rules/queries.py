"""Reading retention rules, and the records that have been in a state for longer than a rule allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from services.membership.events.participations.tables import participation
from services.membership.initiatives.supports.tables import support
from services.membership.mailing.consents.tables import consent
from services.membership.protection.erasures.domain import OPEN
from services.membership.protection.erasures.tables import erasure
from services.membership.protection.retention_rules import domain
from services.membership.protection.retention_rules.record import RetentionRule
from services.membership.protection.retention_rules.tables import retention_rule
from services.membership.register.experts.tables import expert
from services.membership.selection.declarations.tables import declaration
from services.membership.selection.nominations.tables import nomination
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.database.tables import Instant
from shared.records.access_scope import constant
from shared.records.listing import one_of, values
from shared.records.next_steps import NextSteps
from shared.records.plain import by_whole, listing
from shared.records.rows import records_of

NEXT_STEPS = NextSteps("membership.retention_rules", retention_rule, ())
LISTING = listing(
    RetentionRule,
    retention_rule,
    domain.LIFECYCLE.states,
    by_whole(retention_rule, retention_rule.c.id),
    values(
        "resource", retention_rule.c.resource, "Kinds of record, separated by commas", one_of(tuple(domain.RETAINED))
    ),
    NEXT_STEPS.holder,
)
_MOST_ACTIVE = 1_000
_ACTIVE = Lookup(
    select(retention_rule)
    .where(retention_rule.c.status == constant("active"))
    .order_by(retention_rule.c.id)
    .limit(_MOST_ACTIVE)
)
_before = bindparam("before", type_=Instant)
_ERASURE_OF_EXPERT = exists().where(
    erasure.c.expert_id == expert.c.id,
    or_(
        erasure.c.status.in_([constant(one) for one in OPEN]),
        and_(erasure.c.status == constant("cancelled"), erasure.c.updated_at > _before),
    ),
)
"""An erasure that has not ended, such as a held one; or that was cancelled, after which the time begins again."""


def _of_held_expert(part: Table) -> ColumnElement[bool]:
    """The condition that the erasure of the record's expert is held, so that what describes the person stays."""
    return exists().where(erasure.c.expert_id == part.c.expert_id, erasure.c.status == constant("held"))


@dataclass(frozen=True, slots=True)
class _Subject:
    """The table of a kind of record, since when a record is in its state, and what else a due record meets."""

    table: Table
    since: ColumnElement[Any]
    conditions: tuple[ColumnElement[bool], ...] = ()


_SUBJECTS: Mapping[str, _Subject] = {
    "experts": _Subject(
        expert,
        case((expert.c.status_since.is_(None), expert.c.created_at), else_=expert.c.status_since),
        (expert.c.merged_into.is_(None), expert.c.erased_at.is_(None), ~_ERASURE_OF_EXPERT),
    ),
    "declarations": _Subject(declaration, declaration.c.updated_at, (~_of_held_expert(declaration),)),
    "supports": _Subject(
        support,
        support.c.updated_at,
        (
            or_(
                support.c.status == constant("rejected"),
                and_(support.c.signer.is_not(None), support.c.email_verified.is_(False)),
            ),
            ~_of_held_expert(support),
        ),
    ),
    "consents": _Subject(consent, consent.c.updated_at, (~_of_held_expert(consent),)),
    "nominations": _Subject(
        nomination,
        case((nomination.c.status_since.is_(None), nomination.c.updated_at), else_=nomination.c.status_since),
        (~_of_held_expert(nomination),),
    ),
    "participations": _Subject(participation, participation.c.updated_at, (~_of_held_expert(participation),)),
}
"""A declaration, a consent or such a support changes with its state alone, once it is signed or given. Row-level
security lets no index find `coalesce`, unlike `case`."""
KEY = expert.c.id
"""The type of the keys by which pages continue."""
_FIRST = UUID(int=0)


class Due:
    """What rules about a kind of record and these states take: the records that entered one of them before an
    instant. The statements name the states, for which there are indexes."""

    def __init__(self, resource: str, states: Sequence[str]) -> None:
        subject = _SUBJECTS[resource]
        key, since = subject.table.c.id, subject.since
        conditions = (
            subject.table.c.status.in_([constant(one) for one in states]),
            since <= _before,
            *subject.conditions,
        )
        self._count = Lookup(select(func.count().label("n")).select_from(subject.table).where(*conditions).limit(1))
        self._page = Lookup(
            select(key, subject.table.c.ref, since.label("since"))
            .where(*conditions, key > bindparam("after"))
            .order_by(key)
            .limit(bindparam("limit"))
        )
        self._lock = Statement(
            select(subject.table)
            .where(*conditions)
            .limit(bindparam("limit"))
            .with_for_update(of=subject.table, skip_locked=True)
        )

    async def count(self, connection: Connection, before: datetime) -> int:
        """How many there are, regardless of the caller."""
        found: int = await self._count.fetchval(connection, before=before)
        return found

    async def page(self, connection: Connection, before: datetime, after: UUID | None, limit: int) -> list[Row]:
        """Their `id`, `ref` and `since`, by id, at most `limit`, regardless of the caller."""
        return await self._page.fetch(connection, before=before, after=after or _FIRST, limit=limit)

    async def lock(self, connection: Connection, before: datetime, limit: int) -> list[Row]:
        """Some of them, locked, at most `limit`. Skips rows that another transaction locks."""
        return await self._lock.fetch(connection, before=before, limit=limit)


_DUE = {
    (resource, state): Due(resource, domain.states_of(resource, state))
    for resource, retained in domain.RETAINED.items()
    for state in (*retained.states, None)
}


def due(rule: RetentionRule) -> Due:
    """What a rule takes."""
    return _DUE[rule.resource, rule.state]


async def active(connection: Connection) -> Sequence[RetentionRule]:
    """The active rules, regardless of the caller. There is one for each kind of record and state."""
    return records_of(RetentionRule, await _ACTIVE.fetch(connection))
