"""Reading government bodies."""

from uuid import UUID

from sqlalchemy import bindparam, select

from services.actions.governments.government_bodies import domain
from services.actions.governments.government_bodies.record import GovernmentBody
from services.actions.governments.government_bodies.tables import government_body
from shared.database.context import within_context
from shared.database.statements import Connection, Statement
from shared.kernel.errors import unknown_reference
from shared.records.access_scope import AccessScope
from shared.records.listing import one_of, values
from shared.records.plain import by_itself, listing
from shared.records.references import Nameable

LISTING = listing(
    GovernmentBody,
    government_body,
    domain.LIFECYCLE.states,
    by_itself(government_body, domain.PUBLISHED),
    values("kind", government_body.c.kind, "Kinds, separated by commas", one_of(domain.BODY_KINDS)),
)
_NAMEABLE = Nameable(GovernmentBody.resource_type, government_body, domain.PUBLISHED)
_BODY = Statement(
    within_context(
        select(government_body.c.id)
        .where(government_body.c.id == bindparam("key"), government_body.c.country == bindparam("country"))
        .limit(1)
    )
)


async def require_body(connection: Connection, access: AccessScope, field: str, key: UUID | None, country: str) -> None:
    """Raises Invalid `unknown_reference` if the caller may not know of a body with this id and country; None passes."""
    if key is None:
        return
    of_country = await _BODY.fetchval(connection, key=key, country=country, **access.context.parameters)
    if of_country is None or not await _NAMEABLE.known(connection, access.principal, [key]):
        raise unknown_reference(f"/{field}", "government body in the country")
