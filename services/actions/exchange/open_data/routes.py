"""Open data over HTTP: the datasets, and public files of evidence."""

from typing import Any

from fastapi import Response

from services.actions.exchange.open_data.queries import EVERYBODY, PUBLISHED
from services.actions.reporting.evidence.contents import content_response
from services.actions.reporting.evidence.queries import LISTING as EVIDENCE
from services.actions.reporting.evidence.record import Evidence
from shared.kernel.errors import NotFound
from shared.open_data.requests import fresh, known_countries
from shared.open_data.routes import open_data_routes
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import key_of

router = open_data_routes(PUBLISHED)
_BYTES: dict[str, Any] = {"content": {"application/octet-stream": {}}}
_CONTENT: dict[int | str, dict[str, Any]] = {200: _BYTES, 206: {"description": "The requested range.", **_BYTES}}


@router.get(
    "/documents/{evidence}",
    options=RouteOptions(
        is_public=True, is_item=True, problems=("evidence_not_available", "purged", "range_not_satisfiable")
    ),
    response_model=None,
    response_class=Response,
    responses=_CONTENT,
)
async def get_public_document(evidence: str, ctx: CurrentContext) -> Response:
    """Fetch a public file of evidence.

    An attachment for everybody. `Range` asks for one range of bytes; `If-Range` for all, if the file is another one.
    """
    async with ctx.connection() as connection:
        row = await EVIDENCE.get(connection, EVERYBODY, key_of(evidence))
    if row is None or (row["country"] is not None and row["country"] not in known_countries(ctx)):
        raise NotFound("There is no such file.")
    return fresh(content_response(ctx, record_read(Evidence, row)))
