"""Credentials, the lists of their status, and the keys that verify both."""

import re
from typing import Annotated

import orjson
from fastapi import Depends, Response

from services.membership.access import ROLES
from services.membership.certificates.certificates.record import Certificate
from services.membership.certificates.certificates.routes import CERTIFICATE_API
from services.membership.issuing.credentials import domain, queries
from services.membership.issuing.credentials.guards import signer_of, status_lists_of
from services.membership.issuing.credentials.operations import SHARED_SECONDS, credential_of
from services.membership.issuing.credentials.schemas import CredentialKeySet, DidDocument
from services.membership.issuing.subjects.queries import subject_of
from shared.database.statements import Row
from shared.kernel.clock import now
from shared.kernel.errors import NotFound
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions
from shared.web.edge.fixed import tagged_response
from shared.web.records.hosting import with_hosted_centres
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.route import ResourceRouter

VC_JWT = "application/vc+jwt"
_JSON = "application/json"
_KEYS_CACHED = {"Cache-Control": "public, max-age=300"}
_LIST_CACHED = {"Cache-Control": f"public, max-age={SHARED_SECONDS}"}
_NUMBER = re.compile(r"0|[1-9][0-9]{0,4}")
_SIGNED = {200: {"content": {VC_JWT: {"schema": {"type": "string"}}}, "description": "The signed document."}}
router = ResourceRouter(Certificate.resource_type, ROLES, dependencies=[Depends(with_hosted_centres)])
at_the_root = ResourceRouter(Certificate.resource_type, ROLES, prefix="")


@router.get(
    "/{record}/credential",
    options=RouteOptions(problems=("gone",)),
    response_model=None,
    response_class=Response,
    responses=_SIGNED,
)
async def get_certificate_credential(
    row: Annotated[Row, Depends(CERTIFICATE_API.readable)], ctx: CurrentContext
) -> Response:
    """Read the credential of a certificate.

    A credential of Open Badges 3.0, signed as a JSON Web Token, which anybody can verify with `/.well-known/did.json`
    and the status lists. It names the holder and nothing else of a person.
    """
    certificate = record_read(Certificate, row)
    async with ctx.connection() as connection:
        subject = await subject_of(connection, certificate)
    credential = credential_of(certificate, subject)
    return Response(await signer_of(ctx.request).credential(credential), 200, media_type=VC_JWT)


@router.get(
    "/status/{purpose}/{number}",
    options=RouteOptions(is_public=True, is_cross_origin=True),
    response_model=None,
    response_class=Response,
    responses=_SIGNED,
)
async def get_certificate_status_list(purpose: str, number: str, ctx: CurrentContext) -> Response:
    """Read a list of revoked or suspended certificates.

    A Bitstring Status List of 131,072 entries, signed as a credential. It is valid for seven days, signed anew each
    day, and contains a change within a minute.
    """
    if purpose not in domain.PURPOSES or not _NUMBER.fullmatch(number) or int(number) >= domain.MOST_LISTS:
        raise NotFound
    token = await status_lists_of(ctx.request).get(purpose, int(number))
    return tagged_response(ctx.request, token.encode(), VC_JWT, _LIST_CACHED)


@router.get(
    "/jwks.json",
    options=RouteOptions(is_public=True, is_cross_origin=True),
    response_model=None,
    responses={200: {"model": CredentialKeySet}},
)
async def get_credential_keys(ctx: CurrentContext) -> Response:
    """The keys that credentials are verified with.

    The keys of `/.well-known/did.json` as a set (RFC 7517).
    """
    issuer = ctx.settings.issuer
    return _response(ctx, {"keys": [domain.named_key(issuer, key) for key in await _published(ctx)]})


@at_the_root.get(
    "/.well-known/did.json",
    options=RouteOptions(is_public=True, is_cross_origin=True),
    response_model=None,
    responses={200: {"model": DidDocument}},
)
async def get_did_document(ctx: CurrentContext) -> Response:
    """The keys of this installation as a DID document.

    What `did:web` means: every key whose credentials may be valid, first the one that signs.
    """
    return _response(ctx, domain.did_document(ctx.settings.issuer, await _published(ctx)))


async def _published(ctx: RequestContext) -> list[domain.Key]:
    await signer_of(ctx.request).key()
    async with ctx.connection() as connection:
        return await queries.published_keys(connection, now())


def _response(ctx: RequestContext, content: domain.Document) -> Response:
    return tagged_response(ctx.request, orjson.dumps(content), _JSON, _KEYS_CACHED)
