"""Reading the scores of one nomination: one's own, and all of them once the call is decided. The callers of these
functions check the permission, and that the caller may know of the nomination."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, any_, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.membership.selection.calls.domain import SCORED
from services.membership.selection.calls.tables import call
from services.membership.selection.nominations.queries import is_conflicted, is_own
from services.membership.selection.nominations.tables import nomination
from services.membership.selection.scores.tables import score
from shared.database.context import Lookup, within_context
from shared.database.statements import Connection, Row, Shapes
from shared.records.access_scope import AccessKind, AccessScope, constant
from shared.records.columns import as_read

_MOST = 200
_MINE = any_(func.string_to_array(bindparam("ctx_records", type_=Text), ",", type_=ARRAY(Text)))
_of_nomination = score.join(nomination, nomination.c.id == score.c.nomination_id).join(
    call, call.c.id == score.c.call_id
)
_is_decided = call.c.status.in_([constant(status) for status in SCORED])


def _select(is_blind: bool, single: bool) -> Select[Any]:
    query = (
        select(*(as_read(column) for column in score.c))
        .select_from(_of_nomination)
        .where(score.c.nomination_id == bindparam("nomination"), ~is_conflicted, ~is_own)
    )
    if is_blind:
        query = query.where(or_(_is_decided, cast(score.c.expert_id, Text) == _MINE))
    if single:
        query = query.where(score.c.id == bindparam("key"))
    return within_context(query.order_by(score.c.id).limit(_MOST))


_READS = Shapes(_select)
_OF_AUTHOR = Lookup(
    select(score.c.id)
    .where(score.c.nomination_id == bindparam("nomination"), score.c.expert_id == bindparam("expert"))
    .limit(1)
)


async def of_nomination(connection: Connection, access: AccessScope, key: UUID) -> list[Row]:
    """The scores of a nomination that the caller sees, oldest first."""
    statement = _READS.get(_is_blind(access), False)
    return await statement.fetch(connection, nomination=key, **access.context.parameters)


async def get(connection: Connection, access: AccessScope, nomination_id: UUID, key: UUID) -> Row | None:
    """One score, or None."""
    statement = _READS.get(_is_blind(access), True)
    return await statement.fetchrow(connection, nomination=nomination_id, key=key, **access.context.parameters)


async def is_scored(connection: Connection, nomination_id: UUID, expert: UUID) -> bool:
    """Whether a member of the panel has scored a nomination."""
    return await _OF_AUTHOR.fetchval(connection, nomination=nomination_id, expert=expert) is not None


def _is_blind(access: AccessScope) -> bool:
    """Whether the caller sees only the own scores before the decision: members of the panel."""
    return access.access_kind is not AccessKind.EVERYWHERE
