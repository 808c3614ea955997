"""Logout tokens of identity providers over HTTP."""

from fastapi import Request, Response

from services.access.federation.leaving import operations
from services.access.federation.providers.guards import active_provider
from services.access.principals.tokens.guards import form_of
from shared.kernel.errors import Malformed
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.request.request_authenticator import request_authenticator_of

router = OptionsRouter(include_in_schema=False)


@router.post("/access/v1/federation/{code}/backchannel_logout", options=RouteOptions(is_public=True, is_keyed=False))
async def backchannel_logout(code: str, request: Request) -> Response:
    """Ends the sessions of whoever signed out at the provider."""
    await request_authenticator_of(request).anonymous(request)
    form = await form_of(request)
    state = request.app.state
    provider = await active_provider(state.database, code)
    token = form.get("logout_token")
    if token is None:
        raise Malformed("logout_token is missing.", code="invalid_request")
    await operations.end_by_token(state.database, state.remote_providers, provider, token)
    return Response(None, 200, {"Cache-Control": "no-store"})
