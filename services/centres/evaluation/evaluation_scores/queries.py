"""Reading the scores of one evaluation: one's own, and all of them once it is completed. The callers of these functions
check the permission, and that the caller may know of the evaluation."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, any_, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.centres.evaluation.evaluation_scores.tables import evaluation_score
from services.centres.evaluation.evaluations.tables import evaluation
from shared.database.context import Lookup, within_context
from shared.database.statements import Connection, Row, Shapes
from shared.records.access_scope import AccessKind, AccessScope, constant
from shared.records.columns import as_read

_s = evaluation_score.c
_MOST = 200
_MINE = any_(func.string_to_array(bindparam("ctx_records", type_=Text), ",", type_=ARRAY(Text)))
_is_completed = evaluation.c.status == constant("completed")


def _select(is_blind: bool, single: bool) -> Select[Any]:
    query = (
        select(*(as_read(column) for column in _s))
        .select_from(evaluation_score.join(evaluation, evaluation.c.id == _s.evaluation_id))
        .where(_s.evaluation_id == bindparam("evaluation"))
    )
    if is_blind:
        query = query.where(or_(_is_completed, cast(_s.expert_id, Text) == _MINE))
    if single:
        query = query.where(_s.id == bindparam("key"))
    return within_context(query.order_by(_s.id).limit(_MOST))


_READS = Shapes(_select)
_OF_AUTHOR = Lookup(
    select(_s.id).where(_s.evaluation_id == bindparam("evaluation"), _s.expert_id == bindparam("expert")).limit(1)
)


async def of_evaluation(connection: Connection, access: AccessScope, key: UUID) -> list[Row]:
    """The scores of an evaluation that the caller sees, oldest first."""
    statement = _READS.get(_is_blind(access), False)
    return await statement.fetch(connection, evaluation=key, **access.context.parameters)


async def get(connection: Connection, access: AccessScope, evaluation_id: UUID, key: UUID) -> Row | None:
    """One score, or None."""
    statement = _READS.get(_is_blind(access), True)
    return await statement.fetchrow(connection, evaluation=evaluation_id, key=key, **access.context.parameters)


async def is_scored(connection: Connection, evaluation_id: UUID, expert: UUID) -> bool:
    """Whether a member of the panel has scored."""
    return await _OF_AUTHOR.fetchval(connection, evaluation=evaluation_id, expert=expert) is not None


def _is_blind(access: AccessScope) -> bool:
    """Whether the caller sees only the own scores before the completion: all but administrators."""
    return access.access_kind is not AccessKind.EVERYWHERE
