"""The codes of an edition over HTTP."""

from typing import Annotated

from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.classification.codes import operations, queries
from services.actions.classification.codes.record import Code
from services.actions.classification.codes.schemas import SchemeCode, SchemeCodesBody, present_code
from services.actions.classification.schemes.routes import SCHEME_API
from shared.database.statements import Row
from shared.records.requirements import require
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.contract.schemas import page_of
from shared.web.request.paging import cut, linked_page, page_limit, parameters_of, place_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.route import ResourceRouter

router = ResourceRouter(SCHEME_API.kind.resource, ROLES)
Readable = Annotated[Row, Depends(SCHEME_API.readable)]
EDITION = {"edition": "The edition, if the address names a scheme; by default the current one."}
PAGE_OF_CODES = {**EDITION, "kind": "Codes of this kind.", "parent": "Codes whose parent is this one."}
"""Parameters that choose codes of an edition, in addition to those of pages."""


async def page_of_codes(ctx: RequestContext, scheme: Row) -> tuple[list[Row], str | None]:
    """The requested codes of an edition, and the address of the next page."""
    given = parameters_of(ctx.request)
    limit = page_limit(given.get("limit"))
    after = place_of(ctx, given.get("cursor"), queries.PLACE) or (-1, "")
    async with ctx.connection() as connection:
        rows = await queries.page(
            connection,
            ctx.access.context,
            scheme["id"],
            kind=given.get("kind"),
            parent=given.get("parent"),
            after=after,
            limit=limit,
        )
    return cut(ctx, rows, limit, lambda row: [row["order"], row["code"]])


@router.get(
    "/{record}/codes",
    options=RouteOptions(is_public=True, query=query_of("limit", "cursor", described=PAGE_OF_CODES)),
    responses={200: {"model": page_of(SchemeCode)}},
)
async def list_scheme_codes(scheme: Readable, ctx: CurrentContext) -> Response:
    """List the codes of an edition.

    In their order. The address names an edition by id or ref, or a scheme by its code.
    """
    rows, following = await page_of_codes(ctx, scheme)
    return linked_page({"items": [present_code(row) for row in rows], "next": following}, following)


@router.post(
    "/{record}/codes",
    options=RouteOptions(query=query_of(described=EDITION), problems=("scheme_in_use",)),
    status_code=201,
    responses={201: {"model": SCHEME_API.response_model}},
)
async def store_scheme_codes(body: SchemeCodesBody, scheme: Readable, ctx: CurrentContext) -> Response:
    """Store codes of an edition.

    Up to 2,000 at once, all or none. A draft gets them whole; a current edition gets further languages of their titles.
    """
    require(ctx.access, "update", scheme["country"])
    before = await SCHEME_API.kind.lock(ctx.uow, scheme["id"])
    given: list[Code] = body.model_dump(mode="json", exclude_unset=True)
    await operations.store(ctx.uow, before, given)
    return await SCHEME_API.respond_with(ctx, scheme["id"], status=201)
