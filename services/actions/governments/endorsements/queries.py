"""Reading endorsements."""

from sqlalchemy import bindparam, func, select

from services.actions.governments.endorsements import domain
from services.actions.governments.endorsements.record import Endorsement
from services.actions.governments.endorsements.tables import endorsement
from shared.database.context import SYSTEM_CONTEXT, within_context
from shared.database.statements import Connection, Statement
from shared.records.listing import Filter, OneOf
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_itself, listing
from shared.records.rows import records_of

_LEVELS = tuple(str(level) for level in domain.LEVELS)
_HIGHEST_LEVEL = Statement(
    within_context(
        select(func.max(endorsement.c.level).label("level")).where(
            endorsement.c.country == bindparam("country"),
            endorsement.c.status == "verified",
            (endorsement.c.valid_to.is_(None) | (endorsement.c.valid_to >= func.current_date())),
        )
    )
)
_EXPIRED = Statement(
    select(endorsement)
    .where(endorsement.c.status == "verified", endorsement.c.valid_to < func.current_date())
    .order_by(endorsement.c.id)
    .limit(200)
    .with_for_update()
)


NEXT_STEPS = NextSteps("actions.endorsements", endorsement, (NextStep("claimed", "verify"),))
LISTING = listing(
    Endorsement,
    endorsement,
    domain.LIFECYCLE.states,
    by_itself(endorsement, domain.PUBLISHED),
    Filter("level", "A level from 1 to 5", OneOf(_LEVELS, int), lambda bound: endorsement.c.level == bound),
    NEXT_STEPS.holder,
)


async def highest_level(connection: Connection, country: str) -> int:
    """The highest level of a country's verified endorsements that are valid today; 0 without one."""
    return await _HIGHEST_LEVEL.fetchval(connection, country=country, **SYSTEM_CONTEXT.parameters) or 0


async def lock_expired(connection: Connection) -> list[Endorsement]:
    """Verified endorsements whose last day has passed, locked; at most 200."""
    return records_of(Endorsement, await _EXPIRED.fetch(connection))
