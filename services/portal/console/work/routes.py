"""The first page of the console: my work."""

from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.portal.console.describing.labels import list_label
from services.portal.console.describing.resources import SERVICES, kinds
from services.portal.console.frame.responses import page
from services.portal.console.frame.route import console_router
from services.portal.console.session.guards import CurrentCaller
from services.portal.console.work.queue import queue_of
from shared.web.contract.route_options import RouteOptions

router = console_router()
_PAGE = RouteOptions(is_public=True)


@router.get("/console", options=_PAGE)
async def to_work() -> Response:
    """The first page has a slash at its end."""
    return RedirectResponse("/console/", 301)


@router.get("/console/", options=_PAGE)
async def show_work(request: Request, caller: CurrentCaller) -> Response:
    """What waits for the caller, overdue first; of one `kind`, if that is given."""
    kind, cursor = request.query_params.get("kind", "")[:60], request.query_params.get("cursor", "")[:500]
    queue = await queue_of(caller, kind, cursor)
    narrowed = {"kind": kind} if kind else {}
    following = f"/console/?{urlencode({**narrowed, 'cursor': queue.next})}" if queue.next else None
    first = f"/console/?{urlencode(narrowed)}" if cursor else None
    return page(caller, "work.html", here="work", queue=queue, kind=kind, next=following, first=first)


@router.get("/console/records", options=_PAGE)
async def show_kinds(caller: CurrentCaller) -> Response:
    """All kinds of record, each with its list."""
    named = [(list_label(kind.name, caller.language), kind) for kind in kinds().values()]
    parts = [(one, sorted((name, kind.page) for name, kind in named if kind.service == one)) for one in SERVICES]
    return page(caller, "kinds.html", here="records", parts=parts)
