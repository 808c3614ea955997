"""The guides, at `/guides/`."""

from fastapi import Request, Response

from services.portal.guides import library, rendering
from services.portal.guides.search import LONGEST, search
from shared.pages.policy import HTML, PAGE
from shared.pages.reader import language_of
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.edge.fixed import fixed_response, tagged_response

_NEGOTIATED = {**PAGE, "Vary": "Accept-Language"}
_SCRIPT = "text/plain; charset=utf-8"

router = OptionsRouter(prefix="/guides")


@router.get("", include_in_schema=False)
@router.get("/", options=RouteOptions(is_public=True), include_in_schema=False)
async def list_guides(request: Request) -> Response:
    """All guides by reader; with `q`, those that have its words."""
    language = language_of(request)
    asked = request.query_params.get("q", "").strip()[:LONGEST]
    if not asked:
        return fixed_response(request, rendering.contents_page(language), HTML, _NEGOTIATED)
    return tagged_response(request, rendering.found_page(language, asked, search(asked)), HTML, _NEGOTIATED)


@router.get(f"/{library.SHELL}", options=RouteOptions(is_public=True), include_in_schema=False)
async def read_shell(request: Request) -> Response:
    """The functions that the commands of guides use."""
    return fixed_response(request, library.shell(), _SCRIPT, PAGE)


@router.get("/{name}", options=RouteOptions(is_public=True), include_in_schema=False)
async def read_guide(name: str, request: Request) -> Response:
    """One guide. Raises NotFound."""
    return fixed_response(request, rendering.guide_page(name), HTML, PAGE)
