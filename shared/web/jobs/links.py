"""Links over HTTP: an address of one file that a browser fetches without a header."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import orjson
from fastapi import Response
from pydantic import Field
from starlette.routing import BaseRoute

from shared.kernel.clock import now, to_text
from shared.kernel.errors import EscmError, invalid_field
from shared.kernel.principal import RoleTable
from shared.kernel.resource import Resource
from shared.web.contract.fields import Body, Line, ResponseModel
from shared.web.contract.operation_ids import operation_id
from shared.web.contract.route_options import RouteOptions, options_of
from shared.web.request.links import linked_address
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

LIFETIME = timedelta(minutes=5)


class LinkBody(Body):
    """The file of a link."""

    path: Annotated[
        Line,
        Field(max_length=2_000, examples=["/actions/v1/results/template?country=XA&period=2026"]),
        "The address of the file from the origin, with its query.",
    ]


class Link(ResponseModel):
    """An address that needs no token until it expires, and answers as the file's own address would answer its caller
    then."""

    url: Annotated[
        str,
        Field(examples=["/actions/v1/results/template?country=XA&period=2026&link=nM3xQ2VhW8c"]),
        "The address of the file, from the origin.",
    ]
    expires_at: Annotated[datetime, "When it expires."]


def link_routes(service: str, roles: RoleTable) -> ResourceRouter:
    """The route of one service's links."""
    router = ResourceRouter(Resource(service, "links", "link"), roles)

    @router.post(
        "",
        options=RouteOptions(is_keyed=False, opens_late=True),
        operation_id=operation_id(service, "createLink"),
        summary="Make a link to one file",
        description="For five minutes a browser fetches the file without a token: an export, a template, a list with"
        " `format`. The link is bound to the caller, whose grants are checked at each use.",
        status_code=201,
        responses={201: {"model": Link}},
    )
    async def create_link(body: LinkBody, ctx: CurrentContext) -> Response:
        if not _is_file(ctx.request.app, body.path):
            raise invalid_field("/path", "invalid_value", f"The address of a file of {service}, from the origin.")
        until = now().replace(microsecond=0) + LIFETIME
        url = linked_address(ctx.secret, body.path, ctx.principal, until)
        content = orjson.dumps({"url": url, "expires_at": to_text(until)})
        return Response(content, 201, {"Location": url, "Cache-Control": "no-store"}, JSON)

    return router


def _is_file(app: Any, address: str) -> bool:
    """Whether the address is that of a file: of a route that sends one, or of a whole list."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or parts.fragment or not address.isascii():
        return False
    try:
        route: BaseRoute = app.dispatch.route_of("GET", parts.path)
    except EscmError:
        return False
    options = options_of(route)
    return options.is_file or ("format" in options.query.all_names and "format" in parse_qs(parts.query))
