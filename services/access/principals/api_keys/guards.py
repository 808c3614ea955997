"""The keys that a caller may read: their own and those that their grants cover."""

from uuid import UUID

from services.access.access import KEY_OWNER
from services.access.principals.api_keys import queries
from shared.kernel.clock import today
from shared.kernel.principal import Grant, PrincipalKind
from shared.web.request.request_context import CurrentContext, RequestContext


async def with_own_keys(ctx: CurrentContext) -> None:
    """Gives the caller, for this request, a role over each of their own keys. A key owns none."""
    principal = ctx.principal
    if principal.id is None or principal.kind is PrincipalKind.KEY:
        return
    async with ctx.connection() as connection:
        keys = await queries.own(connection, principal.id)
    own_keys(ctx, *keys)


def own_keys(ctx: RequestContext, *keys: UUID) -> None:
    """Gives the caller, for this request, the role over these keys."""
    ctx.principal = ctx.principal.holding(*(Grant(KEY_OWNER, "record", str(key), today(), None) for key in keys))
