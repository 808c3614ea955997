"""The catalogue of open data, for other catalogues and for search engines, and as a page."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import Request, Response

from services.portal.catalogue.linked_data import PATH, catalogue
from services.portal.pages.addresses import moved
from services.portal.pages.languages import IN_LANGUAGE
from services.portal.pages.linked import data_block, trail
from services.portal.pages.showing import page_response
from services.portal.pages.texts import text
from services.portal.reading.kept import kept
from services.portal.reading.reads import PageReads
from services.portal.settings import origin_of
from shared.open_data.licences import licence_of
from shared.pages.policy import PAGE, PUBLISHED
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.edge.fixed import tagged_response
from shared.web.request.responses import LINKED_DATA
from shared.web.request.route import refuse_unknown

router = OptionsRouter()
_SERVICES = ("actions", "centres", "membership")
"""The services that list datasets at `open_data`."""
_FORMATS: Mapping[str, str] = {"csv": "CSV", "ndjson": "NDJSON", "xlsx": "XLSX", "jsonld": "JSON-LD"}
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
    body = orjson.dumps(catalogue(await _datasets(PageReads(request)), request.app.state.settings))
    return tagged_response(request, body, LINKED_DATA, _FRESH)


@router.get(f"{IN_LANGUAGE}/data", options=RouteOptions(is_public=True), include_in_schema=False)
@kept
async def show_data(language: str, request: Request) -> Response:
    """The datasets with their files, their last change and their licence."""
    if request.query_params:
        return moved(f"/{language}/data")
    reads = PageReads(request)
    lists = await _datasets(reads)
    licence = request.app.state.settings.data_licence
    title, origin = text(language, "nav.data"), origin_of(request)
    address = licence_of(licence).address
    described = {
        "@type": "DataCatalog",
        "@id": f"{origin}{PATH}",
        "name": title,
        "url": f"{origin}/{language}/data",
        "license": address,
        "dataset": [
            _described(one, f"{origin}/{service}/v1/open_data/{one['name']}", origin, address)
            for service, items in lists.items()
            for one in items
        ],
    }
    data = data_block(described, trail(origin, [("ESCM", f"/{language}/"), (title, f"/{language}/data")]))
    shown = {"lists": lists, "catalogue": PATH, "licence": licence, "formats": _FORMATS}
    values = {"here": "data", "tail": "/data", "data": data, **shown}
    return page_response(request, "data.html", language, reads.as_of, PUBLISHED, **values)


async def _datasets(reads: PageReads) -> dict[str, Sequence[Mapping[str, Any]]]:
    """The datasets that each service lists."""
    found = await asyncio.gather(*(reads.listed(service, "open_data") for service in _SERVICES))
    return {service: listed["items"] for service, listed in zip(_SERVICES, found, strict=True)}


def _described(one: Mapping[str, Any], identifier: str, origin: str, licence: str) -> dict[str, Any]:
    files = [{"encodingFormat": file["media_type"], "contentUrl": f"{origin}{file['url']}"} for file in one["files"]]
    return {
        "@type": "Dataset",
        "@id": identifier,
        "name": one["title"],
        "description": one["description"],
        "dateModified": one["date"],
        "license": licence,
        "distribution": [{"@type": "DataDownload", **file} for file in files],
    }
