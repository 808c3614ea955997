"""The catalogue of open data, for other catalogues and for search engines."""

import asyncio

import orjson
from fastapi import Request, Response

from services.portal.catalogue.linked_data import PATH, catalogue
from services.portal.reading.reads import PageReads
from shared.pages.policy import PAGE
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.edge.fixed import tagged_response
from shared.web.request.responses import LINKED_DATA
from shared.web.request.route import refuse_unknown

router = OptionsRouter()
_SERVICES = ("actions", "centres", "membership")
"""The services that list datasets at `open_data`."""
_FRESH = {**PAGE, "Cache-Control": "public, max-age=300"}


@router.get(
    PATH,
    options=RouteOptions(is_public=True),
    tags=["catalogue"],
    response_model=None,
    response_class=Response,
    responses={200: {"content": {LINKED_DATA: {"schema": {"type": "object"}}}, "description": "The catalogue."}},
)
async def get_catalogue(request: Request) -> Response:
    """Read the catalogue of open data.

    DCAT 3 as JSON-LD: each dataset with the addresses of its files.
    """
    refuse_unknown(request, frozenset())
    reads = PageReads(request)
    found = await asyncio.gather(*(reads.listed(service, "open_data") for service in _SERVICES))
    lists = {service: listed["items"] for service, listed in zip(_SERVICES, found, strict=True)}
    body = orjson.dumps(catalogue(lists, request.app.state.settings))
    return tagged_response(request, body, LINKED_DATA, _FRESH)
