"""Unsubscribing with one click, and reports of bounces."""

from typing import Annotated

import orjson
from fastapi import Query, Response

from services.membership.access import ROLES
from services.membership.mailing.outreach import operations
from services.membership.mailing.outreach.domain import REPORT, RESOURCE
from services.membership.mailing.outreach.schemas import Bounce, BounceBody, Unsubscribed
from shared.kernel.errors import Forbidden
from shared.mail.tokens import token_not_valid
from shared.web.contract.fields import MailedToken
from shared.web.contract.route_options import RouteOptions
from shared.web.request.mailed_tokens import BY_MAILED_TOKEN, limit_tries
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(RESOURCE, ROLES)


@router.post("/unsubscribe", options=BY_MAILED_TOKEN, responses={200: {"model": Unsubscribed}})
async def unsubscribe(
    token: Annotated[MailedToken, Query(description="The token of the mail.")], ctx: CurrentContext
) -> Response:
    """Withdraw the consent to outreach with the token of a mail.

    The one click of RFC 8058: programs for mail send a form, which is not read. It may be repeated.
    """
    if not await operations.unsubscribe(ctx.uow, token):
        await limit_tries(ctx)
        raise token_not_valid()
    return Response(b"{}", media_type=JSON)


@router.post(
    "/bounces",
    options=RouteOptions(is_keyed=False, problems=("unknown_reference",)),
    responses={200: {"model": Bounce}},
)
async def report_bounce(body: BounceBody, ctx: CurrentContext) -> Response:
    """Report a mail that came back, or a complaint.

    A hard bounce, or three soft ones in 30 days, marks the address, to which no broadcast goes any more. A complaint
    withdraws the consent to outreach. It may be repeated.
    """
    if not ctx.principal.permission_scope(ROLES, RESOURCE.name, REPORT):
        raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
    found = await operations.report(ctx.uow, ctx.access, body.message_id, body.kind)
    return Response(orjson.dumps(found), media_type=JSON)
