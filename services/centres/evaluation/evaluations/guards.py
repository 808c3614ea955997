"""The caller's own record in the register, about which there may be conflicts of interest."""

from services.centres.evaluation.evaluations import queries
from shared.kernel.clock import today
from shared.kernel.principal import Grant
from shared.web.records.hosting import with_hosted_centres
from shared.web.request.request_context import CurrentContext

_OWN_RECORD = "expert"


async def with_own_record(ctx: CurrentContext) -> None:
    """Gives reviewers, for this request, the role over their own record, by which conflicts of interest are found, and
    representatives their role over the centres that their institution hosts."""
    await with_hosted_centres(ctx)
    held = {grant.role for grant in ctx.principal.grants}
    if ctx.principal.account_id is None or _OWN_RECORD in held or "reviewer" not in held:
        return
    async with ctx.connection() as connection:
        own = await queries.experts_of(connection, ctx.principal)
    ctx.principal = ctx.principal.holding(*(Grant(_OWN_RECORD, "self", str(key), today(), None) for key in own))
