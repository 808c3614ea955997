"""Reading government bodies, focal points and meetings."""

from uuid import UUID

from sqlalchemy import bindparam, select

from services.actions.government import domain
from services.actions.government.record import FocalPoint, GovernmentBody, Meeting
from services.actions.government.tables import focal_point, government_body, meeting
from shared.database.context import within_context
from shared.database.statements import Connection, Statement
from shared.kernel.errors import invalid_field
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope
from shared.records.listing import one_of, values
from shared.records.plain import by_itself, listing
from shared.records.references import Nameable

BODIES = listing(
    GovernmentBody,
    government_body,
    domain.BODY.states,
    by_itself(government_body, domain.PUBLISHED_BODIES),
    values("kind", government_body.c.kind, "Kinds, separated by commas", one_of(domain.BODY_KINDS)),
)
FOCAL_POINTS = listing(
    FocalPoint, focal_point, domain.FOCAL_POINT.states, by_itself(focal_point, domain.PUBLISHED_FOCAL_POINTS)
)
MEETINGS = listing(
    Meeting,
    meeting,
    domain.MEETING.states,
    by_itself(meeting, domain.PUBLISHED_MEETINGS),
    values("kind", meeting.c.kind, "Kinds, separated by commas", one_of(domain.MEETING_KINDS)),
)
_NAMED_BODIES = Nameable(
    Resource("actions", "government_bodies", "government_body"), government_body, domain.PUBLISHED_BODIES
)
_BODY = Statement(
    within_context(
        select(government_body.c.id)
        .where(government_body.c.id == bindparam("key"), government_body.c.country == bindparam("country"))
        .limit(1)
    )
)


async def require_body(connection: Connection, access: AccessScope, field: str, key: UUID | None, country: str) -> None:
    """Raises Invalid `unknown_reference` where the caller knows no body of this id and country; None is no body."""
    if key is None:
        return
    of_country = await _BODY.fetchval(connection, key=key, country=country, **access.context.parameters)
    if of_country is None or not await _NAMED_BODIES.known(connection, access.principal, [key]):
        raise invalid_field(f"/{field}", "unknown_reference", "There is no such government body in the country.")
