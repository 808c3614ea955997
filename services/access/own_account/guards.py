"""The caller's own account, and the check of the caller's password."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.access.access import ACCOUNT_OWNER
from services.access.accounts import queries as accounts
from services.access.accounts.routes import ACCOUNT_API
from services.access.tokens.operations import TokenService, proves_password
from shared.database.statements import Row
from shared.kernel.clock import today
from shared.kernel.errors import Invalid, NotFound, invalid_field
from shared.kernel.principal import Grant, PrincipalKind
from shared.web.request_context import CurrentContext, RequestContext


async def own_account(ctx: CurrentContext) -> Row:
    """The caller's account, with the role of an owner for this request.

    Raises NotFound for a client or key, which has none.
    """
    who = ctx.principal
    if who.kind is not PrincipalKind.ACCOUNT or who.id is None:
        raise NotFound("Only a person has an account.")
    ctx.principal = who.holding(Grant(ACCOUNT_OWNER, "record", str(who.id), today(), None))
    return await ACCOUNT_API.readable(str(who.id), ctx)


async def changeable_account(row: Annotated[Row, Depends(own_account)], ctx: CurrentContext) -> Row:
    """The caller's account. Raises PreconditionRequired and VersionConflict like every change of a record."""
    await ACCOUNT_API.require_current(row, ctx)
    return row


async def require_own_password(ctx: RequestContext, password: str) -> UUID:
    """The caller's account. A wrong password counts as a failed login. The check holds no database connection.

    Raises Invalid `wrong_password`, also for clients and keys, and RateLimited as for logins.
    """
    who, key = ctx.principal, None
    if who.kind is PrincipalKind.ACCOUNT and who.id is not None:
        async with ctx.connection() as connection:
            key = await accounts.key_of(connection, who.id)
    token_service: TokenService = ctx.request.app.state.token_service
    address = ctx.request.client.host if ctx.request.client else ""
    if key is None or who.id is None or await proves_password(token_service, key, password, address) is None:
        raise wrong_password()
    return who.id


def wrong_password() -> Invalid:
    """The error for a wrong password of the caller."""
    return invalid_field("/old_password", "wrong_password", "This is not your password.")
