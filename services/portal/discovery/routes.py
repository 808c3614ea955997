"""`/llms.txt`, `/.well-known/api-catalog`, `/docs/changes.atom`, and guides as Markdown."""

from collections.abc import Callable

import orjson
from fastapi import Request, Response

from services.portal.discovery import documents
from services.portal.guides.library import guides
from services.portal.guides.rendering import as_markdown
from shared.kernel.errors import NotFound
from shared.pages.policy import PAGE
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.edge.fixed import fixed_response

_TEXT = "text/plain; charset=utf-8"
_MARKDOWN = "text/markdown; charset=utf-8"
_ATOM = "application/atom+xml; charset=utf-8"
_CATALOG = {**PAGE, "Link": '</.well-known/api-catalog>; rel="api-catalog"'}
_OPEN = RouteOptions(is_public=True)

router = OptionsRouter()


@router.get("/llms.txt", options=_OPEN, include_in_schema=False)
async def read_llms(request: Request) -> Response:
    """The contract and the guides, for language models."""
    return _made(request, documents.llms, _TEXT)


@router.get("/.well-known/api-catalog", options=_OPEN, include_in_schema=False)
async def read_api_catalog(request: Request) -> Response:
    """The APIs of the installation (RFC 9727)."""
    body = orjson.dumps(documents.api_catalog(_origin(request)))
    return fixed_response(request, body, documents.LINKSET, _CATALOG)


@router.get(documents.CHANGES, options=_OPEN, include_in_schema=False)
async def read_changes(request: Request) -> Response:
    """The changes of each release, as a feed."""
    return _made(request, documents.changes, _ATOM)


@router.get("/guides/{name}.md", options=_OPEN, include_in_schema=False)
async def read_markdown(name: str, request: Request) -> Response:
    """One guide as Markdown. Raises NotFound."""
    found = guides().get(name)
    if found is None:
        raise NotFound("There is no such guide.")
    return _made(request, lambda origin: as_markdown(found, origin), _MARKDOWN)


def _origin(request: Request) -> str:
    return str(request.app.state.settings.issuer).rstrip("/")


def _made(request: Request, make: Callable[[str], str], media_type: str) -> Response:
    return fixed_response(request, make(_origin(request)).encode(), media_type, PAGE)
