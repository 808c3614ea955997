"""Who changes their own account proves that they are its owner."""

from uuid import UUID

from services.access.accounts import queries as accounts
from services.access.tokens.operations import TokenService, proves_password
from shared.kernel.errors import Invalid, invalid_field
from shared.kernel.principal import PrincipalKind
from shared.web.request_context import RequestContext


async def require_own_password(ctx: RequestContext, password: str) -> UUID:
    """The caller's account. A wrong password counts as a failed sign-in. No connection is held while it is checked.

    Raises Invalid `wrong_password`, also for clients and keys, and RateLimited as for signing in.
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
    """The password that was given is not the caller's."""
    return invalid_field("/old_password", "wrong_password", "This is not your password.")
