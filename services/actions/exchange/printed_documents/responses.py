"""Printed documents over HTTP: the file of what they say now, or when to ask for it again."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import orjson
from fastapi import FastAPI, Response

from services.actions.exchange.open_data.queries import EVERYBODY
from services.actions.exchange.printed_documents import queries
from services.actions.exchange.printed_documents.domain import RETRY_AFTER, DocumentKey, Printed
from services.actions.exchange.printed_documents.operations import DocumentKind, document_files, order, state_of
from shared.bulk.store import FileStore
from shared.database.context import SYSTEM_CONTEXT
from shared.database.snapshot import snapshot
from shared.database.unit_of_work import unit_of_work
from shared.kernel.errors import Conflict, NotFound, invalid_parameter
from shared.kernel.text import LANGUAGES
from shared.open_data.requests import FRESH, unchanged
from shared.ratelimit.limiter import Limit
from shared.web.contract.route_options import Chosen, Said
from shared.web.request.conditional import is_known
from shared.web.request.files import BlocksResponse
from shared.web.request.paging import parameters_of
from shared.web.request.request_authenticator import site
from shared.web.request.request_context import RequestContext
from shared.web.request.responses import JSON

PDF = "application/pdf"
LANGUAGE: Said = {"language": Chosen("The language, one of the six; by default English.", LANGUAGES)}
DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {PDF: {}}, "description": "The document."},
    202: {
        "content": {"application/json": {"schema": {"type": "object"}}},
        "description": "The document is being printed; ask again after the seconds in `Retry-After`.",
    },
}
"""The responses of a route of documents."""
PROBLEMS = ("not_printable", "rate_limited")
_ORDERS = Limit("prints", 60, 3600)
"""Documents that one network, account or client orders in an hour. Printed ones are not counted."""


@asynccontextmanager
async def printed_documents(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.printed_documents` while the app runs."""
    app.state.printed_documents = document_files(app.state.settings)
    yield


def language_of(ctx: RequestContext) -> str:
    """The requested language. Raises Malformed `invalid_parameter`."""
    language = parameters_of(ctx.request).get("language", LANGUAGES[0])
    if language not in LANGUAGES:
        raise invalid_parameter("language", f"One of {', '.join(LANGUAGES)}.")
    return language


async def document_response(ctx: RequestContext, kind: DocumentKind, key: DocumentKey) -> Response:
    """The file of what the document says now; 202 while it is being printed. Raises NotFound, Conflict
    `not_printable`, RateLimited for more new documents than a caller may order."""
    async with snapshot(ctx.read_database, EVERYBODY.context) as connection:
        document = await kind.load(connection, key)
    if document is None:
        raise NotFound("There is no such document.")
    state = state_of(document, kind)
    async with ctx.connection() as connection:
        found = await queries.find(connection, key)
    store = cast(FileStore, ctx.request.app.state.printed_documents)
    lost = None
    if found is not None and found.state == state:
        if not found.is_printable:
            raise Conflict(
                "A text has a character that is in none of the fonts, or the document is too large.",
                code="not_printable",
            )
        if found.sha256 is not None:
            if await store.size(found.sha256) == found.size:
                return _file(ctx, store, key, found)
            lost = found.sha256
    if found is None or found.state != state or lost is not None:
        await _count_order(ctx)
    async with unit_of_work(ctx.database, SYSTEM_CONTEXT) as uow:
        await order(uow, key, state, lost)
    ctx.request.app.state.notifier.notify()
    headers = {"Retry-After": str(RETRY_AFTER), "Refresh": str(RETRY_AFTER), "Cache-Control": "no-store"}
    return Response(orjson.dumps({"status": "printing"}), 202, headers, JSON)


async def _count_order(ctx: RequestContext) -> None:
    key = site(ctx.request) if ctx.principal.is_anonymous else ctx.principal.owner_key
    await ctx.request.app.state.rate_limiter.require(_ORDERS, key)


def _file(ctx: RequestContext, store: FileStore, key: DocumentKey, found: Printed) -> Response:
    digest = str(found.sha256)
    tag = f'"{digest}"'
    if is_known(ctx.request, tag):
        return unchanged(tag)
    headers = {
        **FRESH,
        "ETag": tag,
        "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:",
        "Content-Disposition": f'inline; filename="{key.subject}.{key.language}.pdf"',
    }
    return BlocksResponse(store.blocks(digest), found.size or 0, 200, headers, PDF)
