"""Mappings over HTTP, of one scheme or of all."""

from typing import Annotated

import orjson
from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.classification.codes.routes import EDITION
from services.actions.classification.mappings import operations, queries
from services.actions.classification.mappings.domain import pair_of
from services.actions.classification.mappings.schemas import (
    SchemeMapping,
    SchemeMappingBody,
    SchemeMappingsBody,
    present_mapping,
)
from services.actions.classification.schemes.routes import SCHEME_API
from shared.database.statements import Row
from shared.records.requirements import require
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.contract.schemas import page_of
from shared.web.request.paging import cut, linked_page, page_limit, parameters_of, place_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(SCHEME_API.kind.resource, ROLES)
Readable = Annotated[Row, Depends(SCHEME_API.readable)]
all_mappings = ResourceRouter(SCHEME_API.kind.resource, ROLES, prefix="/actions/v1/mappings")
_CHOSEN = {"to_scheme": "Mappings to this scheme.", "from_code": "Mappings of this code."}
_ALL_CHOSEN = {"from_scheme": "Mappings from this scheme.", **_CHOSEN, "to_code": "Mappings to this code."}


@router.get(
    "/{record}/mappings",
    options=RouteOptions(is_public=True, query=query_of("limit", "cursor", described={**EDITION, **_CHOSEN})),
    responses={200: {"model": page_of(SchemeMapping)}},
)
async def list_scheme_mappings(scheme: Readable, ctx: CurrentContext) -> Response:
    """List the mappings of a scheme.

    From its codes to those of other schemes, whatever the edition; mappings of other schemes to it are in their lists.
    """
    return await _page(ctx, scheme["code"])


async def _page(ctx: RequestContext, scheme: str | None) -> Response:
    """The requested mappings, from one scheme if it is given."""
    given = parameters_of(ctx.request)
    limit = page_limit(given.get("limit"))
    after = place_of(ctx, given.get("cursor"), queries.PLACE) or (scheme or "", "", "", "")
    ends = (scheme, given.get("from_code"), given.get("to_scheme"), given.get("to_code"))
    async with ctx.connection() as connection:
        rows = await queries.page(connection, ctx.access.context, ends, after, limit)
    shown, following = cut(ctx, rows, limit, lambda row: [row[key.key] for key in queries.PLACE])
    return linked_page({"items": [present_mapping(row) for row in shown], "next": following}, following)


@router.post(
    "/{record}/mappings",
    options=RouteOptions(query=query_of(described=EDITION)),
    status_code=201,
    responses={201: {"model": SCHEME_API.response_model}},
)
async def store_scheme_mappings(body: SchemeMappingsBody, scheme: Readable, ctx: CurrentContext) -> Response:
    """Store mappings of a scheme.

    Up to 2,000 at once, all or none. A pair of codes that is mapped gets the new relation and source.
    """
    require(ctx.access, "update", scheme["country"])
    before = await SCHEME_API.kind.lock(ctx.uow, scheme["id"])
    await operations.store(ctx.uow, before, [one.as_record() for one in body.root])
    return await SCHEME_API.respond_with(ctx, scheme["id"], status=201)


@all_mappings.get(
    "",
    options=RouteOptions(is_public=True, query=query_of("limit", "cursor", described=_ALL_CHOSEN)),
    operation_id="listMappings",
    summary="List mappings between schemes",
    description="Mappings from all schemes, in the order of the schemes and codes that they are from.",
    responses={200: {"model": page_of(SchemeMapping)}},
)
async def list_all_mappings(ctx: CurrentContext) -> Response:
    return await _page(ctx, parameters_of(ctx.request).get("from_scheme"))


@all_mappings.post("", status_code=201, responses={201: {"model": SchemeMapping}})
async def store_mapping(body: SchemeMappingBody, ctx: CurrentContext) -> Response:
    """Store a mapping between two schemes.

    A pair of codes that is mapped gets the new relation and source.
    """
    require(ctx.access, "update", None)
    given = body.as_record()
    await operations.store_one(ctx.uow, given)
    (origin, target), after = pair_of(given), ("", "", "", "")
    (row,) = await queries.page(ctx.uow.connection, ctx.access.context, (*origin, *target), after, 1)
    return Response(orjson.dumps(present_mapping(row)), 201, media_type=JSON)
