"""Reading endorsements and letters."""

from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.sql.elements import ColumnElement

from services.actions.coordination import domain
from services.actions.coordination.record import Endorsement, Letter
from services.actions.coordination.tables import correspondence, endorsement
from shared.database.context import SYSTEM_CONTEXT, AccessContext, within_context
from shared.database.statements import Connection, Statement
from shared.records.listing import Filter, one_of, values
from shared.records.plain import by_itself, listing

_LEVELS = tuple(str(level) for level in domain.LEVELS)
_STANDING = Statement(
    within_context(
        select(func.max(endorsement.c.level).label("level")).where(
            endorsement.c.country == bindparam("country"),
            endorsement.c.status == "verified",
            (endorsement.c.valid_to.is_(None) | (endorsement.c.valid_to >= func.current_date())),
        )
    )
)
_LETTER = Statement(
    within_context(
        select(correspondence.c.id)
        .where(correspondence.c.id == bindparam("letter"), correspondence.c.country == bindparam("country"))
        .limit(1)
    )
)


def _level(raw: str) -> int:
    return int(one_of(_LEVELS)(raw))


def _overdue(raw: str) -> bool:
    return one_of(("true", "false"))(raw) == "true"


def _is_overdue(bound: ColumnElement[bool]) -> ColumnElement[bool]:
    late = and_(
        correspondence.c.status == "awaiting_reply",
        func.coalesce(correspondence.c.reply_due < func.current_date(), False),
    )
    return late == bound


ENDORSEMENTS = listing(
    Endorsement,
    endorsement,
    domain.ENDORSEMENT.states,
    by_itself(endorsement, domain.PUBLISHED_ENDORSEMENTS),
    Filter("level", "A level from 1 to 5", _level, lambda bound: endorsement.c.level == bound),
)
LETTERS = listing(
    Letter,
    correspondence,
    domain.CORRESPONDENCE.states,
    by_itself(correspondence, domain.PUBLISHED_LETTERS),
    values("direction", correspondence.c.direction, "in, out or both", one_of(("in", "out"))),
    Filter("overdue", "true or false", _overdue, _is_overdue),
)


async def standing_level(connection: Connection, country: str) -> int:
    """The highest level of a country's verified endorsements that hold today; 0 where there is none."""
    return await _STANDING.fetchval(connection, country=country, **SYSTEM_CONTEXT.parameters) or 0


async def is_of_country(connection: Connection, context: AccessContext, letter: UUID, country: str) -> bool:
    """Whether there is such a letter of this country that the context admits."""
    found = await _LETTER.fetchval(connection, letter=letter, country=country, **context.parameters)
    return found is not None
