"""Files of evidence over HTTP: the routes of every record, receiving, and the content."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated, Any

import orjson
from fastapi import Depends, FastAPI, File, Response

from services.actions.access import ROLES
from services.actions.reporting.evidence import operations, tickets
from services.actions.reporting.evidence.contents import content_response
from services.actions.reporting.evidence.domain import EvidenceGuardContext
from services.actions.reporting.evidence.named import READ, enter_read, named_to
from services.actions.reporting.evidence.queries import LISTING
from services.actions.reporting.evidence.receiving import EvidenceRoute, objects_of
from services.actions.reporting.evidence.record import Evidence
from services.actions.reporting.evidence.schemas import (
    DownloadUrl,
    EvidenceBody,
    EvidenceCreate,
    EvidenceFields,
    present,
)
from services.actions.reporting.evidence.schemas import Evidence as EvidenceResponse
from shared.auth.keys import InvalidToken
from shared.database.statements import Row
from shared.kernel.clock import now, to_text
from shared.kernel.errors import NotFound, invalid_parameter
from shared.records.access_scope import access_scope_for
from shared.records.rows import record_read
from shared.storage.objects import ObjectStore
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, Items, RecordApi, Steps
from shared.web.records.withheld import Withheld
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON, key_of

_SHORTEST, _LONGEST, _DEFAULT = 60, 3600, "300"
_UNREADABLE = ("evidence_not_available", "purged")
_READING = (*_UNREADABLE, "range_not_satisfiable")
_REFUSED = ("empty_file", "digest_mismatch", "media_type_refused", "archive_too_large", "evidence_not_available")
_BYTES: dict[str, Any] = {"content": {"application/octet-stream": {}}}
_CONTENT: dict[int | str, dict[str, Any]] = {200: _BYTES, 206: {"description": "The requested range.", **_BYTES}}


class EvidenceApi(RecordApi[Evidence, EvidenceGuardContext]):
    """A grant over a record that names a file shows the file, without its history."""

    async def shown_to(self, record: str, ctx: CurrentContext) -> Row | Withheld:
        try:
            return await super().shown_to(record, ctx)
        except NotFound:
            async with ctx.connection() as connection:
                named = await named_to(connection, ctx.principal, key_of(record))
            if named is None:
                raise
            return named


def _in_history(_row: Row, line: dict[str, Any]) -> dict[str, Any] | None:
    """The line, unless it is about a read."""
    return None if line["action"] == READ else line


EVIDENCE_API = EvidenceApi(
    kind=operations.EVIDENCE,
    roles=ROLES,
    listing=LISTING,
    response_model=EvidenceResponse,
    present=present,
    bodies=Bodies(EvidenceBody, creation=EvidenceCreate),
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=EvidenceFields),
    items=Items(includes=True, in_history=_in_history),
)
router = record_routes(EVIDENCE_API)


class _Route(EvidenceRoute):
    resource = Evidence.resource_type
    roles = ROLES


router.route_class = _Route
_readable = Annotated[Row, Depends(EVIDENCE_API.readable)]


@asynccontextmanager
async def objects(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.objects` while the app runs."""
    app.state.objects = ObjectStore(app.state.settings.objects_url)
    yield


@router.post("", options=RouteOptions(problems=_REFUSED), status_code=201, responses={201: {"model": EvidenceResponse}})
async def create_evidence(
    form: Annotated[EvidenceCreate, File()],  # noqa: ARG001 - read before the transaction opens
    ctx: CurrentContext,
) -> Response:
    """Send a file of evidence.

    The file is checked and stored; with a scanner it is available after the scan. Its content decides the media type.
    """
    scans, new = bool(ctx.request.app.state.settings.scanner), ctx.request.state.evidence
    created = await operations.create(ctx.uow, ctx.access, objects_of(ctx.request), new, scans=scans)
    return await EVIDENCE_API.respond_with(ctx, created.id, status=201)


@router.get(
    "/{record}/content",
    options=RouteOptions(is_item=True, problems=_READING),
    response_model=None,
    response_class=Response,
    responses=_CONTENT,
)
async def get_evidence_content(row: _readable, ctx: CurrentContext) -> Response:
    """Fetch a file of evidence.

    An attachment. `Range` asks for one range of bytes; `If-Range` for all, if the file is another one.
    """
    await enter_read(ctx, row, ctx.principal)
    return content_response(ctx, record_read(Evidence, row))


@router.get(
    "/{record}/download_url",
    options=RouteOptions(
        query=query_of(described={"expires_in": "Seconds until the address expires, 60 to 3600; by default 300."}),
        problems=_UNREADABLE,
    ),
    responses={200: {"model": DownloadUrl}},
)
async def get_evidence_download_url(row: _readable, ctx: CurrentContext) -> Response:
    """Get a signed address of a file of evidence.

    The address needs no token. It is bound to the caller, whose right is checked at each use.
    """
    operations.require_available(record_read(Evidence, row))
    raw = ctx.request.query_params.get("expires_in", _DEFAULT)
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 4 and _SHORTEST <= int(raw) <= _LONGEST):
        raise invalid_parameter("expires_in", f"A whole number from {_SHORTEST} to {_LONGEST}.")
    until = now().replace(microsecond=0) + timedelta(seconds=int(raw))
    url = tickets.signed_address(ctx.secret, row["id"], row["sha256"], ctx.principal, until)
    signed = {"url": url, "expires_at": to_text(until), "size": row["size"], "sha256": row["sha256"]}
    return Response(orjson.dumps(signed), 200, {"Cache-Control": "no-store"}, JSON)


@router.get(
    "/files/{ticket}",
    options=RouteOptions(is_public=True, is_item=True, problems=("signature_not_valid", "link_expired", *_READING)),
    response_model=None,
    response_class=Response,
    responses=_CONTENT,
)
async def get_evidence_file(ticket: str, ctx: CurrentContext) -> Response:
    """Fetch a file of evidence by a signed address.

    The address is that of `download_url`. The response is that of `content`.
    """
    signed = tickets.opened(ctx.secret, ticket)
    try:
        caller = await ctx.request.app.state.authenticator.principal_of_kind(signed.kind, signed.caller)
    except InvalidToken:
        raise NotFound("There is no such file.") from None
    access = access_scope_for(caller, ROLES, Evidence.resource_type)
    async with ctx.connection() as connection:
        row = await LISTING.get(connection, access, signed.evidence)
        if row is None:
            row = await named_to(connection, caller, signed.evidence)
    if row is None or row["sha256"] != signed.sha256:
        raise NotFound("There is no such file.")
    await enter_read(ctx, row, caller)
    return content_response(ctx, record_read(Evidence, row))
