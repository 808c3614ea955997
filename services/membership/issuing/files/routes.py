"""The files of certificates over HTTP: for offices and holders, and by a link that expires."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, cast

from fastapi import Depends, FastAPI, Response

from services.membership.access import ROLES
from services.membership.certificates.certificates.record import Certificate
from services.membership.certificates.certificates.routes import CERTIFICATE_API
from services.membership.certificates.links import tickets
from services.membership.issuing.files import queries
from services.membership.issuing.files.domain import LAYOUTS
from services.membership.issuing.files.operations import Printing, printed_files
from shared.database.statements import Row
from shared.kernel.errors import NotFound, invalid_parameter
from shared.kernel.text import LANGUAGES
from shared.printing.printer import Printer
from shared.records.rows import record_read
from shared.web.contract.route_options import Chosen, RouteOptions, Said, query_of
from shared.web.records.hosting import with_hosted_centres
from shared.web.request.conditional import is_known
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.route import ResourceRouter

router = ResourceRouter(Certificate.resource_type, ROLES, dependencies=[Depends(with_hosted_centres)])
_PDF = "application/pdf"
_LANGUAGE: Said = {"language": Chosen("The language, one of the six; by default that of the certificate.", LANGUAGES)}
_RESPONSES: dict[int | str, dict[str, Any]] = {200: {"content": {_PDF: {}}}}
_PROBLEMS = ("gone", "erased", "conflict", "not_printable", "unavailable")


@asynccontextmanager
async def printing(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.printing` while the app runs, with the signer that it has."""
    settings = app.state.settings
    async with Printer(LAYOUTS) as printer:
        store = printed_files(settings)
        app.state.printing = Printing(app.state.database, printer, app.state.signer, store)
        yield


@router.get(
    "/{record}/pdf",
    options=RouteOptions(query=query_of(described=_LANGUAGE), problems=_PROBLEMS),
    response_model=None,
    response_class=Response,
    responses=_RESPONSES,
)
async def get_certificate_pdf(row: Annotated[Row, Depends(CERTIFICATE_API.readable)], ctx: CurrentContext) -> Response:
    """Fetch a certificate as PDF.

    PDF/A-3 on one page, printed at the first request in a language; later ones get the same bytes.
    """
    return await _sent(ctx, record_read(Certificate, row))


@router.get(
    "/files/{ticket}",
    options=RouteOptions(is_public=True, query=query_of(described=_LANGUAGE), problems=_PROBLEMS),
    response_model=None,
    response_class=Response,
    responses=_RESPONSES,
)
async def get_certificate_file(ticket: str, ctx: CurrentContext) -> Response:
    """Fetch a certificate as PDF by a link that expires.

    The link is part of the response to a mailed token, and is valid for 15 minutes.
    """
    key = tickets.certificate_in(ctx.secret, ticket)
    async with ctx.connection() as connection:
        found = None if key is None else await queries.certificate_of(connection, key)
    if found is None:
        raise NotFound("There is no such file, or the link has expired.")
    return await _sent(ctx, found)


async def _sent(ctx: RequestContext, certificate: Certificate) -> Response:
    language = ctx.request.query_params.get("language", certificate.language)
    if language not in LANGUAGES:
        raise invalid_parameter("language", f"One of {', '.join(LANGUAGES)}.")
    kept = cast(Printing, ctx.request.app.state.printing)
    file = await kept.file(certificate, language)
    tag = f'"{file.digest}"'
    if is_known(ctx.request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    name = f"{certificate.ref}.{language}.pdf"
    headers = {"ETag": tag, "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(file.content, 200, headers, _PDF)
