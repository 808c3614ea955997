"""Mails to accounts over HTTP. The response to a request for one is the same for every address."""

from typing import Any, cast

from fastapi import Response

from services.access.access import ROLES
from services.access.principals.accounts.guards import require_local_passwords
from services.access.principals.accounts.leaked_passwords import refuse_leaked
from services.access.principals.accounts.operations import ACCOUNTS
from services.access.self_service.account_mail import new_address, operations
from services.access.self_service.account_mail.domain import REGISTRATION
from services.access.self_service.account_mail.schemas import (
    AddressBody,
    NewPasswordBody,
    Registered,
    RegistrationBody,
    TokenBody,
)
from services.access.settings import AccessSettings
from shared.mail.sealing import MailSeal
from shared.web.contract.catalogue import preferred_language
from shared.web.contract.route_options import RouteOptions
from shared.web.request.mailed_tokens import BY_MAILED_TOKEN, limit_tries, mail_is_on_its_way, may_mail
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.route import ResourceRouter

router = ResourceRouter(ACCOUNTS.resource, ROLES)
_ASKED: dict[int | str, dict[str, Any]] = {
    202: {"description": "If the address has an account in use, a mail is on its way."}
}


async def _ask(ctx: RequestContext, letter: str, email: str, language: str | None = None, **values: str) -> None:
    settings = cast(AccessSettings, ctx.settings)
    language = language or preferred_language(ctx.request.headers.get("accept-language", ""))
    if await may_mail(ctx, settings.mail_requests, letter, email):
        operations.ask(ctx.uow, MailSeal(settings), letter, email, language, settings.page, **values)


@router.post(
    "/registration",
    options=RouteOptions(is_public=True, is_keyed=False),
    status_code=202,
    response_model=None,
    responses={202: {"model": Registered, "description": "A mail is on its way."}},
)
async def register_account(body: RegistrationBody, ctx: CurrentContext) -> Response:
    """Register an account for oneself.

    A mail lets the owner of the address choose a password within seven days. The response is the same for every
    address. An account that holds no grant and no record after 30 days is deleted.
    """
    require_local_passwords(ctx)
    await _ask(ctx, REGISTRATION, body.email, body.language, name=body.name)
    return mail_is_on_its_way()


@router.post(
    "/verification",
    options=RouteOptions(is_public=True, is_keyed=False),
    status_code=202,
    response_class=Response,
    response_model=None,
    responses=_ASKED,
)
async def request_verification(body: AddressBody, ctx: CurrentContext) -> Response:
    """Request a mail that verifies an address.

    A login needs a verified address. The response is the same whether or not there is such an account.
    """
    await _ask(ctx, "verification", body.email)
    return Response(status_code=202)


@router.post(
    "/password_reset",
    options=RouteOptions(is_public=True, is_keyed=False),
    status_code=202,
    response_class=Response,
    response_model=None,
    responses=_ASKED,
)
async def request_password_reset(body: AddressBody, ctx: CurrentContext) -> Response:
    """Request a mail for choosing a new password.

    For whoever has forgotten theirs. The response is the same whether or not there is such an account.
    """
    require_local_passwords(ctx)
    await _ask(ctx, "password_reset", body.email)
    return Response(status_code=202)


@router.post("/verification/confirm", options=BY_MAILED_TOKEN, status_code=204, response_model=None)
async def confirm_verification(body: TokenBody, ctx: CurrentContext) -> Response:
    """Verify one's address with the token that came by mail.

    The token works once, for a day.
    """
    await limit_tries(ctx)
    await operations.verify(ctx.uow, body.token)
    return Response(status_code=204)


@router.post("/password_reset/confirm", options=BY_MAILED_TOKEN, status_code=204, response_model=None)
async def confirm_password_reset(body: NewPasswordBody, ctx: CurrentContext) -> Response:
    """Choose a password with the token that came by mail.

    All sessions end, and the API keys of the account wait until their owner enables them.
    """
    require_local_passwords(ctx)
    await limit_tries(ctx)
    refuse_leaked(cast(AccessSettings, ctx.settings).breached_passwords, body.password, "/password")
    await operations.set_password(ctx.uow, body.token, body.password)
    return Response(status_code=204)


@router.post("/email_change/refuse", options=BY_MAILED_TOKEN, status_code=204, response_model=None)
async def refuse_email_change(body: TokenBody, ctx: CurrentContext) -> Response:
    """Keep one's address, with the token that came by mail to it.

    Whoever asked for another address got a mail there; it has no effect any more. The token works once, for a day.
    """
    await limit_tries(ctx)
    await new_address.keep(ctx.uow, body.token)
    return Response(status_code=204)
