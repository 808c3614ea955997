"""The guides, at `/guides/`."""

from fastapi import Request, Response

from services.portal.guides import rendering
from services.portal.pages.policy import HTML, PAGE
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.edge.fixed import fixed_response

router = OptionsRouter(prefix="/guides")


@router.get("", include_in_schema=False)
@router.get("/", options=RouteOptions(is_public=True), include_in_schema=False)
async def list_guides(request: Request) -> Response:
    """All guides."""
    return fixed_response(request, rendering.contents_page(), HTML, PAGE)


@router.get("/{name}", options=RouteOptions(is_public=True), include_in_schema=False)
async def read_guide(name: str, request: Request) -> Response:
    """One guide. Raises NotFound."""
    return fixed_response(request, rendering.guide_page(name), HTML, PAGE)
