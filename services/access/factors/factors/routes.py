"""Second factors over HTTP. What proves one is returned once; the response stored for a replay has none of it."""

from typing import Annotated

from fastapi import Depends, Response

from services.access.access import ROLES
from services.access.factors.factors import operations
from services.access.factors.factors.domain import REMOVE
from services.access.factors.factors.guards import own_factors, with_own_factors
from services.access.factors.factors.queries import LISTING
from services.access.factors.factors.schemas import Factor, FactorBody, FactorCreate, FactorFields, present
from services.access.principals.accounts.queries import usable
from shared.database.statements import Row
from shared.kernel.errors import NotFound
from shared.kernel.step_up import OWN, STRONG
from shared.records.access_scope import by_person
from shared.records.requirements import require
from shared.web.contract.route_options import RouteOptions
from shared.web.contract.schemas import TransitionBody
from shared.web.records.pending import PendingTransition
from shared.web.records.record_routes import record_routes, take_transition
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import item_response, show_secret_once

register_constraint("access_factor_secret_credential_key", "/fields/credential", "This passkey is registered already.")
FACTOR_API = RecordApi(
    kind=operations.FACTORS,
    roles=ROLES,
    listing=LISTING,
    response_model=Factor,
    present=present,
    bodies=Bodies(FactorBody, FactorCreate, own=by_person),
    update=operations.update,
    steps=Steps(
        operations.transition,
        guards=operations.load_guard_context,
        fields=FactorFields,
        concerns=lambda row: frozenset({row["account_id"]}),
    ),
    dependency=with_own_factors,
)
router = record_routes(FACTOR_API)


@router.post(
    "",
    options=RouteOptions(problems=("conflict",), step_up=OWN),
    status_code=201,
    responses={201: {"model": Factor}},
)
async def create_factor(body: FactorCreate, ctx: CurrentContext) -> Response:
    """Add a second factor to one's own account.

    404 for clients, which have none. What proves it is shown once. An app and a passkey wait ten minutes for
    `confirm`; recovery codes replace those before.
    """
    owner = ctx.principal.account_id and await usable(ctx.uow.connection, ctx.principal.account_id)
    if not owner:
        raise NotFound("Only a person has second factors.")
    added = await operations.add(ctx.uow, ctx.uow.scratch[operations.FACTOR_SERVICE], owner, body.kind, body.name)
    own_factors(ctx, added.factor.id)
    row = await LISTING.get(ctx.uow.connection, ctx.access, added.factor.id)
    if row is None:
        raise NotFound
    shown = await FACTOR_API.item(row, ctx)
    return show_secret_once(item_response(ctx, shown, status=201), {**shown, **added.once.shown})


@router.delete(
    "/{record}",
    options=RouteOptions(step_up=STRONG.only("for a confirmed factor"), problems=("transition_not_allowed",)),
    status_code=204,
    response_model=None,
    responses={202: {"model": PendingTransition, "description": "The transition needs a second person."}},
)
async def remove_factor(row: Annotated[Row, Depends(FACTOR_API.readable)], ctx: CurrentContext) -> Response:
    """Remove a second factor.

    One's own at once. That of somebody else needs a second person; then they are mailed and signed out.
    """
    require(ctx.access, REMOVE, row["country"], row["id"])
    if row["status"] == "removed":
        return Response(status_code=204)
    response = await take_transition(FACTOR_API, ctx, row, TransitionBody(action=REMOVE))
    return response if response.status_code == 202 else Response(status_code=204)
