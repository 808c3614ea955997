"""The first page of the console."""

from fastapi import Response
from fastapi.responses import RedirectResponse

from services.portal.console.frame.responses import page
from services.portal.console.frame.route import console_router
from services.portal.console.session.guards import CurrentCaller
from shared.web.contract.route_options import RouteOptions

router = console_router()


@router.get("/console", options=RouteOptions(is_public=True))
async def to_work() -> Response:
    """The first page has a slash at its end."""
    return RedirectResponse("/console/", 301)


@router.get("/console/", options=RouteOptions(is_public=True))
async def show_work(caller: CurrentCaller) -> Response:
    """What waits for the caller."""
    return page(caller, "work.html", here="work")
