"""`/llms.txt`, `/.well-known/api-catalog`, `/docs/changes.atom`, and guides as Markdown."""

from collections.abc import Callable

import orjson
from fastapi import Request, Response

from services.portal.discovery import documents, sitemap
from services.portal.guides.library import guides
from services.portal.guides.rendering import as_markdown
from services.portal.pages.assets import asset
from services.portal.pages.languages import IN_LANGUAGE
from services.portal.reading.reads import PageReads
from services.portal.settings import origin_of
from shared.kernel.errors import NotFound
from shared.pages.policy import PAGE
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.edge.fixed import fixed_response, tagged_response

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
    body = orjson.dumps(documents.api_catalog(origin_of(request)))
    return fixed_response(request, body, documents.LINKSET, _CATALOG)


@router.get(documents.CHANGES, options=_OPEN, include_in_schema=False)
async def read_changes(request: Request) -> Response:
    """The changes of each release, as a feed."""
    return _made(request, documents.changes, _ATOM)


@router.get(sitemap.INDEX, options=_OPEN, include_in_schema=False)
async def read_sitemap(request: Request) -> Response:
    """The index of the maps of pages, for search engines."""
    return _made(request, sitemap.index, sitemap.XML)


@router.get(f"/sitemaps{IN_LANGUAGE}.xml", options=_OPEN, include_in_schema=False)
async def read_sitemap_of_language(language: str, request: Request) -> Response:
    """All pages of a language that search engines may show."""
    fictional = request.app.state.settings.fictional_countries
    body = await sitemap.pages(PageReads(request), language, origin_of(request), fictional=fictional)
    return tagged_response(request, body.encode(), sitemap.XML, {**PAGE, "Cache-Control": "public, max-age=3600"})


@router.get("/robots.txt", options=_OPEN, include_in_schema=False)
async def read_robots(request: Request) -> Response:
    """What crawlers may read: the pages. In a sandbox, nothing."""
    closed = request.app.state.settings.environment == "sandbox"
    rules = "Disallow: /\n" if closed else "Disallow: /access/\nDisallow: /search\nDisallow: /*/search\n"
    return _made(request, lambda origin: f"User-agent: *\n{rules}\nSitemap: {origin}{sitemap.INDEX}\n", _TEXT)


@router.get("/favicon.ico", options=_OPEN, include_in_schema=False)
async def read_icon(request: Request) -> Response:
    """The icon of the pages, where browsers look for one without being told."""
    content, media = asset("icon.svg")
    return fixed_response(request, content, media, PAGE)


@router.get("/guides/{name}.md", options=_OPEN, include_in_schema=False)
async def read_markdown(name: str, request: Request) -> Response:
    """One guide as Markdown. Raises NotFound."""
    found = guides().get(name)
    if found is None:
        raise NotFound("There is no such guide.")
    return _made(request, lambda origin: as_markdown(found, origin), _MARKDOWN)


def _made(request: Request, make: Callable[[str], str], media_type: str) -> Response:
    return fixed_response(request, make(origin_of(request)).encode(), media_type, PAGE)
