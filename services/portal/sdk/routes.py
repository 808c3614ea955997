"""`/sdk/`: the clients, and how to install them."""

from fastapi import Request, Response

from services.portal.pages.templates import page
from services.portal.sdk.archives import archives
from services.portal.settings import origin_of
from shared.kernel.errors import NotFound
from shared.pages.policy import HTML, PAGE
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.edge.fixed import fixed_response

_OPEN = RouteOptions(is_public=True)
router = OptionsRouter(prefix="/sdk")


@router.get("", options=_OPEN, include_in_schema=False)
@router.get("/", options=_OPEN, include_in_schema=False)
async def list_archives(request: Request) -> Response:
    """The archives with their digests; where none were packed, the page says so."""
    origin = origin_of(request)
    return fixed_response(request, page("sdk.html", "en", archives=archives().values(), origin=origin), HTML, PAGE)


@router.get("/{name}", options=_OPEN, include_in_schema=False)
async def read_archive(name: str, request: Request) -> Response:
    """One archive. Raises NotFound."""
    found = archives().get(name)
    if found is None:
        raise NotFound("There is no such archive; `/sdk/` lists those that there are.")
    return fixed_response(request, found.content, found.media_type, PAGE)
