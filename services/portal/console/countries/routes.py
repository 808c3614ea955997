"""Countries in the console."""

import asyncio
import re
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.portal.console.countries.parts import country_file
from services.portal.console.frame.responses import page
from services.portal.console.frame.route import console_router
from services.portal.console.session.caller import Caller
from services.portal.console.session.guards import CurrentCaller
from services.portal.register.views import country_choices
from shared.kernel.errors import NotFound
from shared.web.contract.route_options import RouteOptions

router = console_router()
_PAGE = RouteOptions(is_public=True)
_CODE = re.compile(r"[A-Z]{2}")
_MOST_OWN = 30


@router.get("/console/countries", options=_PAGE)
async def choose_country(request: Request, caller: CurrentCaller) -> Response:
    """The countries of the caller, and a choice of all others."""
    code = request.query_params.get("code", "").upper()
    if _CODE.fullmatch(code):
        return RedirectResponse(f"/console/countries/{code}", 303)
    own = await asyncio.gather(*(_stage(caller, each) for each in caller.principal.countries()[:_MOST_OWN]))
    settings = request.app.state.settings
    choices = country_choices(caller.language, fictional=settings.fictional_countries)
    return page(caller, "countries_own.html", here="countries", own=[each for each in own if each], choices=choices)


@router.get("/console/countries/{code}", options=_PAGE)
async def show_country_file(code: str, caller: CurrentCaller) -> Response:
    """A country: its stages, what the next one lacks, its people, letters and tasks."""
    if not _CODE.fullmatch(code):
        raise NotFound("There is no such country.")
    return page(caller, "country_file.html", here="countries", file=await country_file(caller, code))


async def _stage(caller: Caller, code: str) -> dict[str, Any] | None:
    reply = await caller.get(f"/actions/v1/countries/{code}")
    return reply.document if reply.status_code == 200 else None
