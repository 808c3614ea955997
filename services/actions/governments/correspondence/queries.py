"""Reading letters."""

from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.sql.elements import ColumnElement

from services.actions.governments.correspondence import domain
from services.actions.governments.correspondence.record import Letter
from services.actions.governments.correspondence.tables import correspondence
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Statement
from shared.records.listing import Filter, one_of, truth, values
from shared.records.plain import by_itself, listing

_LETTER = Statement(
    within_context(
        select(correspondence.c.id)
        .where(correspondence.c.id == bindparam("letter"), correspondence.c.country == bindparam("country"))
        .limit(1)
    )
)


def _is_overdue(bound: ColumnElement[bool]) -> ColumnElement[bool]:
    late = and_(
        correspondence.c.status == "awaiting_reply",
        func.coalesce(correspondence.c.reply_due < func.current_date(), False),
    )
    return late == bound


LISTING = listing(
    Letter,
    correspondence,
    domain.LIFECYCLE.states,
    by_itself(correspondence, domain.PUBLISHED),
    values("direction", correspondence.c.direction, "in, out or both", one_of(("in", "out"))),
    Filter("overdue", "true or false", truth, _is_overdue),
)


async def is_of_country(connection: Connection, context: AccessContext, letter: UUID, country: str) -> bool:
    """Whether the context may read a letter of this id and country."""
    found = await _LETTER.fetchval(connection, letter=letter, country=country, **context.parameters)
    return found is not None
