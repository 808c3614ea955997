"""Versions of a contribution over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request, Response
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as FormFile

from services.actions.access import ROLES
from services.actions.global_report.contributions.guards import with_parts
from services.actions.global_report.contributions.operations import CONTRIBUTIONS
from services.actions.global_report.contributions.participants import is_hidden_from
from services.actions.global_report.contributions.routes import CONTRIBUTION_API
from services.actions.global_report.versions import operations, queries, schemas
from services.actions.global_report.versions.domain import DOCX, MARKDOWN, MOST_FILE
from shared.configuration.settings import Settings
from shared.database.statements import Row
from shared.kernel.clock import now
from shared.kernel.errors import Forbidden, NotFound, TooLarge, invalid_field
from shared.kernel.principal import Principal
from shared.web.contract.route_options import RouteOptions
from shared.web.edge.body import JSON_LIMIT
from shared.web.jobs.jobs import Job, queued_response
from shared.web.request.endpoint import Handler
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import document_response
from shared.web.request.route import ResourceRouter
from shared.web.request.uploads import FormRoute

_OF_IMAGE = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_readable = Annotated[Row, Depends(CONTRIBUTION_API.readable)]


class VersionRoute(FormRoute):
    """Takes a form as the JSON of its fields, with the digest of its file, which the endpoint finds in
    `request.state.manuscript`."""

    resource = CONTRIBUTIONS.resource
    roles = ROLES

    def form_limit(self, _settings: Settings) -> int:
        return MOST_FILE + JSON_LIMIT

    def may_send(self, principal: Principal, _fields: dict[str, str]) -> None:
        """Raises Forbidden unless the caller may change a contribution."""
        if not principal.permission_scope(ROLES, CONTRIBUTIONS.resource.name, "update"):
            raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})

    async def with_form(self, handle: Handler, request: Request, _principal: Principal, form: FormData) -> Response:
        file = form.get("file")
        if not isinstance(file, FormFile):
            raise invalid_field("/file", "required", "The form has no file.")
        if (file.size or 0) > MOST_FILE:
            raise TooLarge(f"A manuscript may have {MOST_FILE >> 20} MiB.")
        content = request.state.manuscript = await file.read()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        return await handle(_as_json(request, operations.form_members(fields, content)))


def _as_json(request: Request, members: dict[str, object]) -> Request:
    """The same request with a body of JSON."""
    body = orjson.dumps(members)
    given = {b"content-type": b"application/json", b"content-length": str(len(body)).encode()}
    headers = [(name, value) for name, value in request.scope["headers"] if name not in given]

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({**request.scope, "headers": [*headers, *given.items()]}, receive)


router = ResourceRouter(CONTRIBUTIONS.resource, ROLES, dependencies=[Depends(with_parts)])
router.route_class = VersionRoute


@router.post(
    "/{record}/versions",
    options=RouteOptions(problems=("unreadable_manuscript",)),
    status_code=202,
    responses={202: {"model": Job}},
)
async def create_contribution_version(
    body: schemas.VersionCreate, contribution: _readable, ctx: CurrentContext, request: Request
) -> Response:
    """Send a version of a contribution.

    Markdown, or a form with a `file`, which is DOCX or Markdown of at most 20 MiB. A job reads it; its `result` is the
    number of the version, how many words and blocks it has, and `warnings`, which name their block. A version of a
    contribution that was published stays with its editors and authors until an erratum publishes it.
    """
    content = getattr(request.state, "manuscript", None) if body.file_sha256 else (body.body or "").encode()
    if content is None:
        raise invalid_field("/file_sha256", "required", "Send the file in a form.")
    given = operations.Manuscript(
        content=content,
        media_type=DOCX if body.file_sha256 and content.startswith(b"PK") else MARKDOWN,
        references=body.references,
        note=body.note,
        language=body.language,
        translates=body.of,
    )
    job = await operations.take(ctx.uow, ctx.access, contribution, given)
    return queued_response("actions", job, operations.READ_MANUSCRIPT, now())


@router.get(
    "/{record}/versions",
    options=RouteOptions(is_public=True),
    responses={200: {"model": schemas.ContributionVersionPage}},
)
async def list_contribution_versions(contribution: _readable, ctx: CurrentContext) -> Response:
    """List the versions of a contribution.

    The newest first, without their texts; at most 200.
    """
    async with ctx.connection() as connection:
        rows = await queries.versions_of(connection, ctx.access, contribution["id"])
        replaced = await queries.replaced_in(connection, ctx.access, contribution["id"])
    known = [_shown(schemas.summary(row), contribution, ctx) for row in _known(rows, replaced, contribution, ctx)]
    return document_response(ctx, {"items": known, "next": None})


@router.get(
    "/{record}/versions/{version}",
    options=RouteOptions(is_public=True),
    responses={200: {"model": schemas.ContributionVersion}},
)
async def get_contribution_version(version: str, contribution: _readable, ctx: CurrentContext) -> Response:
    """Read a version of a contribution.

    With its blocks, by whose numbers comments name a place. It never changes.
    """
    row = await _version(version, contribution, ctx)
    address = f"{CONTRIBUTION_API.kind.record.address_of(CONTRIBUTIONS.resource, contribution)}/versions/{version}"
    return document_response(ctx, _shown(schemas.whole(row, address), contribution, ctx))


@router.get(
    "/{record}/versions/{version}/images/{image}",
    options=RouteOptions(is_public=True, is_item=True, is_file=True),
    response_model=None,
    response_class=Response,
    responses={200: {"content": {"image/png": {}, "image/jpeg": {}}, "description": "The image."}},
)
async def get_contribution_version_image(
    version: str, image: str, contribution: _readable, ctx: CurrentContext
) -> Response:
    """Fetch an image of a version.

    A PNG or JPEG without metadata, to who reads the version.
    """
    row = await _version(version, contribution, ctx)
    found = None
    if image in {one["name"] for one in row["images"]}:
        async with ctx.connection() as connection:
            found = await queries.image_of(connection, ctx.access, contribution["id"], image)
    if found is None:
        raise NotFound("There is no such image.")
    return Response(bytes(found["content"]), headers=_OF_IMAGE, media_type=found["media_type"])


async def _version(given: str, contribution: Row, ctx: RequestContext) -> Row:
    """The version of this number. Raises NotFound for one that the caller does not read."""
    row = None
    if given.isascii() and given.isdigit() and len(given) <= 6:
        async with ctx.connection() as connection:
            row = await queries.version_of(connection, ctx.access, contribution["id"], int(given))
            rows = await queries.versions_of(connection, ctx.access, contribution["id"])
            replaced = await queries.replaced_in(connection, ctx.access, contribution["id"])
    if row is None or row["number"] not in {one["number"] for one in _known(rows, replaced, contribution, ctx)}:
        raise NotFound("There is no such version.")
    return row


def _known(rows: Sequence[Row], replaced: set[int], contribution: Row, ctx: RequestContext) -> Sequence[Row]:
    """The versions that the caller reads, the newest first: who takes part in a round reads the present one and its
    translations, everybody those that were published and theirs. `replaced` are those that errata replaced."""
    if ctx.access.may("history", contribution["country"], CONTRIBUTION_API.scope_of(contribution)):
        return rows
    public = {contribution["published_version"], *replaced}
    if contribution["published_version"] is None:
        public = {next((row["number"] for row in rows if row["translates"] is None), None)}
    return [row for row in rows if (row["translates"] or row["number"]) in public]


def _shown(version: dict[str, Any], contribution: Row, ctx: RequestContext) -> dict[str, Any]:
    """The version; without what tells who sent it, such as the address of a file of theirs in a warning, for readers
    of what was published and for who comments without knowing the authors."""
    is_outside = not ctx.access.sees_all_fields(contribution["country"], CONTRIBUTION_API.scope_of(contribution))
    is_hidden = is_outside or is_hidden_from(ctx.principal, contribution["id"])
    hidden: dict[str, Any] = {"note": None, "created_by": None, "warnings": []} if is_hidden else {}
    return {**version, **hidden}
