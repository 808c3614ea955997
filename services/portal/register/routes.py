"""The register as pages, `/{language}/…`: public records, in six languages, without scripts.

A page shows what the services return to anonymous callers; credentials of a request are ignored.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from urllib.parse import quote

from fastapi import Request, Response

from services.portal.pages import templates
from services.portal.pages.addresses import filters_of, moved, tail_of
from services.portal.pages.languages import router_of_languages
from services.portal.pages.linked import data_block, signposts, trail
from services.portal.pages.showing import page_response
from services.portal.pages.texts import text
from services.portal.reading.kept import kept
from services.portal.reading.reads import Elsewhere, PageReads
from services.portal.register import views
from services.portal.register.described import DESCRIBED
from services.portal.register.facets import FILTERS, facets
from services.portal.register.progress import progress
from services.portal.register.reporting import report_address, report_page
from services.portal.register.views import Query, Values
from services.portal.settings import installation_of, origin_of
from shared.open_data.licences import licence_of
from shared.pages.policy import HTML, OF_PEOPLE, PAGE, PUBLISHED
from shared.web.contract.route_options import RouteOptions
from shared.web.edge.fixed import fixed_response

router = router_of_languages()
List: TypeAlias = Callable[[PageReads, Query], Awaitable[Values]]
Record: TypeAlias = Callable[[PageReads, str], Awaitable[Values]]


@router.get("/people", options=RouteOptions(is_public=True))
async def people_page(language: str, request: Request) -> Response:
    """What is published, and how to take part."""
    return fixed_response(request, templates.people(language, *installation_of(request)), HTML, PAGE)


@router.get("/account", options=RouteOptions(is_public=True))
async def account_page(language: str, request: Request) -> Response:
    """Where one registers, and where the links of mails lead."""
    return fixed_response(request, templates.account(language, *installation_of(request)), HTML, PAGE)


@router.get("/countries", options=RouteOptions(is_public=True))
@kept
async def list_countries(language: str, request: Request) -> Response:
    """All countries with their stage and counts, by name, region and stage."""
    return await _list(request, language, "countries", views.countries, PUBLISHED)


@router.get("/countries/{code}", options=RouteOptions(is_public=True))
@kept
async def show_country(language: str, code: str, request: Request) -> Response:
    """One country: its stage, programme, committees and centres."""
    return await _record(request, language, "countries", code.upper(), views.country, PUBLISHED)


@router.get("/experts", options=RouteOptions(is_public=True))
async def list_experts(language: str, request: Request) -> Response:
    """A page of the experts, by name and country."""
    return await _list(request, language, "experts", views.experts, OF_PEOPLE)


@router.get("/experts/{key}", options=RouteOptions(is_public=True))
async def show_expert(language: str, key: str, request: Request) -> Response:
    """One expert by ref or id."""
    return await _record(request, language, "experts", key, views.expert, OF_PEOPLE)


@router.get("/institutions", options=RouteOptions(is_public=True))
@kept
async def list_institutions(language: str, request: Request) -> Response:
    """A page of the institutions, by name and country."""
    return await _list(request, language, "institutions", views.institutions, PUBLISHED)


@router.get("/institutions/{key}", options=RouteOptions(is_public=True))
async def show_institution(language: str, key: str, request: Request) -> Response:
    """One institution by ref or id, with the experts who work there and what it hosts."""
    return await _record(request, language, "institutions", key, views.institution, OF_PEOPLE)


@router.get("/centres", options=RouteOptions(is_public=True))
@kept
async def list_centres(language: str, request: Request) -> Response:
    """A page of the designated centres, by name and country."""
    return await _list(request, language, "centres", views.centres, PUBLISHED)


@router.get("/centres/{key}", options=RouteOptions(is_public=True))
async def show_centre(language: str, key: str, request: Request) -> Response:
    """One centre by ref or id, with the name of its director."""
    return await _record(request, language, "centres", key, views.centre, OF_PEOPLE)


@router.get("/initiatives", options=RouteOptions(is_public=True))
@kept
async def list_initiatives(language: str, request: Request) -> Response:
    """A page of the initiatives, by title."""
    return await _list(request, language, "initiatives", views.initiatives, PUBLISHED)


@router.get("/initiatives/{key}", options=RouteOptions(is_public=True))
@kept
async def show_initiative(language: str, key: str, request: Request) -> Response:
    """One initiative by ref or id, with how many support it."""
    return await _record(request, language, "initiatives", key, views.initiative, PUBLISHED)


async def _list(request: Request, language: str, plural: str, view: List, headers: dict[str, str]) -> Response:
    query, is_written_so = filters_of(request, FILTERS[plural])
    if not is_written_so:
        return moved(f"/{language}{tail_of(f'/{plural}', query)}")
    reads, fictional = PageReads(request), request.app.state.settings.fictional_countries
    values, narrowing = await asyncio.gather(
        view(reads, query), facets(reads, plural, query, language, fictional=fictional)
    )
    narrowed = {name: value for name, value in query.items() if name != "cursor"}
    following = values.pop("next")
    return _page(
        request,
        f"{plural}.html",
        language,
        reads,
        headers,
        here=plural,
        tail=tail_of(f"/{plural}", query),
        asked={name: query.get(name, "") for name in FILTERS[plural]},
        facets=narrowing,
        choices=views.country_choices(language, fictional=fictional),
        first=f"/{language}{tail_of(f'/{plural}', narrowed)}" if "cursor" in query else None,
        next=f"/{language}{tail_of(f'/{plural}', {**narrowed, 'cursor': following})}" if following else None,
        **values,
    )


async def _record(
    request: Request, language: str, plural: str, key: str, view: Record, headers: dict[str, str]
) -> Response:
    tail = f"/{plural}/{quote(key, safe='')}"
    if request.query_params:
        return moved(f"/{language}{tail}")
    reads = PageReads(request)
    try:
        values = await view(reads, key)
    except Elsewhere as winner:
        return moved(f"/{language}/{plural}/{winner.key}")
    if plural == "countries":
        values["chart"] = progress(values.pop("every_indicator"), language)
    template = "country" if plural == "countries" else plural.removesuffix("s")
    kind, api, key_field, said = DESCRIBED[plural]
    origin, ref = origin_of(request), str(values["record"][key_field])
    licence = licence_of(request.app.state.settings.data_licence).address
    place, record = f"{origin}/{language}/{plural}/{quote(ref, safe='')}", f"{origin}{api}/{quote(ref, safe='')}"
    thing = {"@type": kind, "@id": place, **said(values, language)}
    if kind == "Dataset":
        thing |= {"license": licence, "distribution": [{"@type": "DataDownload", "contentUrl": record}]}
    steps = [("ESCM", f"/{language}/"), (text(language, f"nav.{plural}"), f"/{language}/{plural}")]
    data = data_block(thing, trail(origin, [*steps, (thing["name"], place.removeprefix(origin))]))
    links = signposts(cite_as=place, record=record, kind=kind, licence=licence)
    shown = {**headers, "Link": links}
    values["report_to"] = report_address(request.app.state.settings, thing["name"], place)
    values["report_page"] = report_page(language, plural, ref)
    tail = f"/{plural}/{quote(ref, safe='')}"
    return _page(request, f"{template}.html", language, reads, shown, here=plural, tail=tail, data=data, **values)


def _page(
    request: Request, template: str, language: str, reads: PageReads, headers: dict[str, str], **values: Any
) -> Response:
    licence = request.app.state.settings.data_licence
    return page_response(request, template, language, reads.as_of, headers, licence=licence, **values)
