"""Consents over HTTP. A consent is given on the page that the client sends the person to."""

import orjson
from fastapi import Response

from services.access.access import ROLES
from services.access.principals.authorizations import operations, queries
from services.access.principals.authorizations.operations import AUTHORIZATIONS
from services.access.principals.authorizations.schemas import AuthorizationPage, present
from services.access.principals.sessions.guards import account_to_end, chosen_account
from shared.kernel.principal import READ
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(AUTHORIZATIONS.resource, ROLES)
_ACCOUNT = {"account_id": "The id of another account, for callers who may read its consents; default: the caller's."}


@router.get(
    "",
    options=RouteOptions(query=query_of(described=_ACCOUNT)),
    operation_id="listAuthorizations",
    summary="List which clients may act for one",
    responses={200: {"model": AuthorizationPage}},
)
async def list_authorizations(ctx: CurrentContext) -> Response:
    """The clients that the caller signed in to and consented to; with `account_id` those of another account, for
    authorized callers. Clients of the installation itself ask for no consent."""
    account = chosen_account(ctx, READ)
    async with ctx.connection() as connection:
        rows = await queries.living(connection, account) if account else []
    return Response(orjson.dumps({"items": [present(row) for row in rows], "next": None}), 200, None, JSON)


@router.delete("/{authorization}", status_code=204)
async def end_authorization(authorization: str, ctx: CurrentContext) -> Response:
    """Take back a consent.

    The client's sessions of the person end, with all their tokens.
    """
    account, chosen = await account_to_end(ctx, authorization, queries.account_of, "consent")
    await operations.end(ctx.uow, account, chosen)
    return Response(status_code=204)
