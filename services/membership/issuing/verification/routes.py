"""Verification of certificates over HTTP, by everybody."""

from typing import Any

import orjson
from fastapi import Response

from services.membership.access import ROLES
from services.membership.certificates.certificates import codes
from services.membership.certificates.certificates.record import Certificate
from services.membership.issuing.credentials.operations import read
from services.membership.issuing.verification.domain import Certified, name_matches, verified
from services.membership.issuing.verification.queries import certificate_by_code, certificate_of
from services.membership.issuing.verification.schemas import CheckedVerification, Verification, VerificationBody
from shared.kernel.clock import today
from shared.kernel.errors import NotFound
from shared.ratelimit.limiter import Limit
from shared.web.contract.route_options import RouteOptions
from shared.web.request.request_authenticator import site
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(Certificate.resource_type, ROLES)
_UNKNOWN = Limit("unknown_codes", 30)
"""Unknown codes of one network in a minute."""
_NAMES_OF_NETWORK = Limit("names_of_certificate_of_network", 10, 3_600)
_NAMES = Limit("names_of_certificate", 100, 86_400)
"""Names that one network, and that all together, may compare with one certificate whose holder is not shown."""
_FRESH = {"Cache-Control": "no-store"}


@router.get(
    "/verify/{code}",
    options=RouteOptions(is_public=True, is_cross_origin=True, problems=("rate_limited",)),
    responses={200: {"model": Verification}},
)
async def verify_certificate(code: str, ctx: CurrentContext) -> Response:
    """Verify a certificate by its code.

    What the certificate is worth today. After 30 unknown codes a minute from one network, further unknown ones are 429;
    a known one always gets its response.
    """
    return Response(orjson.dumps(verified(await _found(ctx, code), today())), 200, _FRESH, JSON)


@router.post(
    "/verify",
    options=RouteOptions(
        is_public=True, is_cross_origin=True, is_keyed=False, opens_late=True, problems=("rate_limited",)
    ),
    responses={200: {"model": CheckedVerification}},
)
async def check_certificate(body: VerificationBody, ctx: CurrentContext) -> Response:
    """Verify a certificate and the name on it.

    As by its code, or by its credential, whose signature is verified; and whether the printed name is the one that is
    given. Where the name is not shown, one network has 10 names an hour compared with a certificate, and all together
    100 a day; further ones are 429, right or wrong.
    """
    found = await _of_credential(ctx, body.credential) if body.credential else await _found(ctx, body.code or "")
    if found is None:
        return _checked({**dict.fromkeys(Verification.model_fields), "signature": "invalid", "name_matches": None})
    matches = None if body.name is None else await _is_named(ctx, found, body.name)
    signature = "valid" if body.credential else None
    return _checked({**verified(found, today()), "signature": signature, "name_matches": matches})


async def _is_named(ctx: RequestContext, found: Certified, name: str) -> bool:
    """Whether the name is the printed one. Raises RateLimited before more names of a hidden holder are compared than
    may be."""
    if not found.is_named:
        rate_limiter = ctx.request.app.state.rate_limiter
        await rate_limiter.require(_NAMES_OF_NETWORK, f"{found.ref}:{site(ctx.request)}")
        await rate_limiter.require(_NAMES, found.ref)
    return name_matches(found, name)


def _checked(content: dict[str, Any]) -> Response:
    return Response(orjson.dumps(content), 200, _FRESH, JSON)


async def _of_credential(ctx: RequestContext, credential: str) -> Certified | None:
    """The certificate of a credential; None if none of our keys signed it as it is."""
    async with ctx.connection() as connection:
        key = await read(connection, credential, ctx.settings.issuer)
        return None if key is None else await certificate_of(connection, key)


async def _found(ctx: RequestContext, text: str) -> Certified:
    """The certificate of a code. Raises NotFound, and RateLimited for more unknown codes than a network may try."""
    code = codes.read(text)
    found = None
    if code is not None:
        async with ctx.connection() as connection:
            found = await certificate_by_code(connection, code)
    if found is None:
        await ctx.request.app.state.rate_limiter.require(_UNKNOWN, site(ctx.request))
        raise NotFound("There is no certificate with this code.")
    return found
