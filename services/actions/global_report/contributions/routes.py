"""Contributions over HTTP: the routes of every record, the progress of an edition, and the confirmation of an author
with a mailed token."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.global_report.contributions import confirming, operations, queries, schemas
from services.actions.global_report.contributions.domain import doi_below
from services.actions.global_report.contributions.guards import with_parts
from services.actions.global_report.contributions.progress import progress_of
from services.actions.global_report.contributions.queries import LISTING
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.editions.domain import number_of
from services.actions.global_report.editions.queries import edition_of
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.editions.routes import EDITION_API
from shared.database.statements import Connection, Row
from shared.kernel.clock import today
from shared.kernel.errors import Forbidden
from shared.records.access_scope import AccessScope, by_person
from shared.records.rows import record_read
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, Items, RecordApi, Steps
from shared.web.request.mailed_tokens import BY_MAILED_TOKEN, limit_tries
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON, document_response
from shared.web.request.route import ResourceRouter


async def _members(ctx: RequestContext, access: AccessScope, row: Row) -> dict[str, Any]:
    """The present version of a contribution, its DOI, and how many comments it has. Of a published one, editors
    and authors alone learn of a newer version."""
    is_inside = access.may("history", row["country"], Contribution.scope_of(row))
    async with ctx.connection() as connection:
        most = None if is_inside else row["published_version"]
        current = await queries.current_version(connection, row["id"], row["language"], most)
        comments = await queries.comments_of(connection, row["id"])
        doi = await _doi_of(connection, ctx.request.app.state.settings.doi_prefix, record_read(Contribution, row))
    return {"current": current and dict(current), "comments": comments, "doi": doi}


async def _doi_of(connection: Connection, prefix: str, of: Contribution) -> str | None:
    edition = await edition_of(connection, of.edition_id) if prefix else None
    if edition is None:
        return None
    is_alone = await queries.is_alone(connection, of)
    return doi_below(prefix, number_of(edition), of, is_alone=is_alone)


CONTRIBUTION_API = RecordApi(
    kind=operations.CONTRIBUTIONS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Contribution,
    present=schemas.present,
    bodies=Bodies(
        schemas.ContributionBody,
        creation=schemas.ContributionCreate,
        columns=schemas.columns,
        written=schemas.written,
        own=by_person,
    ),
    create=operations.create,
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.ContributionFields),
    items=Items(members=_members),
    is_public=True,
    dependency=with_parts,
)
router = record_routes(CONTRIBUTION_API)
of_edition = ResourceRouter(EDITION_API.kind.resource, ROLES)


@of_edition.get("/{record}/progress", responses={200: {"model": schemas.EditionProgress}})
async def get_edition_progress(edition: Annotated[Row, Depends(EDITION_API.readable)], ctx: CurrentContext) -> Response:
    """Show how far an edition is, and who is late.

    For grants over the edition: the states of its contributions, by place and day by day.
    """
    if not ctx.access.sees_all_fields(None, edition["id"]):
        raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
    async with ctx.connection() as connection:
        found = await progress_of(connection, record_read(Edition, edition), today())
    return document_response(ctx, found)


@router.post("/authorship", options=BY_MAILED_TOKEN, responses={200: {"model": schemas.Authorship}})
async def confirm_authorship(body: schemas.TokenOfAuthor, ctx: CurrentContext) -> Response:
    """Confirm that one is an author.

    With the token of the mail, without signing in. It may be repeated.
    """
    await limit_tries(ctx)
    found = await confirming.confirm(ctx.uow, body.token)
    return Response(orjson.dumps(schemas.shown(found)), media_type=JSON)


@router.post("/authorship/preview", options=BY_MAILED_TOKEN, responses={200: {"model": schemas.Authorship}})
async def preview_authorship(body: schemas.TokenOfAuthor, ctx: CurrentContext) -> Response:
    """Read what an author confirms.

    With the token of the mail, without signing in. Nothing changes.
    """
    await limit_tries(ctx)
    found = await confirming.named(ctx.uow, body.token)
    return Response(orjson.dumps(schemas.shown(found)), media_type=JSON)
