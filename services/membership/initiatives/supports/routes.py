"""Supports over HTTP: the routes of every record, the public form and its mailed tokens."""

from typing import cast

import orjson
from fastapi import Response

from services.membership.access import ROLES
from services.membership.certificates.links.queries import link_of
from services.membership.initiatives.initiatives.domain import PUBLISHED
from services.membership.initiatives.initiatives.operations import INITIATIVES
from services.membership.initiatives.initiatives.queries import to_sign
from services.membership.initiatives.supports import confirming, operations, schemas, signing
from services.membership.initiatives.supports.domain import SUPPORT
from services.membership.initiatives.supports.queries import LISTING
from services.membership.initiatives.supports.record import Support
from services.membership.settings import MembershipSettings
from shared.kernel.errors import NotFound
from shared.mail.sealing import MailSeal
from shared.web.contract.catalogue import preferred_language
from shared.web.contract.route_options import RouteOptions
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.mailed_tokens import BY_MAILED_TOKEN, limit_tries, mail_is_on_its_way, may_mail
from shared.web.request.request_authenticator import site
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON, key_of
from shared.web.request.route import ResourceRouter

router = record_routes(
    RecordApi(
        kind=operations.SUPPORTS,
        roles=ROLES,
        listing=LISTING,
        response_model=schemas.Support,
        present=schemas.present,
        bodies=Bodies(schemas.SupportBody),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.SupportFields),
    )
)
signatures = ResourceRouter(INITIATIVES.resource, ROLES)


@signatures.post(
    "/{record}/sign",
    options=RouteOptions(is_public=True, is_keyed=False, problems=("initiative_not_open", "organisation_missing")),
    status_code=202,
    response_model=None,
    responses={202: {"model": schemas.Signed, "description": "A mail is on its way."}},
)
async def sign_initiative(record: str, body: schemas.SignatureBody, ctx: CurrentContext) -> Response:
    """Sign an initiative.

    A mail lets the owner of the address confirm the signature within seven days. The response is the same for every
    address.
    """
    settings = cast(MembershipSettings, ctx.settings)
    initiative = await to_sign(ctx.uow.connection, key_of(record))
    if initiative is None or not ctx.access.knows_row(initiative, PUBLISHED):
        raise NotFound("There is no such initiative.")
    language = body.language or preferred_language(ctx.request.headers.get("accept-language", ""))
    form = signing.Form(**{**body.model_dump(mode="json"), "language": language})
    await signing.check(ctx.uow, initiative, form)
    if await may_mail(ctx, settings.mail_requests, SUPPORT, body.email):
        network = signing.network_key(ctx.secret, site(ctx.request))
        signing.sign(ctx.uow, MailSeal(settings), initiative, form, network=network, page=settings.page)
    return mail_is_on_its_way()


@router.post("/verification", options=BY_MAILED_TOKEN, responses={200: {"model": schemas.ConfirmedSupport}})
async def confirm_support(body: schemas.SupportTokenBody, ctx: CurrentContext) -> Response:
    """Confirm a signature with the token of its mail.

    The support counts from then on. Without signing in; it may be repeated.
    """
    await limit_tries(ctx)
    return await _confirmed(ctx, await confirming.confirm(ctx.uow, body.token))


@router.post("/withdrawal", options=BY_MAILED_TOKEN, responses={200: {"model": schemas.ConfirmedSupport}})
async def withdraw_support(body: schemas.SupportTokenBody, ctx: CurrentContext) -> Response:
    """Withdraw a support with the token of its mail.

    The support counts no longer. Without signing in; it may be repeated.
    """
    await limit_tries(ctx)
    return await _confirmed(ctx, await confirming.withdraw(ctx.uow, body.token))


async def _confirmed(ctx: RequestContext, found: Support) -> Response:
    holds = found.status == "accepted"
    certificate = await link_of(ctx.uow.connection, ctx.secret, found.id, holds=holds)
    return Response(orjson.dumps(schemas.confirmed(found, certificate)), media_type=JSON)
