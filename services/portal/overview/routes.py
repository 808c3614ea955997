"""The front page, `/` and `/{language}/`, and a page of each number in front, `/{language}/numbers/{key}`."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from fastapi import Request, Response

from services.portal.overview.changes import as_feed, latest
from services.portal.overview.headlines import KEYS, headlines, history
from services.portal.pages.addresses import moved
from services.portal.pages.feeds import ATOM
from services.portal.pages.languages import router_of_languages
from services.portal.pages.linked import data_block, trail
from services.portal.pages.showing import page_response
from services.portal.reading.kept import kept
from services.portal.reading.reads import PageReads
from services.portal.register.views import countries
from services.portal.settings import origin_of
from shared.kernel.errors import EscmError, NotFound
from shared.open_data.licences import licence_of
from shared.pages.policy import PARTIAL, PUBLISHED
from shared.pages.reader import language_of
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.edge.fixed import tagged_response

_Read = TypeVar("_Read")
front = OptionsRouter()
numbers = router_of_languages()


@front.get("/", options=RouteOptions(is_public=True), include_in_schema=False)
async def front_of_reader(request: Request) -> Response:
    """The front page, in the reader's language."""
    return await _front(request, language_of(request), {"Vary": "Accept, Accept-Language"})


@numbers.get("")
@numbers.get("/", options=RouteOptions(is_public=True))
@kept
async def front_page(language: str, request: Request) -> Response:
    """The front page in a language."""
    return await _front(request, language, {})


@numbers.get("/changes.atom", options=RouteOptions(is_public=True))
async def read_changes(language: str, request: Request) -> Response:
    """The latest changes of the register, as a feed."""
    reads = PageReads(request)
    body = await as_feed(reads, language, origin_of(request))
    return tagged_response(request, body.encode(), ATOM, PARTIAL if reads.as_of else PUBLISHED)


@numbers.get("/numbers/{key}", options=RouteOptions(is_public=True))
@kept
async def show_number(language: str, key: str, request: Request) -> Response:
    """A number with its definition and history. Raises NotFound."""
    if key not in KEYS:
        raise NotFound("There is no such number.")
    if request.query_params:
        return moved(f"/{language}/numbers/{key}")
    reads = PageReads(request)
    number, chart = await history(reads, key, language)
    settings = request.app.state.settings
    origin = origin_of(request)
    dataset = {
        "@type": "Dataset",
        "name": number.title,
        "description": number.definition,
        "dateModified": number.as_of,
        "license": licence_of(settings.data_licence).address,
        "distribution": [{"@type": "DataDownload", "contentUrl": f"{origin}{number.json}"}],
    }
    steps = [("ESCM", f"/{language}/"), (number.title, f"/{language}/numbers/{key}")]
    return page_response(
        request,
        "number.html",
        language,
        reads.as_of,
        PUBLISHED,
        tail=f"/numbers/{key}",
        data=data_block(dataset, trail(origin, steps)),
        number_shown=number,
        chart=chart,
        keys=KEYS,
    )


async def _front(request: Request, language: str, more: dict[str, str]) -> Response:
    reads = PageReads(request)
    found, shown, changed = await asyncio.gather(
        _known(headlines(reads, language)), _known(countries(reads, {})), _known(latest(reads, language))
    )
    headers = {**(PUBLISHED if found and shown and changed is not None else PARTIAL), **more}
    origin = origin_of(request)
    data = data_block({"@type": "Organization", "@id": f"{origin}/", "name": "ESCM Plan", "url": f"{origin}/"})
    parts = {"numbers": found, "world": shown and shown["world"], "changes": changed}
    return page_response(request, "front.html", language, reads.as_of, headers, tail="/", data=data, **parts)


async def _known(reading: Awaitable[_Read]) -> _Read | None:
    """What a part of the page shows; None if it cannot be read at the moment."""
    try:
        return await reading
    except EscmError:
        return None
