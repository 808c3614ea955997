"""`GET /search`, for programs, and the page `/{language}/search`."""

import orjson
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages import templates
from services.portal.pages.addresses import filters_of, moved, tail_of
from services.portal.pages.languages import IN_LANGUAGE
from services.portal.reading.reads import PageReads
from services.portal.search import finding
from services.portal.search.finding import DOCUMENTS, KINDS, LONGEST, Found
from services.portal.search.schemas import SearchResponse, present
from services.portal.settings import installation_of
from shared.kernel.errors import invalid_parameter
from shared.kernel.text import search_pattern
from shared.pages.policy import HTML, OF_PEOPLE
from shared.pages.reader import language_of
from shared.web.contract.route_options import OptionsRouter, RouteOptions, query_of
from shared.web.edge.fixed import tagged_response
from shared.web.request.paging import parameters_of
from shared.web.request.route import refuse_unknown

_JSON = "application/json; charset=utf-8"
_NEGOTIATED = {**OF_PEOPLE, "Vary": "Accept, Accept-Language"}
_PARAMETERS = {
    "q": f"Text of a name or title, in any script, of at most {LONGEST} characters.",
    "kinds": f"What to search, separated by commas: {', '.join(f'`{kind}`' for kind in KINDS)}; default: all.",
}
router = OptionsRouter()


@router.get(
    "/search",
    options=RouteOptions(is_public=True, query=query_of(described=_PARAMETERS), problems=("invalid_parameter",)),
    tags=["search"],
    response_model=SearchResponse,
)
async def search(request: Request) -> Response:
    """Search public records and guides.

    Countries, experts, institutions, centres, initiatives, editions of the Global Report and contributions to them, and
    documents, which are the guides. Each kind has ten hits
    at most; `more` has the address of the whole list. Titles are in the language of `Accept-Language` where there is
    one. A browser is sent to the page.
    """
    refuse_unknown(request, frozenset(_PARAMETERS))
    given, language = parameters_of(request), language_of(request)
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"/{language}{tail_of('/search', given)}", 302, {"Vary": _NEGOTIATED["Vary"]})
    if "q" not in given:
        raise invalid_parameter("q", "Name what to search for.")
    q, kinds = finding.searched(given["q"]), finding.kinds_of(given.get("kinds", ""))
    found = await finding.find(PageReads(request), q, kinds, language)
    return tagged_response(request, orjson.dumps(present(q, kinds, found, language)), _JSON, _NEGOTIATED)


@router.get(f"{IN_LANGUAGE}/search", options=RouteOptions(is_public=True), include_in_schema=False)
async def search_page(language: str, request: Request) -> Response:
    """The search as a page, with the hits of each kind and links to the lists. Raises Malformed for an unknown kind."""
    query, is_written_so = filters_of(request, tuple(_PARAMETERS))
    if not is_written_so:
        return moved(f"/{language}{tail_of('/search', query)}")
    q, kinds = query.get("q", ""), finding.kinds_of(query.get("kinds", ""))
    found = await finding.find(PageReads(request), q, kinds, language) if search_pattern(q) else Found()
    body = templates.page(
        "search.html",
        language,
        tail=tail_of("/search", query),
        **installation_of(request)._asdict(),
        here="search",
        asked={"q": q, "kinds": query.get("kinds", "")},
        kinds=KINDS,
        documents=DOCUMENTS,
        groups=[(kind, [hit for hit in found.hits if hit.kind == kind]) for kind in kinds],
        more={kind: finding.page_of_list(kind, q, language) for kind in found.more},
        unavailable=found.unavailable,
    )
    return tagged_response(request, body, HTML, OF_PEOPLE)
