"""Errata of contributions, and of whole editions, over HTTP."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.global_report.contributions.guards import with_parts
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.contributions.routes import CONTRIBUTION_API
from services.actions.global_report.editions.routes import EDITION_API
from services.actions.global_report.errata import operations, queries, schemas
from shared.database.statements import Row
from shared.kernel.errors import NotFound
from shared.records.access_scope import AccessScope, access_scope_for
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON, document_response
from shared.web.request.route import ResourceRouter

_readable = Annotated[Row, Depends(CONTRIBUTION_API.readable)]
router = ResourceRouter(
    operations.ERRATA, ROLES, CONTRIBUTION_API.kind.resource.path, dependencies=[Depends(with_parts)]
)

of_edition = ResourceRouter(
    operations.ERRATA, ROLES, EDITION_API.kind.resource.path, dependencies=[Depends(with_parts)]
)


@of_edition.get(
    "/{record}/errata",
    options=RouteOptions(is_public=True),
    responses={200: {"model": schemas.ContributionErratumPage}},
)
async def list_edition_errata(edition: Annotated[Row, Depends(EDITION_API.readable)], ctx: CurrentContext) -> Response:
    """List the errata of an edition.

    Those of all its contributions that the caller reads, the newest first; each made one issue of it.
    """
    async with ctx.connection() as connection:
        rows = await queries.errata_of_edition(connection, _reading(ctx), edition["id"])
    return document_response(ctx, {"items": [schemas.shown(dict(row)) for row in rows], "next": None})


@router.post(
    "/{record}/errata",
    options=RouteOptions(problems=("is_an_author",)),
    status_code=201,
    responses={201: {"model": schemas.ContributionErratum}},
)
async def create_contribution_erratum(
    body: schemas.ContributionErratumCreate, contribution: _readable, ctx: CurrentContext
) -> Response:
    """Publish an erratum of a contribution.

    By an editor who is none of its authors. A newer version is published with its translations, as the next `issue`
    of the edition, which is built again; the version before stays readable, and so do the files of earlier issues. The
    chapter of a country needs its consent to the version (`consent`).
    """
    of = record_read(Contribution, contribution)
    made = schemas.shown(await operations.create(ctx.uow, ctx.access, of, body.given()))
    return Response(orjson.dumps(made), 201, {"Location": f"{ctx.request.url.path}/{made['issue']}"}, JSON)


@router.get(
    "/{record}/errata",
    options=RouteOptions(is_public=True),
    responses={200: {"model": schemas.ContributionErratumPage}},
)
async def list_contribution_errata(contribution: _readable, ctx: CurrentContext) -> Response:
    """List the errata of a contribution.

    The newest first.
    """
    async with ctx.connection() as connection:
        rows = await queries.errata_of(connection, _reading(ctx), contribution["id"])
    return document_response(ctx, {"items": [schemas.shown(dict(row)) for row in rows], "next": None})


@router.get(
    "/{record}/errata/{erratum}",
    options=RouteOptions(is_public=True),
    responses={200: {"model": schemas.ContributionErratum}},
)
async def get_contribution_erratum(erratum: str, contribution: _readable, ctx: CurrentContext) -> Response:
    """Read an erratum of a contribution.

    By its id, or by the issue of the edition that it made.
    """
    row, named = None, _named(erratum)
    if named is not None:
        async with ctx.connection() as connection:
            row = await queries.erratum_of(connection, _reading(ctx), contribution["id"], named)
    if row is None:
        raise NotFound("There is no such erratum.")
    return document_response(ctx, schemas.shown(dict(row)))


def _reading(ctx: RequestContext) -> AccessScope:
    """Who reads a contribution reads its errata."""
    return access_scope_for(ctx.principal, ROLES, CONTRIBUTION_API.kind.resource)


def _named(text: str) -> int | UUID | None:
    """An issue, or an id."""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 4 else None
    try:
        return UUID(text)
    except ValueError:
        return None
