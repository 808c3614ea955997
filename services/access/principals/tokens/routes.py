"""Tokens over HTTP: RFC 6749, 7009, 7662, 8414 and 7517, and who one is."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import Request, Response

from services.access.principals.api_keys.queries import suspended
from services.access.principals.signing_keys import queries as signing_keys
from services.access.principals.tokens import metadata, operations
from services.access.principals.tokens.domain import invalid_request
from services.access.principals.tokens.guards import Asked, CurrentTokenService
from services.access.principals.tokens.schemas import (
    TOKEN_ALONE,
    TOKEN_FORM,
    Introspection,
    KeySet,
    Me,
    Metadata,
    ResourceMetadata,
    Token,
)
from shared.auth.tokens import Bearer
from shared.kernel.clock import now, to_text
from shared.kernel.errors import Unauthenticated
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.edge.problems import PROTECTED_RESOURCE
from shared.web.request.request_authenticator import (
    authenticated_principal,
    authorization_of,
    put_fields,
    request_authenticator_of,
)
from shared.web.request.route import refuse_unknown

_PREFIX = "/access/v1"
_JSON = "application/json; charset=utf-8"
_PRIVATE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_FOR_ALL = {"Cache-Control": "public, max-age=300"}
FORM_PROBLEMS = (
    "unknown_parameter",
    "invalid_request",
    "invalid_client",
    "rate_limited",
    "request_timeout",
    "too_large",
    "unsupported_media_type",
)

router = OptionsRouter(tags=["tokens"])


def _json(content: Any, headers: dict[str, str]) -> Response:
    return Response(orjson.dumps(content), 200, headers, _JSON)


@router.post(
    f"{_PREFIX}/oauth/token",
    options=RouteOptions(
        is_public=True,
        is_keyed=False,
        problems=(
            *FORM_PROBLEMS,
            "unsupported_grant_type",
            "unauthorized_client",
            "invalid_grant",
            "invalid_target",
            "authorization_pending",
            "slow_down",
            "access_denied",
            "expired_token",
            "invalid_dpop_proof",
            "use_dpop_nonce",
        ),
    ),
    response_model=None,
    responses={200: {"model": Token}},
    openapi_extra=TOKEN_FORM,
)
async def create_token(request: Request, asked: Asked, token_service: CurrentTokenService) -> Response:
    """Get an access token.

    By a code, client credentials, a refresh token or a password (RFC 6749), or for a device (RFC 8628). A token lasts
    ten minutes.
    """
    content, counted = await operations.give_token(token_service, asked.form, asked.shown, asked.address, asked.proof)
    if counted is not None:
        put_fields(request, *counted)
    return _json(content, _PRIVATE)


@router.post(
    f"{_PREFIX}/oauth/revoke",
    options=RouteOptions(is_public=True, is_keyed=False, problems=FORM_PROBLEMS),
    response_model=None,
    response_class=Response,
    responses={200: {"description": "The token, if there was one, is at its end."}},
    openapi_extra=TOKEN_ALONE,
)
async def revoke_token(request: Request, asked: Asked, token_service: CurrentTokenService) -> Response:
    """End a token before its time.

    RFC 7009. The response for an unknown token is the same as for a known one.
    """
    await request_authenticator_of(request).anonymous(request)
    _token(asked.form)
    await operations.revoke(token_service, asked.form, asked.shown, asked.address)
    return Response(None, 200, _PRIVATE)


@router.post(
    f"{_PREFIX}/oauth/introspect",
    options=RouteOptions(is_public=True, is_keyed=False, problems=FORM_PROBLEMS),
    response_model=None,
    responses={200: {"model": Introspection}},
    openapi_extra=TOKEN_ALONE,
)
async def introspect_token(request: Request, asked: Asked, token_service: CurrentTokenService) -> Response:
    """Introspect a token.

    RFC 7662. For the caller's own tokens; those of others require a grant.
    """
    await request_authenticator_of(request).anonymous(request)
    return _json(await operations.introspect(token_service, _token(asked.form), asked.shown, asked.address), _PRIVATE)


def _token(form: dict[str, str]) -> str:
    if "token" not in form:
        raise invalid_request("token is missing.")
    return form["token"]


@router.get(
    "/.well-known/oauth-authorization-server",
    options=RouteOptions(is_public=True),
    operation_id="getAuthorizationServer",
    summary="Where and how tokens are given",
    description="RFC 8414: what an OAuth 2.0 library reads to find everything else.",
    response_model=None,
    responses={200: {"model": Metadata}},
)
@router.get(
    f"{_PREFIX}/.well-known/oauth-authorization-server",
    options=RouteOptions(is_public=True),
    include_in_schema=False,
    response_model=None,
)
async def authorization_server(token_service: CurrentTokenService) -> Response:
    return _json(metadata.authorization_server(token_service.settings), _FOR_ALL)


@router.get(metadata.OF_OPENID, options=RouteOptions(is_public=True), include_in_schema=False)
@router.get(f"{_PREFIX}{metadata.OF_OPENID}", options=RouteOptions(is_public=True), include_in_schema=False)
async def openid_configuration(token_service: CurrentTokenService) -> Response:
    """OpenID Connect Discovery: the same document under its other name."""
    return _json(metadata.authorization_server(token_service.settings), _FOR_ALL)


@router.get(
    PROTECTED_RESOURCE,
    options=RouteOptions(is_public=True),
    operation_id="getProtectedResource",
    summary="Who gives tokens for this API",
    description="RFC 9728: what a client reads that was refused for want of a token.",
    response_model=None,
    responses={200: {"model": ResourceMetadata}},
)
async def protected_resource(token_service: CurrentTokenService) -> Response:
    return _json(metadata.protected_resource(token_service.settings), _FOR_ALL)


@router.get(
    "/.well-known/jwks.json",
    options=RouteOptions(is_public=True),
    operation_id="getKeySet",
    summary="The keys that tokens are verified with",
    description="RFC 7517. Cache them for five minutes, and read them again for an unknown `kid`.",
    response_model=None,
    responses={200: {"model": KeySet}},
)
@router.get(
    f"{_PREFIX}/.well-known/jwks.json",
    options=RouteOptions(is_public=True),
    include_in_schema=False,
    response_model=None,
)
async def key_set(token_service: CurrentTokenService) -> Response:
    await token_service.keys.ensure()
    async with token_service.database.acquire() as connection:
        keys = await signing_keys.published(connection, now())
    return _json({"keys": keys}, _FOR_ALL)


@router.get(
    f"{_PREFIX}/me",
    options=RouteOptions(problems=("unauthenticated", "invalid_token", "rate_limited", "unknown_parameter")),
    response_model=None,
    responses={200: {"model": Me}},
)
async def get_me(request: Request) -> Response:
    """Show the caller and its grants.

    The principal, its active grants, and when its token expires.
    """
    header = authorization_of(request)
    if header is None:
        raise Unauthenticated(
            "Authentication is required: send an access token.", headers={"WWW-Authenticate": 'Bearer realm="escm"'}
        )
    principal = await authenticated_principal(request)
    refuse_unknown(request, frozenset())
    bearer: Bearer = await request.app.state.authenticator.bearer(header)
    session = bearer.claims.session if bearer.claims else None
    grants = [
        {
            "role": grant.role,
            "scope_kind": grant.scope_kind,
            "scope_id": grant.scope_id,
            "from": grant.starts,
            "to": grant.ends,
            "delegated_from": str(grant.delegated_from) if grant.delegated_from else None,
            "resources": _listed(grant.resources),
            "verbs": _listed(grant.verbs),
        }
        for grant in principal.grants
    ]
    async with request.app.state.database.acquire() as connection:
        owner = principal.account_id
        waiting = await suspended(connection, owner) if owner else []
    content = {
        "principal": {"kind": str(principal.kind), "id": str(principal.id), "name": principal.name},
        "grants": grants,
        "resources": _listed(_union(grant.resources for grant in principal.grants)),
        "verbs": _listed(_union(grant.verbs for grant in principal.grants)),
        "suspended_api_keys": [str(key) for key in waiting],
        "session_id": str(session) if session else None,
        "expires_at": to_text(datetime.fromtimestamp(bearer.expires_at, UTC)),
    }
    return _json(content, {**_PRIVATE, "Vary": "Authorization"})


def _union(narrowings: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    """What a machine's grants are narrowed to, together; None where no grant is narrowed."""
    known = [narrowing for narrowing in narrowings if narrowing is not None]
    return frozenset().union(*known) if known else None


def _listed(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)
