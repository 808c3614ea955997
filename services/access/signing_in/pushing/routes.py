"""Requests that a client sends before the person comes with them (RFC 9126)."""

import orjson
from fastapi import Request, Response

from services.access.principals.tokens.authentication import caller_client
from services.access.principals.tokens.domain import InvalidClient
from services.access.principals.tokens.guards import Asked, CurrentTokenService
from services.access.principals.tokens.routes import FORM_PROBLEMS
from services.access.signing_in.authorizing.operations import PUSHED_LIFE, push
from services.access.signing_in.pushing.schemas import PUSHED_FORM, Pushed
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.request.request_authenticator import request_authenticator_of
from shared.web.request.responses import JSON

router = OptionsRouter(tags=["tokens"])
_PROBLEMS = (
    *FORM_PROBLEMS,
    "invalid_scope",
    "invalid_target",
    "unauthorized_client",
    "unregistered_redirect",
    "unsupported_response_type",
)


@router.post(
    "/access/v1/oauth/par",
    status_code=201,
    options=RouteOptions(is_public=True, is_keyed=False, problems=_PROBLEMS),
    response_model=None,
    responses={201: {"model": Pushed}},
    openapi_extra=PUSHED_FORM,
)
async def push_request(request: Request, asked: Asked, token_service: CurrentTokenService) -> Response:
    """Push an authorization request.

    RFC 9126. The client authenticates and sends what it asks for; the person's browser brings only its address.
    """
    await request_authenticator_of(request).anonymous(request)
    client = await caller_client(token_service, asked.form, asked.shown, asked.address)
    if client is None:
        raise InvalidClient("The client does not say which one it is.")
    content = {"request_uri": await push(token_service, client, asked.form), "expires_in": PUSHED_LIFE}
    return Response(orjson.dumps(content), 201, {"Cache-Control": "no-store"}, JSON)
