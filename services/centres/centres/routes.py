"""Centres over HTTP: the description of their routes. The register adds the forms in which it shows a centre."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from services.centres.access import ROLES
from services.centres.centres import operations, queries
from services.centres.centres.queries import LISTING
from services.centres.centres.schemas import Centre, CentreBody, CentreFields, present
from shared.kernel.principal import Grant
from shared.web.records import Form, RecordApi
from shared.web.request_context import CurrentContext
from shared.web.route import ResourceRouter

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


CENTRE_API = RecordApi(
    kind=operations.CENTRES,
    roles=ROLES,
    listing=LISTING,
    response_model=Centre,
    body=CentreBody,
    present=present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    fields=CentreFields,
    keeps_null=True,
    dependency=with_own_applications,
    is_public=True,
)
"""Without transitions, whose states have targets from the settings, and without the forms of the register."""


def routes(targets: Mapping[str, int], forms: Mapping[str, Form]) -> ResourceRouter:
    """The routes; `targets` are the days that states allow, `forms` show a centre by the media type."""
    return replace(CENTRE_API, forms=forms, transition=partial(operations.transition, targets)).routes()
