"""The grants that a caller may read: their own, those delegated from them, those that wait for them or because of them,
those of the editors of their editions, and those that their roles cover."""

from services.access.access import GRANT_APPROVER, GRANT_EDITOR, GRANT_HOLDER
from services.access.authority.grants import queries
from shared.kernel.clock import today
from shared.kernel.principal import Grant
from shared.web.request.request_context import CurrentContext


async def with_own_grants(ctx: CurrentContext) -> None:
    """Gives a person, for this request, a role over each grant that is theirs or delegated from theirs, and over each
    that waits for them or because of them."""
    account = ctx.principal.account_id
    if account is None:
        return
    async with ctx.connection() as connection:
        own = await queries.own(connection, account)
        waiting = await queries.waiting(connection, ctx.principal)
        led = {one.scope_id for one in ctx.principal.grants if one.role == "editor_in_chief" and one.scope_id}
        editors = await queries.over_editions(connection, led) if led else []
    held = [(GRANT_EDITOR, one) for one in editors]
    held += [(GRANT_HOLDER, one) for one in own] + [(GRANT_APPROVER, one) for one in waiting]
    ctx.principal = ctx.principal.holding(*(Grant(role, "record", str(one), today(), None) for role, one in held))
