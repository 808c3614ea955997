"""Mailing one's certificates over HTTP."""

from typing import cast

from fastapi import Response

from services.membership.access import ROLES
from services.membership.certificates.certificates.operations import CERTIFICATES
from services.membership.certificates.mails.operations import TEMPLATE, ask
from services.membership.certificates.mails.schemas import CertificateMailBody, CertificateMailed
from services.membership.settings import MembershipSettings
from shared.mail.sealing import MailSeal
from shared.web.contract.route_options import RouteOptions
from shared.web.request.mailed_tokens import mail_is_on_its_way, may_mail
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter

router = ResourceRouter(CERTIFICATES.resource, ROLES)


@router.post(
    "/mailing",
    options=RouteOptions(is_public=True, is_keyed=False),
    status_code=202,
    response_model=None,
    responses={202: {"model": CertificateMailed, "description": "A mail is on its way."}},
)
async def mail_certificates(body: CertificateMailBody, ctx: CurrentContext) -> Response:
    """Request a mail with one's certificates.

    The mail has the numbers and codes of the certificates in force of whoever has verified the address. The response is
    the same for every address.
    """
    settings = cast(MembershipSettings, ctx.settings)
    if await may_mail(ctx, settings.mail_requests, TEMPLATE, body.email):
        ask(ctx.uow, MailSeal(settings), body.email, settings.issuer)
    return mail_is_on_its_way()
