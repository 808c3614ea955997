"""The timeline over HTTP."""

from datetime import date
from uuid import UUID

from fastapi import Response

from services.actions.access import ROLES
from services.actions.plan.actions.operations import ACTIONS
from services.actions.plan.milestones.operations import MILESTONES
from services.actions.plan.programmes.operations import PROGRAMMES
from services.actions.plan.timeline import queries
from services.actions.plan.timeline.domain import LARGEST, progress
from services.actions.plan.timeline.schemas import Timeline, present
from shared.kernel.clock import today
from shared.kernel.countries import known_codes
from shared.kernel.errors import invalid_parameter
from shared.kernel.resource import Resource
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.request.paging import day_in, parameters_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import document_response
from shared.web.request.route import ResourceRouter

router = ResourceRouter(Resource("actions", "timeline", "timeline"), ROLES)
_KINDS = {one.resource.entity: one.resource for one in (PROGRAMMES, ACTIONS, MILESTONES)}
_PARAMETERS = {
    "country": "The country, as an ISO 3166-1 alpha-2 code.",
    "programme_id": "The id of a programme, instead of a country.",
    "from": "Only what lasts until this day or longer.",
    "to": "Only what begins by this day.",
}
_BOUNDS = {"from": date.min, "to": date.max}


@router.get(
    "",
    options=RouteOptions(is_item=True, query=query_of(described=_PARAMETERS)),
    operation_id="getTimeline",
    summary="Read what a country or programme planned and did over time",
    responses={200: {"model": Timeline}},
)
async def get_timeline(ctx: CurrentContext) -> Response:
    """The programmes, actions and milestones of one country or one programme that the caller may know of, at most
    5,000. With `from` or `to` only those that last on a day between both: a record that has not ended lasts until today
    at least, and one without a first or last day has no bound there."""
    given = parameters_of(ctx.request)
    key = _key(given)
    first, last = (day_in(name, given.get(name, str(bound))) for name, bound in _BOUNDS.items())
    day = today()
    async with ctx.connection() as connection:
        rows = [
            (kind, row)
            for kind, resource in _KINDS.items()
            for row in await queries.items(connection, ctx.access_on(resource), kind, key, first, last, day)
        ]
        if len(rows) > LARGEST:
            raise invalid_parameter("from", f"That would be more than {LARGEST:,} items. Ask for fewer days.")
        weights = await queries.weights(connection, ctx.access_on(MILESTONES.resource), key)
    done = progress(weights)
    return document_response(ctx, {"items": [present(kind, row, done, day) for kind, row in rows], "as_of": day})


def _key(given: dict[str, str]) -> str | UUID:
    """The country or the id of the programme."""
    if ("country" in given) == ("programme_id" in given):
        raise invalid_parameter("country", "One country, or one programme_id.")
    if (code := given.get("country")) is not None:
        if code not in known_codes(fictional=True):
            raise invalid_parameter("country", "Not an ISO 3166-1 alpha-2 code of a country.")
        return code
    try:
        return UUID(given["programme_id"])
    except ValueError:
        raise invalid_parameter("programme_id", "The id of a programme.") from None
