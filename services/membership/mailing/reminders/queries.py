"""Reading which reminders are due, and storing those that are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import (
    Date,
    Integer,
    Text,
    bindparam,
    column,
    delete,
    exists,
    extract,
    or_,
    select,
    values,
)

from services.membership.mailing.reminders.domain import DAYS_BEFORE, DECLARATION_DUE, LATEST, PROFILE_DUE, TERM_ENDING
from services.membership.mailing.reminders.tables import reminder
from services.membership.register.experts.domain import PROFILE_VALID
from services.membership.register.experts.record import Expert
from services.membership.register.experts.tables import expert
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.rows import record_of

_today = bindparam("today", type_=Date)
_planned = values(column("kind", Text), column("days", Integer), name="planned").data(
    [(kind, days) for kind in (TERM_ENDING, PROFILE_DUE, DECLARATION_DUE) for days in DAYS_BEFORE]
)
_day = (expert.c.term_ends - _planned.c.days).label("planned_for")
_DUE = Statement(
    select(*expert.c, _planned.c.kind.label("kind"), _day)
    .select_from(
        _planned.join(
            expert,
            expert.c.term_ends.between(_today + _planned.c.days - LATEST.days, _today + _planned.c.days),
        )
    )
    .where(
        expert.c.status == constant("active"),
        expert.c.term_ends.between(_today + 1, _today + max(DAYS_BEFORE)),
        expert.c.term_starts < _day,
        expert.c.next_term_starts.is_(None),
        expert.c.merged_into.is_(None),
        expert.c.erased_at.is_(None),
        expert.c.restricted_at.is_(None),
        or_(
            _planned.c.kind == TERM_ENDING,
            (_planned.c.kind == PROFILE_DUE)
            & or_(expert.c.profile_confirmed_on.is_(None), expert.c.profile_confirmed_on < bindparam("valid_from")),
            (_planned.c.kind == DECLARATION_DUE)
            & or_(
                expert.c.conflict_of_interest_on.is_(None),
                extract("year", expert.c.conflict_of_interest_on) != extract("year", _today),
            ),
        ),
        ~exists().where(
            reminder.c.expert_id == expert.c.id, reminder.c.kind == _planned.c.kind, reminder.c.day == _day
        ),
    )
    .order_by(expert.c.term_ends, expert.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=expert, skip_locked=True)
)
_ADD = (
    "INSERT INTO escm.member_reminder (expert_id, kind, day) SELECT * FROM unnest($1::uuid[], $2::text[], $3::date[])"
    " ON CONFLICT DO NOTHING RETURNING expert_id, kind, day"
)
_DELETE_OLD = Statement(delete(reminder).where(reminder.c.day < bindparam("before")))


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is due: the expert, the kind, and the day for which it was planned."""

    expert: Expert
    kind: str
    day: date

    @property
    def key(self) -> tuple[UUID, str, date]:
        """What is stored once."""
        return self.expert.id, self.kind, self.day


async def lock_due(connection: Connection, today: date, limit: int) -> list[Due]:
    """Reminders that are due and not stored, at most `limit`, with their experts locked. Skips experts that another
    transaction locks."""
    rows = await _DUE.fetch(connection, today=today, valid_from=today - PROFILE_VALID, limit=limit)
    return [Due(record_of(Expert, row), row["kind"], row["planned_for"]) for row in rows]


async def add(connection: Connection, due: Sequence[Due]) -> set[tuple[UUID, str, date]]:
    """Stores reminders. Returns the keys of those that were not stored before."""
    columns = zip(*(one.key for one in due), strict=True)
    return {(row["expert_id"], row["kind"], row["day"]) for row in await connection.fetch(_ADD, *map(list, columns))}


async def delete_old(connection: Connection, before: date) -> None:
    """Deletes reminders that were planned before this day."""
    await _DELETE_OLD.execute(connection, before=before)
