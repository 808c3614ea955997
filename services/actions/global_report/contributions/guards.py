"""What rounds of review, invitations and authorship let the caller of a request do."""

from services.actions.global_report.contributions.participants import parts_of
from shared.web.request.request_context import CurrentContext


async def with_parts(ctx: CurrentContext) -> None:
    """Gives the caller, for this request, the roles that rounds, invitations and authorship lend."""
    if ctx.principal.is_anonymous:
        return
    async with ctx.connection() as connection:
        lent = await parts_of(connection, ctx.principal)
    ctx.principal = ctx.principal.holding(*lent)
    if ctx.is_writing and lent:
        await ctx.uow.allow_record(*(one.scope_id for one in lent))
