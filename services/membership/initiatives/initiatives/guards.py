"""The initiatives that people of the office change: those that they entered."""

from services.membership.access import INITIATIVE_MAKER
from services.membership.initiatives.initiatives import queries
from services.membership.initiatives.initiatives.operations import makes
from shared.kernel.clock import today
from shared.kernel.principal import Grant
from shared.web.request.request_context import CurrentContext


async def with_own_initiatives(ctx: CurrentContext) -> None:
    """Gives a person of the office, for this request, a role over each initiative that they entered."""
    if ctx.principal.account_id is None or not makes(ctx.principal):
        return
    async with ctx.connection() as connection:
        made = await queries.made_by(connection, ctx.principal.label)
    if ctx.is_writing and made:
        await ctx.uow.allow_record(*made)
    ctx.principal = ctx.principal.holding(*(Grant(INITIATIVE_MAKER, "record", str(one), today(), None) for one in made))
