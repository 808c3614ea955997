"""Centres over HTTP: the description of their routes. The register adds the forms in which it shows a centre."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from services.centres.access import ROLES
from services.centres.designation.centres import operations
from services.centres.designation.centres.queries import LISTING
from services.centres.designation.centres.record import Centre as CentreRecord
from services.centres.designation.centres.schemas import Centre, CentreBody, CentreFields, present
from shared.records.hosting import entered, represented
from shared.web.records.hosting import hold_centres, with_hosted_centres
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, Items, RecordApi, Steps, Take
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter


async def with_files(ctx: CurrentContext) -> None:
    """Gives representatives, for this request, their role over what they entered and what their institution hosts."""
    institutions = represented(ctx.principal)
    if institutions:
        async with ctx.connection() as connection:
            found = await entered(connection, institutions, ctx.principal.labels)
        await hold_centres(ctx, institutions, found)
    await with_hosted_centres(ctx)


async def with_own_centres(ctx: CurrentContext) -> None:
    """The same, except for the creation of a centre, which takes none of them."""
    if not ctx.is_writing or ctx.request.path_params:
        await with_files(ctx)


CENTRE_API = RecordApi(
    kind=operations.CENTRES,
    roles=ROLES,
    listing=LISTING,
    response_model=Centre,
    present=present,
    bodies=Bodies(CentreBody),
    create=operations.create,
    update=operations.update,
    steps=Steps(guards=operations.load_guard_context, fields=CentreFields, keeps_null=True),
    is_public=True,
    dependency=with_own_centres,
)
"""Without what other rooms add: transitions, whose states have targets from the settings, and the register's forms."""


def routes(verbs: Mapping[str, Take[CentreRecord]], targets: Mapping[str, int], items: Items) -> ResourceRouter:
    """The routes. `verbs` take the transitions that other rooms know, `targets` are the days that states allow."""
    take = partial(operations.transition, targets)
    return record_routes(replace(CENTRE_API, steps=replace(CENTRE_API.steps, take=take, verbs=verbs), items=items))
