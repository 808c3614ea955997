"""The caller's own account over HTTP."""

from dataclasses import replace
from typing import Annotated, Any, cast

from fastapi import Body, Depends, Response

from services.access.access import ROLES
from services.access.principals.accounts import operations as accounts
from services.access.principals.accounts.domain import LIFECYCLE
from services.access.principals.accounts.guards import require_local_passwords
from services.access.principals.accounts.leaked_passwords import refuse_leaked
from services.access.principals.accounts.routes import ACCOUNT_API
from services.access.principals.accounts.schemas import Account, AccountFields
from services.access.principals.sessions import operations as sessions
from services.access.principals.sessions.guards import current_session
from services.access.self_service.account_mail import new_address
from services.access.self_service.account_mail.domain import MOST_ASKED, NEW_ADDRESS
from services.access.self_service.account_mail.schemas import Registered, TokenBody
from services.access.self_service.own_account import operations
from services.access.self_service.own_account.guards import changeable_account, own_account, require_own_password
from services.access.self_service.own_account.schemas import OwnAccountBody, OwnEmailBody, OwnPasswordBody
from services.access.settings import AccessSettings
from shared.database.statements import Row
from shared.kernel.errors import Forbidden
from shared.kernel.step_up import OWN
from shared.mail.sealing import MailSeal
from shared.ratelimit.limiter import Limit
from shared.web.contract.contract import ShownAs, patch_of
from shared.web.contract.route_options import RouteOptions
from shared.web.contract.schemas import TransitionBody, transition_model
from shared.web.records.record_routes import apply_patch, take_transition
from shared.web.records.records import Bodies
from shared.web.request.mailed_tokens import limit_tries, mail_is_on_its_way, may_mail
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import item_response
from shared.web.request.route import ResourceRouter

router = ResourceRouter(accounts.ACCOUNTS.resource, ROLES)
OWN_ACCOUNT_API = replace(
    ACCOUNT_API, bodies=Bodies(OwnAccountBody), steps=replace(ACCOUNT_API.steps, take=operations.transition)
)
_Patch = Annotated[
    dict[str, Any],
    ShownAs(patch_of("OwnAccount", OwnAccountBody)),
    Body(media_type="application/merge-patch+json"),
]
_Transition = Annotated[TransitionBody, ShownAs(transition_model("Account", LIFECYCLE, AccountFields))]
_OWN_EMAIL = Limit("own_email", MOST_ASKED, 24 * 3600)
_Changeable = Annotated[Row, Depends(changeable_account)]


@router.get("/me", options=RouteOptions(is_item=True), responses={200: {"model": Account}})
async def get_own_account(row: Annotated[Row, Depends(own_account)], ctx: CurrentContext) -> Response:
    """Read one's own account.

    404 for clients and keys, which have none.
    """
    return item_response(ctx, await ACCOUNT_API.item(row, ctx))


@router.patch("/me", options=RouteOptions(is_conditional=True), responses={200: {"model": Account}})
async def update_own_account(patch: _Patch, row: _Changeable, ctx: CurrentContext) -> Response:
    """Change one's own name, language or notifications.

    A merge patch: what is absent stays. `If-Match` names the version that it changes.
    """
    return await apply_patch(OWN_ACCOUNT_API, accounts.update, ctx, row, patch)


@router.post("/me/transitions", options=RouteOptions(is_conditional=True), responses={200: {"model": Account}})
async def transition_own_account(body: _Transition, row: _Changeable, ctx: CurrentContext) -> Response:
    """Close one's own account.

    `close` ends the account with its sessions, grants and API keys. Records about the person stay.
    """
    return await take_transition(OWN_ACCOUNT_API, ctx, row, body)


@router.post(
    "/me/password",
    options=RouteOptions(is_keyed=False, opens_late=True, problems=("wrong_password", "password_known"), step_up=OWN),
    status_code=204,
    response_model=None,
)
async def change_own_password(body: OwnPasswordBody, ctx: CurrentContext) -> Response:
    """Choose another password; all other sessions end.

    Requires the present password.
    """
    require_local_passwords(ctx)
    account = await require_own_password(ctx, body.old_password)
    refuse_leaked(cast(AccessSettings, ctx.settings).breached_passwords, body.new_password, "/new_password")
    session = await current_session(ctx)
    async with ctx.writing() as uow:
        await accounts.change_password(uow, account, body.new_password)
        await sessions.end_all(uow, account, besides=session, reason="new password")
    return Response(status_code=204)


@router.post(
    "/me/email",
    options=RouteOptions(is_keyed=False, opens_late=True, problems=("wrong_password",), step_up=OWN),
    status_code=202,
    response_model=None,
    responses={202: {"model": Registered, "description": "The mails are on their way."}},
)
async def change_own_email(body: OwnEmailBody, ctx: CurrentContext) -> Response:
    """Ask for another address.

    Requires the present password, five times a day at most. A mail to the new address has the token that confirms it
    within a day, one to the present address another that refuses it. The response is the same for every address. Of an
    account with a role that two persons give, `change_identity` changes the address.
    """
    account = await require_own_password(ctx, body.password, "/password")
    settings = cast(AccessSettings, ctx.settings)
    await ctx.request.app.state.rate_limiter.require(_OWN_EMAIL, str(account))
    mails = await may_mail(ctx, settings.mail_requests, NEW_ADDRESS, body.email)
    async with ctx.writing() as uow:
        await new_address.ask_for(uow, MailSeal(settings), account, body.email, settings.page, mails=mails)
    return mail_is_on_its_way()


@router.post(
    "/me/email/confirm",
    options=RouteOptions(is_keyed=False, problems=("token_not_valid",)),
    status_code=204,
    response_model=None,
)
async def confirm_own_email(body: TokenBody, ctx: CurrentContext) -> Response:
    """Confirm the new address with the token that came by mail; all other sessions end.

    The record that the account owns gets the new address in place of the previous one, if the person had shown that to
    be theirs.
    """
    account = ctx.principal.account_id
    if account is None:
        raise Forbidden("Only a person has an address of their own.", members={"reason": "not_permitted"})
    await limit_tries(ctx)
    await new_address.confirm(ctx.uow, account, await current_session(ctx), body.token)
    return Response(status_code=204)
