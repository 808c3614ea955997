"""The content of files over HTTP: whole or one range, verified while it is sent."""

import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator

import structlog
from fastapi import Response

from services.actions.reporting.evidence.operations import mark_damaged, require_available
from services.actions.reporting.evidence.receiving import objects_of
from services.actions.reporting.evidence.record import Evidence
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import unit_of_work
from shared.kernel.errors import Unavailable
from shared.web.request.conditional import is_known
from shared.web.request.files import BlocksResponse, attachment
from shared.web.request.ranges import range_of
from shared.web.request.request_context import RequestContext

_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
_LOG = structlog.get_logger(__name__)


def content_response(ctx: RequestContext, record: Evidence) -> Response:
    """The file, or the requested range of it, as an attachment that no browser runs. Raises Gone, Conflict,
    RangeNotSatisfiable."""
    require_available(record)
    tag = f'"{record.sha256}"'
    if is_known(ctx.request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    wanted = range_of(ctx.request, record.size, tag)
    part = wanted or range(record.size)
    headers = {
        "ETag": tag,
        "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(record.sha256)).decode()}:",
        "Accept-Ranges": "bytes",
        "Content-Disposition": attachment(record.file_name),
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
    }
    if wanted is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{record.size}"
    blocks = _blocks(ctx, record, part)
    return BlocksResponse(blocks, len(part), 200 if wanted is None else 206, headers, record.media_type)


async def _blocks(ctx: RequestContext, record: Evidence, part: range) -> AsyncIterator[bytes]:
    """The bytes of a part. The last block of a whole file follows only if the digest is right.

    Raises Unavailable, and marks the record, if the file is lost or altered.
    """
    digest, held, is_whole = hashlib.sha256(), b"", len(part) == record.size
    try:
        async for block in objects_of(ctx.request).blocks(record.sha256, part):
            if held:
                yield held
            digest.update(block)
            held = block
        is_damaged = is_whole and digest.hexdigest() != record.sha256
    except FileNotFoundError:
        is_damaged = True
    if is_damaged:
        _LOG.error("evidence_damaged", evidence=str(record.id))
        async with unit_of_work(ctx.database, SYSTEM_CONTEXT) as uow:
            await mark_damaged(uow, record)
        ctx.request.app.state.notifier.notify()
        raise Unavailable("The stored file is damaged. The operator was informed.", retry_after=3600)
    yield held
