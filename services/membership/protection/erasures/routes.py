"""Erasures over HTTP: the routes of every record, and the request for the erasure of an expert."""

from typing import Annotated

from fastapi import Depends, Response

from services.membership.access import ROLES
from services.membership.protection.erasures import operations
from services.membership.protection.erasures.queries import LISTING
from services.membership.protection.erasures.schemas import Erasure, ErasureBody, ErasureFields, present
from services.membership.register.experts.routes import EXPERT_API
from shared.database.statements import Row
from shared.kernel.step_up import TWO_FACTORS
from shared.web.contract.route_options import RouteOptions
from shared.web.records.record_routes import record_routes
from shared.web.records.records import RecordApi, Steps
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import item_response
from shared.web.request.route import ResourceRouter

ERASURE_API = RecordApi(
    kind=operations.ERASURES,
    roles=ROLES,
    listing=LISTING,
    response_model=Erasure,
    present=present,
    steps=Steps(
        operations.transition,
        guards=operations.load_guard_context,
        fields=ErasureFields,
        concerns=lambda row: operations.concerned(row["account_id"]),
    ),
)
router = record_routes(ERASURE_API)
requests = ResourceRouter(EXPERT_API.kind.resource, ROLES)


@requests.post(
    "/{record}/erasure",
    options=RouteOptions(step_up=TWO_FACTORS),
    status_code=201,
    responses={201: {"model": Erasure}},
)
async def request_expert_erasure(
    body: ErasureBody, expert: Annotated[Row, Depends(EXPERT_API.readable)], ctx: CurrentContext
) -> Response:
    """Request the erasure of everything that is stored about an expert.

    By the person, or by an administrator, whose request another administrator confirms. From then on the record is
    restricted, and after 14 days the erasure runs.
    """
    made = await operations.request(ctx.uow, ctx.access, expert, body.reason, body.second_person)
    access = ctx.access_on(ERASURE_API.kind.resource).including_record(made.expert_id)
    found = await LISTING.get(ctx.uow.connection, access, made.id)
    if found is None:
        raise RuntimeError("the erasure was not written")
    return item_response(ctx, await ERASURE_API.item(found, ctx, access), status=201)
