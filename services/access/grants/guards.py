"""The grants that a caller may read: their own, those delegated from them, and those that their roles cover."""

from services.access.access import GRANT_HOLDER
from services.access.grants import queries
from shared.kernel.clock import today
from shared.kernel.principal import Grant
from shared.web.request_context import CurrentContext


async def with_own_grants(ctx: CurrentContext) -> None:
    """Gives a person, for this request, a role over each grant that is theirs or delegated from theirs."""
    account = ctx.principal.account_id
    if account is None:
        return
    async with ctx.connection() as connection:
        grants = await queries.own(connection, account)
    owned = (Grant(GRANT_HOLDER, "record", str(one), today(), None) for one in grants)
    ctx.principal = ctx.principal.holding(*owned)
