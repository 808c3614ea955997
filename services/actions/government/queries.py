"""Reading government bodies, focal points and meetings."""

from uuid import UUID

from sqlalchemy import bindparam, select

from services.actions.government import domain
from services.actions.government.tables import focal_point, government_body, meeting
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Statement
from shared.kernel.errors import invalid_field
from shared.records.listing import one_of, values
from shared.records.plain import by_itself, listing

BODIES = listing(
    government_body,
    domain.BODY.states,
    by_itself(government_body, domain.PUBLISHED_BODIES),
    values("kind", government_body.c.kind, "Kinds, separated by commas", one_of(domain.BODY_KINDS)),
)
FOCAL_POINTS = listing(focal_point, domain.FOCAL_POINT.states, by_itself(focal_point, domain.PUBLISHED_FOCAL_POINTS))
MEETINGS = listing(
    meeting,
    domain.MEETING.states,
    by_itself(meeting, domain.PUBLISHED_MEETINGS),
    values("kind", meeting.c.kind, "Kinds, separated by commas", one_of(domain.MEETING_KINDS)),
)
_BODY = Statement(
    within_context(
        select(government_body.c.id)
        .where(government_body.c.id == bindparam("key"), government_body.c.country == bindparam("country"))
        .limit(1)
    )
)


async def require_body(
    connection: Connection, context: AccessContext, field: str, key: UUID | None, country: str
) -> None:
    """Raises Invalid `unknown_body` where a body of this id and country is not known to the caller; None is no body."""
    if key is None:
        return
    if await _BODY.fetchval(connection, key=key, country=country, **context.parameters) is None:
        raise invalid_field(f"/{field}", "unknown_body", "There is no such government body in the country.")
