"""Reading invitations to review centres that wait for an answer."""

from uuid import UUID

from sqlalchemy import bindparam, select

from shared.contracts import views
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import constant

_reviewer = views.REVIEWERS.c
_WAITING = Statement(
    select(_reviewer.expert_id, _reviewer.centre_names, _reviewer.due).where(
        _reviewer.id == bindparam("reviewer"), _reviewer.status == constant("invited")
    )
)


async def waiting(connection: Connection, reviewer: UUID) -> Row | None:
    """The expert, the centre and the due day of an invitation; None if it does not wait for an answer."""
    return await _WAITING.fetchrow(connection, reviewer=reviewer)
