"""The caller's own account over HTTP."""

from fastapi import Response

from services.access.access import ROLES
from services.access.accounts import operations as accounts
from services.access.own_account.guards import require_own_password
from services.access.own_account.schemas import OwnPasswordBody
from services.access.sessions import operations as sessions
from services.access.sessions.guards import current_session
from shared.web.request_context import CurrentContext
from shared.web.route import ResourceRouter
from shared.web.route_options import RouteOptions

router = ResourceRouter(accounts.ACCOUNTS.resource, ROLES)


@router.post(
    "/me/password",
    options=RouteOptions(is_keyed=False, opens_late=True, problems=("wrong_password", "password_known")),
    operation_id="changeOwnPassword",
    summary="Choose another password; all other sessions end",
    description="Requires the present password.",
    status_code=204,
    response_model=None,
)
async def change_own_password(body: OwnPasswordBody, ctx: CurrentContext) -> Response:
    account = await require_own_password(ctx, body.old_password)
    session = await current_session(ctx)
    async with ctx.writing() as uow:
        await accounts.change_password(uow, account, body.new_password)
        await sessions.end_all(uow, account, besides=session, reason="new password")
    return Response(status_code=204)
