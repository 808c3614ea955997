"""The assessments of the codes of an edition over HTTP."""

from typing import Annotated

from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.classification.codes.routes import EDITION
from services.actions.classification.schemes.routes import SCHEME_API
from services.actions.classification.states import operations, queries
from services.actions.classification.states.schemas import SchemeAssessment, SchemeAssessmentBody, present_assessment
from shared.database.statements import Row
from shared.records.requirements import require
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.contract.schemas import page_of
from shared.web.request.paging import linked_page, parameters_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter

router = ResourceRouter(SCHEME_API.kind.resource, ROLES)
Readable = Annotated[Row, Depends(SCHEME_API.readable)]


@router.get(
    "/{record}/states",
    options=RouteOptions(
        is_public=True, query=query_of(described={**EDITION, "assessment": "The assessment of this name."})
    ),
    responses={200: {"model": page_of(SchemeAssessment)}},
)
async def list_scheme_states(scheme: Readable, ctx: CurrentContext) -> Response:
    """List the states of the codes of an edition.

    By assessment, the latest first: at most 50.
    """
    named = parameters_of(ctx.request).get("assessment")
    async with ctx.connection() as connection:
        rows = await queries.assessments(connection, ctx.access.context, scheme["id"], named)
    return linked_page({"items": [present_assessment(row) for row in rows], "next": None}, None)


@router.post(
    "/{record}/states",
    options=RouteOptions(query=query_of(described=EDITION), problems=("scheme_in_use",)),
    status_code=201,
    responses={201: {"model": SCHEME_API.response_model}},
)
async def record_scheme_states(body: SchemeAssessmentBody, scheme: Readable, ctx: CurrentContext) -> Response:
    """Record an assessment of the codes of an edition.

    Another assessment with the status of codes. It is never changed.
    """
    require(ctx.access, "update", scheme["country"])
    before = await SCHEME_API.kind.lock(ctx.uow, scheme["id"])
    await operations.record_assessment(ctx.uow, before, body.as_record())
    return await SCHEME_API.respond_with(ctx, scheme["id"], status=201)
