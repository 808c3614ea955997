"""Grants over the second side of a partnership."""

from dataclasses import replace

from services.centres.network.partnerships import queries
from shared.web.records.hosting import with_hosted_centres
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import key_of


async def with_both_sides(ctx: CurrentContext) -> None:
    """Gives representatives, for this request, their role over the centres that their institution hosts, and holders of
    grants over the partner's country their roles over the partnership."""
    await with_hosted_centres(ctx)
    named = ctx.request.path_params.get("record")
    national = [grant for grant in ctx.principal.grants if grant.scope_kind in ("country", "region")]
    if named is None or not national or ctx.principal.sandbox:
        return
    async with ctx.connection() as connection:
        found = await queries.other_country(connection, key_of(named))
    if found is None:
        return
    key, country = found
    covering = (grant for grant in national if country in grant.countries)
    ctx.principal = ctx.principal.holding(
        *(replace(grant, scope_kind="record", scope_id=str(key)) for grant in covering)
    )
