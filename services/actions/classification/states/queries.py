"""Reading and storing assessments."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import Text, bindparam, insert, or_, select

from services.actions.classification.states.domain import MOST_ASSESSMENTS
from services.actions.classification.states.record import Assessment
from services.actions.classification.states.tables import scheme_state
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Statement
from shared.records.columns import as_read

_s = scheme_state.c
_named = bindparam("assessment", type_=Text)
_OF_SCHEME = Statement(
    within_context(
        select(_s.assessment, _s.published_on, as_read(_s.source), as_read(_s.states))
        .where(_s.scheme_id == bindparam("scheme_id"), or_(_named.is_(None), _s.assessment == _named))
        .order_by(_s.published_on.desc(), _s.assessment)
        .limit(MOST_ASSESSMENTS)
    )
)
_INSERT = Statement(insert(scheme_state).values({column.key: bindparam(column.key) for column in _s}))


async def assessments(
    connection: Connection, context: AccessContext, scheme_id: UUID, assessment: str | None
) -> list[Row]:
    """The assessments of an edition, or the named one; the latest first."""
    return await _OF_SCHEME.fetch(connection, scheme_id=scheme_id, assessment=assessment, **context.parameters)


async def insert_assessment(connection: Connection, scheme_id: UUID, new: Assessment) -> None:
    """Stores an assessment of an edition."""
    await _INSERT.execute(connection, scheme_id=scheme_id, **asdict(new))
