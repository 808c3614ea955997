"""The grants that a caller may read: their own, those delegated from them, and those that their roles cover."""

from services.access.access import GRANT_HOLDER
from services.access.grants import queries
from shared.kernel.clock import today
from shared.kernel.principal import Grant, PrincipalKind
from shared.web.request_context import CurrentContext


async def with_own_grants(ctx: CurrentContext) -> None:
    """Gives a person, for this request, a role over each grant that is theirs or delegated from theirs."""
    principal = ctx.principal
    if principal.id is None or principal.kind is not PrincipalKind.ACCOUNT:
        return
    async with ctx.connection() as connection:
        grants = await queries.own(connection, principal.id)
    ctx.principal = principal.holding(*(Grant(GRANT_HOLDER, "record", str(one), today(), None) for one in grants))
