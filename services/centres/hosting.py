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
_WORK = frozenset(f"centres.{resource}" for resource in ("annual_reports", "centres", "partnerships"))
"""The resources whose routes give representatives their role over hosted centres."""
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
    await _hold_hosted(ctx, represented(ctx))


async def with_work_on_hosted_centres(ctx: CurrentContext) -> None:
    """The same for what representatives may do for these centres: as far as routes give them their role."""
    own = {
        key: replace(grant, resources=frozenset(name for name in _WORK if grant.admits(name, "read")))
        for key, grant in represented(ctx).items()
    }
    await _hold_hosted(ctx, own)


async def _hold_hosted(ctx: RequestContext, institutions: Mapping[str, Grant]) -> None:
    if institutions:
        async with ctx.connection() as connection:
            found = await _HOSTED.fetch(connection, institutions=list(institutions))
        await hold_centres(ctx, institutions, found)
