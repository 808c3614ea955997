"""The caller's own account, and the check of the caller's password."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.access.access import ACCOUNT_OWNER
from services.access.principals.accounts import queries as accounts
from services.access.principals.accounts.routes import ACCOUNT_API
from services.access.principals.tokens.authentication import TokenService
from services.access.principals.tokens.operations import proves_password
from shared.database.statements import Row
from shared.kernel.clock import today
from shared.kernel.errors import Invalid, NotFound, invalid_field
from shared.kernel.principal import Grant
from shared.web.request.request_context import CurrentContext, RequestContext


async def own_account(ctx: CurrentContext) -> Row:
    """The caller's account, with the role of an owner for this request.

    Raises NotFound for a client or key, which has none.
    """
    account = ctx.principal.account_id
    if account is None:
        raise NotFound("Only a person has an account.")
    ctx.principal = ctx.principal.holding(Grant(ACCOUNT_OWNER, "record", str(account), today(), None))
    return await ACCOUNT_API.readable(str(account), ctx)


async def changeable_account(row: Annotated[Row, Depends(own_account)], ctx: CurrentContext) -> Row:
    """The caller's account. Raises PreconditionRequired and VersionConflict like every change of a record."""
    await ACCOUNT_API.require_current(row, ctx)
    return row


async def require_own_password(ctx: RequestContext, password: str, pointer: str = "/old_password") -> UUID:
    """The caller's account. A wrong password counts as a failed login. The check holds no database connection.

    Raises Invalid `wrong_password`, also for clients and keys, and RateLimited as for logins.
    """
    account, key = ctx.principal.account_id, None
    if account is not None:
        async with ctx.connection() as connection:
            key = await accounts.key_of(connection, account)
    token_service: TokenService = ctx.request.app.state.token_service
    address = ctx.request.client.host if ctx.request.client else ""
    if key is None or account is None or await proves_password(token_service, key, password, address) is None:
        raise wrong_password(pointer)
    return account


def wrong_password(pointer: str) -> Invalid:
    """The error for a wrong password of the caller."""
    return invalid_field(pointer, "wrong_password", "This is not your password.")
