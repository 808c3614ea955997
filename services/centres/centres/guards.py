"""Grants of an institution's representative over the centres that they entered."""

from dataclasses import replace

from services.centres.centres import queries
from shared.kernel.principal import Grant
from shared.web.request_context import CurrentContext

_REPRESENTATIVE = "institution_representative"


async def with_own_applications(ctx: CurrentContext) -> None:
    """Gives representatives, for this request, their role over each centre that they entered for their institution."""
    own = [grant for grant in ctx.principal.grants if _represents(grant)]
    if not own or (ctx.is_writing and not ctx.request.path_params):
        return
    institutions = {grant.scope_id: grant for grant in own if grant.scope_id}
    async with ctx.connection() as connection:
        found = await queries.entered_for(connection, list(institutions), list(ctx.principal.labels))
    grants = [
        replace(institutions[str(row["host_institution_id"])], scope_kind="centre", scope_id=str(row["id"]))
        for row in found
    ]
    ctx.principal = ctx.principal.holding(*grants)
    if ctx.is_writing:
        for row in found:
            await ctx.uow.allow_record(row["id"])


def _represents(grant: Grant) -> bool:
    return grant.role == _REPRESENTATIVE and grant.scope_kind == "institution"
