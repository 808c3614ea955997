"""The Global Report as pages, `/{language}/reports…`: published editions, contributions and figures, without scripts.

Its authors are named as those of any publication, so that search engines may show the pages.
"""

from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.addresses import moved
from services.portal.pages.languages import router_of_languages
from services.portal.pages.linked import data_block, trail
from services.portal.pages.showing import page_response
from services.portal.pages.texts import text
from services.portal.reading.reads import PageReads
from services.portal.reports import described, views
from services.portal.settings import origin_of
from shared.kernel.errors import NotFound
from shared.kernel.text import direction_of
from shared.pages.policy import GUARD, PUBLISHED
from shared.pages.texts import OWN_NAMES
from shared.web.contract.route_options import RouteOptions

_OF_AUTHORS = {**GUARD, "Cache-Control": "public, max-age=30"}
"""Headers of pages that name authors, who are no longer named soon after they were erased."""
_API = "/actions/v1"
router = router_of_languages()


@router.get("/reports", options=RouteOptions(is_public=True))
async def list_reports(language: str, request: Request) -> Response:
    """The editions that have appeared, the newest first."""
    if request.query_params:
        return moved(f"/{language}/reports")
    reads = PageReads(request)
    found = await views.editions(reads)
    return _page(request, "reports.html", language, reads, PUBLISHED, tail="/reports", items=found)


@router.get("/reports/{key}", options=RouteOptions(is_public=True))
async def show_report(language: str, key: str, request: Request) -> Response:
    """An edition by ref or id: how to cite it, its contents and its files."""
    if request.query_params:
        return moved(f"/{language}/reports/{quote(key, safe='')}")
    reads = PageReads(request)
    values = await views.edition(reads, key)
    record, origin = values["record"], origin_of(request)
    tail = f"/reports/{record['ref']}"
    place, api = f"{origin}/{language}{tail}", f"{origin}{_API}/editions/{record['ref']}"
    steps = [*_begin(language), (views.title_of(record, language), f"/{language}{tail}")]
    return _page(
        request,
        "report.html",
        language,
        reads,
        {**PUBLISHED, "Link": described.links("Report", values, place, api, record, origin)},
        tail=tail,
        data=data_block(described.report(values, place, origin, language), trail(origin, steps)),
        tags=described.tags(values, record, origin, language),
        **values,
    )


@router.get("/reports/{edition}/{key}", options=RouteOptions(is_public=True))
async def show_contribution(language: str, edition: str, key: str, request: Request) -> Response:
    """A contribution by ref or id: its text with numbered blocks, its authors, references and versions."""
    if request.query_params:
        return moved(f"/{language}/reports/{quote(edition, safe='')}/{quote(key, safe='')}")
    reads = PageReads(request)
    values = await views.contribution(reads, request.app.state.edition_pages, edition, key, language)
    record, whole, origin = values["record"], values["whole"], origin_of(request)
    above, title = f"/reports/{whole['ref']}", views.title_of(whole, language)
    tail = f"{above}/{record['ref']}"
    place, api = f"{origin}/{language}{tail}", f"{origin}{_API}/contributions/{record['ref']}"
    of_text = (views.title_of(record, language), f"/{language}{tail}")
    steps = [*_begin(language), (title, f"/{language}{above}"), of_text]
    thing = described.chapter(values, place, f"{origin}/{language}{above}", language)
    links = described.links("Chapter", values, place, api, whole, origin)
    following = described.version_links(place, record, values["before"], None)
    return _page(
        request,
        "contribution.html",
        language,
        reads,
        {**_OF_AUTHORS, "Link": ", ".join(filter(None, (links, following)))},
        tail=tail,
        data=data_block(thing, trail(origin, steps)),
        tags=described.tags(values, whole, origin, language, whole=title),
        **values,
    )


@router.get("/reports/{edition}/{key}/versions/{number}", options=RouteOptions(is_public=True))
async def show_earlier_version(language: str, edition: str, key: str, number: str, request: Request) -> Response:
    """A version of a contribution that an erratum replaced: it says by which one, and how to cite it."""
    if not (number.isascii() and number.isdigit() and len(number) <= 6):
        raise NotFound("There is no such version.")
    if request.query_params:
        return moved(f"/{language}/reports/{quote(edition, safe='')}/{quote(key, safe='')}/versions/{number}")
    reads = PageReads(request)
    values = await views.earlier(reads, request.app.state.edition_pages, edition, key, int(number), language)
    record, whole, origin = values["record"], values["whole"], origin_of(request)
    above, title = f"/reports/{whole['ref']}", views.title_of(whole, language)
    present = f"{above}/{record['ref']}"
    if values["is_present"]:
        return RedirectResponse(f"/{language}{present}", 302, {"Cache-Control": "public, max-age=60"})
    tail = f"{present}/versions/{values['version']['number']}"
    place, api = f"{origin}/{language}{tail}", f"{origin}{_API}/contributions/{record['ref']}"
    steps = [
        *_begin(language),
        (title, f"/{language}{above}"),
        (views.title_of(record, language), f"/{language}{present}"),
        (text(language, "contributions.version", number=number), f"/{language}{tail}"),
    ]
    thing = described.chapter(values, place, f"{origin}/{language}{above}", language)
    following = described.version_links(f"{origin}/{language}{present}", record, values["before"], values["after"])
    links = described.links("Chapter", values, place, api, whole, origin)
    return _page(
        request,
        "contribution_version.html",
        language,
        reads,
        {**_OF_AUTHORS, "Link": f"{links}, {following}", "X-Robots-Tag": "noindex"},
        tail=tail,
        present=present,
        data=data_block(thing, trail(origin, steps)),
        tags=described.tags(values, whole, origin, language, whole=title),
        **values,
    )


@router.get("/reports/{edition}/figures/{key}", options=RouteOptions(is_public=True))
async def show_figure(language: str, edition: str, key: str, request: Request) -> Response:
    """A figure by its key: the chart, its data, and whether the API answers the same for its day today."""
    if request.query_params:
        return moved(f"/{language}/reports/{quote(edition, safe='')}/figures/{quote(key, safe='')}")
    reads = PageReads(request)
    values = await views.figure(reads, edition, key)
    record, whole, origin = values["record"], values["whole"], origin_of(request)
    above = f"/reports/{whole['ref']}"
    tail, title = f"{above}/figures/{quote(record['key'], safe='')}", views.title_of(record, language)
    thing = {
        "@type": "Dataset",
        "@id": f"{origin}/{language}{tail}",
        "name": title,
        "temporalCoverage": record["as_of"],
        "license": described.licence_address(whole["licence"]),
        "distribution": [{"@type": "DataDownload", "contentUrl": f"{origin}{record['links']['self']}/data"}],
        "isPartOf": {"@type": "Report", "@id": f"{origin}/{language}{above}"},
    }
    above_step = (views.title_of(whole, language), f"/{language}{above}")
    steps = [*_begin(language), above_step, (title, f"/{language}{tail}")]
    data = data_block(thing, trail(origin, steps))
    return _page(request, "report_figure.html", language, reads, PUBLISHED, tail=tail, data=data, **values)


def _begin(language: str) -> list[tuple[str, str]]:
    return [("ESCM", f"/{language}/"), (text(language, "nav.reports"), f"/{language}/reports")]


def _page(
    request: Request, template: str, language: str, reads: PageReads, headers: dict[str, str], **values: Any
) -> Response:
    said: dict[str, Any] = {
        "here": "reports",
        "spoken": OWN_NAMES,
        "direction_of": direction_of,
        "formats": described.FORMATS,
        "doi_address": described.doi_address,
        "orcid_address": described.orcid_address,
        "licence_address": described.licence_address,
    }
    return page_response(request, template, language, reads.as_of, headers, **said, **values)
