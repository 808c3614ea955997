"""Grants of an institution's representative over the centres that it hosts, for one request."""

from collections.abc import Mapping, Sequence

from shared.database.statements import Row
from shared.kernel.principal import Grant
from shared.records.hosting import hosted, over_centres, represented
from shared.web.request.request_context import CurrentContext, RequestContext


async def hold_centres(ctx: RequestContext, institutions: Mapping[str, Grant], centres: Sequence[Row]) -> None:
    """Gives a representative, for this request, the role over centres that the institution hosts, by their `id` and
    `host_institution_id`."""
    ctx.principal = ctx.principal.holding(*over_centres(institutions, centres))
    if ctx.is_writing and centres:
        await ctx.uow.allow_record(*(row["id"] for row in centres))


async def with_hosted_centres(ctx: CurrentContext) -> None:
    """Gives representatives, for this request, their role over each designated centre that their institution hosts."""
    institutions = represented(ctx.principal)
    if institutions:
        async with ctx.connection() as connection:
            found = await hosted(connection, institutions)
        await hold_centres(ctx, institutions, found)
