"""Identities over HTTP. A link is made by signing in at the provider."""

from typing import cast

import orjson
from fastapi import Response

from services.access.access import ROLES
from services.access.federation.identities import operations, queries
from services.access.federation.identities.operations import IDENTITIES
from services.access.federation.identities.schemas import IdentityPage, present
from services.access.principals.sessions.guards import account_to_end, chosen_account
from services.access.settings import AccessSettings
from shared.kernel.principal import READ
from shared.kernel.step_up import OWN
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(IDENTITIES.resource, ROLES)
_ACCOUNT = {"account_id": "The id of another account, for callers who may read its identities; default: the caller's."}


@router.get(
    "",
    options=RouteOptions(query=query_of(described=_ACCOUNT)),
    operation_id="listIdentities",
    summary="List the providers at which one signs in",
    responses={200: {"model": IdentityPage}},
)
async def list_identities(ctx: CurrentContext) -> Response:
    """The identities of the caller; with `account_id` those of another account, for authorized callers."""
    account = chosen_account(ctx, READ)
    async with ctx.connection() as connection:
        rows = await queries.linked(connection, account) if account else []
    return Response(orjson.dumps({"items": [present(row) for row in rows], "next": None}), 200, None, JSON)


@router.delete(
    "/{identity}",
    options=RouteOptions(problems=("last_way_in",), step_up=OWN),
    status_code=204,
    operation_id="unlinkIdentity",
)
async def unlink_identity(identity: str, ctx: CurrentContext) -> Response:
    """Take back a link with a provider.

    The sessions that were opened there end. Requires a sign-in of at most five minutes ago. The last way to sign in
    stays.
    """
    account, chosen = await account_to_end(ctx, identity, queries.account_of, "identity")
    has_passwords = cast(AccessSettings, ctx.settings).local_passwords
    await operations.unlink(ctx.uow, account, chosen, has_passwords=has_passwords)
    return Response(status_code=204)
