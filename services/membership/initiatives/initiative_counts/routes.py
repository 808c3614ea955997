"""The counts of an initiative, and its supporters who agreed to be listed."""

from typing import Annotated
from weakref import WeakKeyDictionary

import orjson
from fastapi import Depends, Response

from services.membership.access import ROLES
from services.membership.initiatives.initiative_counts import queries
from services.membership.initiatives.initiative_counts.operations import RecentOrganisations
from services.membership.initiatives.initiative_counts.queries import OF_INITIATIVE, SUPPORTERS, Organisations
from services.membership.initiatives.initiative_counts.schemas import InitiativeCount, SupporterPage, count_of
from services.membership.initiatives.initiatives.operations import INITIATIVES
from services.membership.initiatives.initiatives.routes import INITIATIVE_API
from services.membership.initiatives.supports.schemas import Supporter, present_supporter
from shared.database.pool import Database
from shared.database.statements import Row
from shared.kernel.clock import today
from shared.records.columns import parsed_or_fragment
from shared.web.contract.route_options import RouteOptions, query_of, query_of_list
from shared.web.request.paging import as_of, list_response, members_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(INITIATIVES.resource, ROLES)
_Initiative = Annotated[Row, Depends(INITIATIVE_API.readable)]
_KNOWN = members_of(Supporter)
_RECENT: WeakKeyDictionary[Database, RecentOrganisations] = WeakKeyDictionary()


@router.get(
    "/{record}/count",
    options=RouteOptions(is_public=True, reads_primary=True, query=query_of("as_of")),
    responses={200: {"model": InitiativeCount}},
)
async def count_initiative(row: _Initiative, ctx: CurrentContext) -> Response:
    """Count who supports an initiative.

    All accepted supports, listed or not, the same for every caller. A match of an organisation shows within a minute.
    """
    day, key = as_of(ctx.request), row["id"]

    async def count() -> Organisations:
        async with ctx.database.acquire() as connection:
            return await queries.organisations(connection, key)

    if day is None or day == today():
        async with ctx.connection() as connection:
            supporters = await queries.supporters(connection, key)
        recent = _RECENT.setdefault(ctx.database, RecentOrganisations())
        organisations = await recent.get(key, supporters.supporters, count)
    else:
        async with ctx.connection() as connection:
            organisations = await queries.organisations_at(connection, key, day)
            supporters = await queries.supporters(connection, key, day)
    figures, path = parsed_or_fragment(row["published_figures"]), INITIATIVES.resource.link(key)
    return Response(
        orjson.dumps(count_of(key, path, supporters, organisations, day or today(), figures)), media_type=JSON
    )


@router.get(
    "/{record}/supporters",
    options=RouteOptions(is_public=True, reads_primary=True, query=query_of_list(SUPPORTERS, without=OF_INITIATIVE)),
    responses={200: {"model": SupporterPage}},
)
async def list_initiative_supporters(row: _Initiative, ctx: CurrentContext) -> Response:
    """List the supporters of an initiative who agreed to be listed.

    In pages; with `format` all of them as a stream. `unlisted` is the number of the others.
    """
    async with ctx.connection() as connection:
        counted = await queries.supporters(connection, row["id"])
    members = {"unlisted": counted.unlisted}
    return await list_response(
        ctx, SUPPORTERS, present_supporter, _KNOWN, fixed={OF_INITIATIVE: row["id"]}, members=members
    )
