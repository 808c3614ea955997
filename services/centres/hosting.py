"""Grants of an institution's representative over the centres that it hosts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Row
from shared.kernel.principal import Grant
from shared.web.request_context import CurrentContext, RequestContext

_ROLE = "institution_representative"
_centre = views.CENTRES.c
_HOSTED = Lookup(
    select(_centre.id, _centre.host_institution_id)
    .where(
        _centre.host_institution_id == any_(bindparam("institutions", type_=ARRAY(Uuid))),
        _centre.designated_on.is_not(None),
    )
    .order_by(_centre.id.desc())
    .limit(200)
)


def represented(ctx: RequestContext) -> dict[str, Grant]:
    """By the id of the institution, the caller's grants as its representative."""
    own = (grant for grant in ctx.principal.grants if grant.role == _ROLE and grant.scope_kind == "institution")
    return {grant.scope_id: grant for grant in own if grant.scope_id}


async def hold_centres(ctx: RequestContext, institutions: Mapping[str, Grant], centres: Sequence[Row]) -> None:
    """Gives a representative, for this request, the role over centres that the institution hosts, by their `id` and
    `host_institution_id`."""
    ctx.principal = ctx.principal.holding(
        *(
            replace(institutions[str(row["host_institution_id"])], scope_kind="centre", scope_id=str(row["id"]))
            for row in centres
        )
    )
    if ctx.is_writing and centres:
        await ctx.uow.allow_record(*(row["id"] for row in centres))


async def with_hosted_centres(ctx: CurrentContext) -> None:
    """Gives representatives, for this request, their role over each designated centre that their institution hosts."""
    institutions = represented(ctx)
    if institutions:
        async with ctx.connection() as connection:
            found = await _HOSTED.fetch(connection, institutions=list(institutions))
        await hold_centres(ctx, institutions, found)
