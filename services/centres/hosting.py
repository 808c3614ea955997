"""Grants of an institution's representative over the designated centres that it hosts."""

from dataclasses import replace

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.contracts import views
from shared.database.context import Lookup
from shared.kernel.principal import Grant
from shared.web.request_context import CurrentContext

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


def represents(grant: Grant) -> bool:
    """Whether the grant makes its holder the representative of an institution."""
    return grant.role == "institution_representative" and grant.scope_kind == "institution"


async def with_hosted_centres(ctx: CurrentContext) -> None:
    """Gives representatives, for this request, their role over each designated centre that their institution hosts."""
    institutions = {grant.scope_id: grant for grant in ctx.principal.grants if represents(grant) and grant.scope_id}
    if not institutions:
        return
    async with ctx.connection() as connection:
        found = await _HOSTED.fetch(connection, institutions=list(institutions))
    ctx.principal = ctx.principal.holding(
        *(
            replace(institutions[str(row["host_institution_id"])], scope_kind="centre", scope_id=str(row["id"]))
            for row in found
        )
    )
    if ctx.is_writing and found:
        await ctx.uow.allow_record(*(row["id"] for row in found))
