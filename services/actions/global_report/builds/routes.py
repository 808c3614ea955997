"""Builds of an edition over HTTP."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, cast

from fastapi import Depends, FastAPI, Response

from services.actions.access import ROLES
from services.actions.global_report.builds import material, operations, queries, schemas
from services.actions.global_report.editions.domain import RELEASED
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.editions.routes import EDITION_API
from services.actions.global_report.volumes.state import state_of
from shared.bulk.store import FileStore
from shared.database.context import SYSTEM_CONTEXT
from shared.database.snapshot import snapshot
from shared.database.statements import Row
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, Forbidden, NotFound, Unauthenticated
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions
from shared.web.jobs.jobs import Job, queued_response
from shared.web.request.conditional import is_known
from shared.web.request.files import BlocksResponse, attachment
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import document_response
from shared.web.request.route import ResourceRouter

_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
_readable = Annotated[Row, Depends(EDITION_API.readable)]
router = ResourceRouter(operations.BUILDS, ROLES, EDITION_API.kind.resource.path)


@asynccontextmanager
async def edition_builds(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.edition_builds` while the app runs."""
    app.state.edition_builds = operations.build_files(app.state.settings)
    yield


@router.post("/{record}/builds", status_code=202, responses={202: {"model": Job}})
async def create_edition_build(body: schemas.EditionBuildCreate, row: _readable, ctx: CurrentContext) -> Response:
    """Build an edition.

    A job makes its files in each language: PDF, HTML, JATS, Markdown, the references as CSL JSON, and a ZIP of all with
    the data of figures. The same texts give the same files. Its `result` is the number of the build.
    """
    edition = record_read(Edition, row)
    job = await operations.order(ctx.uow, ctx.access, edition, body.kind, body.languages, body.issue)
    return queued_response("actions", job, operations.BUILD_EDITION, now())


@router.get(
    "/{record}/builds",
    options=RouteOptions(is_public=True),
    responses={200: {"model": schemas.EditionBuildPage}},
)
async def list_edition_builds(row: _readable, ctx: CurrentContext) -> Response:
    """List the builds of an edition with their files.

    The newest first: all for its editors, final ones for everybody once it is published.
    """
    _require_reader(ctx, row)
    async with ctx.connection() as connection:
        found = await queries.builds_of(connection, ctx.access, row["id"])
    states = {kind: await _state(ctx, row, kind) for kind in {one.row["kind"] for one in found}}
    address = EDITION_API.kind.record.address_of(EDITION_API.kind.resource, row)
    items = [schemas.shown(one.row, one.files, address, states[one.row["kind"]]) for one in found]
    return document_response(ctx, {"items": items, "next": None})


@router.get(
    "/{record}/builds/{build}/files/{file}",
    options=RouteOptions(is_public=True, is_item=True, is_file=True, problems=("conflict",)),
    response_model=None,
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file."}},
)
async def get_edition_build_file(build: str, file: str, row: _readable, ctx: CurrentContext) -> Response:
    """Fetch a file of a build.

    An attachment, with its digest.
    """
    _require_reader(ctx, row)
    found = None
    if build.isascii() and build.isdigit() and len(build) <= 6 and len(file) <= 200:
        async with ctx.connection() as connection:
            found = await queries.file_of(connection, ctx.access, row["id"], int(build), file)
    if found is None:
        raise NotFound("There is no such file.")
    tag = f'"{found["sha256"]}"'
    if is_known(ctx.request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    store = cast(FileStore, ctx.request.app.state.edition_builds)
    if await store.size(found["sha256"]) != found["size"]:
        raise Conflict("The stored file is lost: build the edition again.")
    headers = {
        "ETag": tag,
        "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(found['sha256'])).decode()}:",
        "Content-Disposition": attachment(found["name"]),
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
    }
    return BlocksResponse(store.blocks(found["sha256"]), found["size"], 200, headers, found["media_type"])


def _require_reader(ctx: RequestContext, row: Row) -> None:
    """Raises Forbidden without a grant over the edition unless it is published; Unauthenticated for nobody."""
    if row["status"] in RELEASED or ctx.access.may("read", None, row["id"]):
        return
    if ctx.principal.is_anonymous:
        raise Unauthenticated("The edition is not published yet.")
    raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})


async def _state(ctx: RequestContext, row: Row, kind: str) -> str:
    """What a build of a kind would be made of now."""
    async with snapshot(ctx.read_database, SYSTEM_CONTEXT) as connection:
        return state_of(await material.whole_of(connection, record_read(Edition, row), kind))
