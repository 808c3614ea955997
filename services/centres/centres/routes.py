"""Centres over HTTP: the description of their routes. The register adds the forms in which it shows a centre."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from services.centres.access import ROLES
from services.centres.centres import operations, queries
from services.centres.centres.queries import LISTING
from services.centres.centres.schemas import Centre, CentreBody, CentreFields, present
from services.centres.hosting import hold_centres, represented
from shared.web.records import Form, RecordApi
from shared.web.request_context import CurrentContext
from shared.web.route import ResourceRouter


async def with_own_applications(ctx: CurrentContext) -> None:
    """Gives representatives, for this request, their role over each centre that they entered for their institution."""
    institutions = represented(ctx)
    if not institutions or (ctx.is_writing and not ctx.request.path_params):
        return
    async with ctx.connection() as connection:
        found = await queries.entered_for(connection, list(institutions), list(ctx.principal.labels))
    await hold_centres(ctx, institutions, found)


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
