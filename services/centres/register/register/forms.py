"""A centre as GeoJSON and as JSON-LD: public fields only, whoever the caller is."""

from typing import Any

from services.centres.register.register import queries
from services.centres.register.register.domain import CONTEXT, RegisteredCentre, feature, organization, registered
from shared.database.context import SYSTEM_CONTEXT
from shared.database.statements import Row
from shared.kernel.geojson import MEDIA_TYPE as GEOJSON
from shared.web.request.request_context import RequestContext
from shared.web.request.responses import LINKED_DATA


async def as_feature(row: Row, ctx: RequestContext) -> dict[str, Any]:
    """A Feature of GeoJSON."""
    return feature(await _centre(row, ctx))


async def as_organization(row: Row, ctx: RequestContext) -> dict[str, Any]:
    """A ResearchOrganization of schema.org."""
    return {"@context": CONTEXT, **organization(await _centre(row, ctx), ctx.settings.issuer)}


FORMS = {GEOJSON: as_feature, LINKED_DATA: as_organization}
"""The forms of a centre by media type."""


async def _centre(row: Row, ctx: RequestContext) -> RegisteredCentre:
    """The centre, which the caller may know of."""
    async with ctx.connection() as connection:
        shown = await queries.shown(connection, SYSTEM_CONTEXT, row["id"])
        named = {key for key in (shown["director_id"],) if key}
        directors, _ = await queries.directors(connection, queries.PUBLIC, named)
    return registered(shown, directors)
