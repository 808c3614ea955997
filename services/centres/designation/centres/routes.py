"""Centres over HTTP: the description of their routes. The register adds the forms in which it shows a centre."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from services.centres.access import ROLES
from services.centres.designation.centres import operations
from services.centres.designation.centres.queries import LISTING
from services.centres.designation.centres.record import Centre as CentreRecord
from services.centres.designation.centres.schemas import Centre, CentreBody, CentreFields, present
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.records.hosting import entered, represented
from shared.records.resource_type import TransitionRequest
from shared.web.records.hosting import hold_centres, with_hosted_centres
from shared.web.records.records import Form, RecordApi
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.route import ResourceRouter

Transition: TypeAlias = Callable[[UnitOfWork, AccessScope, CentreRecord, TransitionRequest], Awaitable[CentreRecord]]
Members: TypeAlias = Callable[[RequestContext, AccessScope, Row], Awaitable[dict[str, Any]]]


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
    body=CentreBody,
    present=present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    fields=CentreFields,
    keeps_null=True,
    dependency=with_own_centres,
    is_public=True,
)
"""Without transitions, whose states have targets from the settings, and without the forms of the register."""


def routes(transition: Transition, members: Members, forms: Mapping[str, Form]) -> ResourceRouter:
    """The routes; `transition` makes every transition, `members` are those of items that take reads of their own,
    `forms` show a centre by the media type."""
    return replace(CENTRE_API, forms=forms, transition=transition, item_members=members).routes()
