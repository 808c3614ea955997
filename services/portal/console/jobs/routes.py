"""`/console/jobs`: what the caller ordered and a worker carries out."""

import asyncio
from typing import Any

from fastapi import Response

from services.portal.console.describing.resources import SERVICES
from services.portal.console.frame.responses import page, seen
from services.portal.console.frame.route import console_router
from services.portal.console.session.caller import accepted
from services.portal.console.session.guards import CurrentCaller, SentForm
from shared.kernel.errors import NotFound
from shared.kernel.ids import is_id
from shared.web.contract.route_options import RouteOptions

router = console_router()
_PAGE = RouteOptions(is_public=True, is_keyed=False)
_SHOWN = 50
_IMPORTING = frozenset(("import", "undo_import"))


@router.get("/console/jobs", options=_PAGE)
async def list_jobs(caller: CurrentCaller) -> Response:
    """The latest jobs of the caller, the newest first."""
    lists = await asyncio.gather(*(caller.items(f"/{one}/v1/jobs", {"limit": str(_SHOWN)}) for one in SERVICES))
    found = [
        {**job, "service": one, "page": _page_of(job)}
        for one, jobs in zip(SERVICES, lists, strict=True)
        for job in jobs
    ]
    found.sort(key=lambda job: str(job["created_at"]), reverse=True)
    return page(caller, "jobs.html", here="jobs", jobs=found[:_SHOWN])


@router.post("/console/jobs/{service}/{job}/file", options=_PAGE)
async def fetch_file(service: str, job: str, caller: CurrentCaller, _form: SentForm) -> Response:
    """The file that a job made, by a link that holds for five minutes."""
    found = await caller.read(_path(service, job))
    if not found["result_url"]:
        raise NotFound("The job has no file.")
    link = accepted(await caller.send("POST", f"/{service}/v1/links", {"path": found["result_url"]})).document
    return seen(str(link["url"]))


@router.post("/console/jobs/{service}/{job}/cancel", options=_PAGE)
async def cancel(service: str, job: str, caller: CurrentCaller, _form: SentForm) -> Response:
    """Cancels a job that has not ended."""
    accepted(await caller.send("DELETE", _path(service, job)))
    return seen("/console/jobs", done="cancelled")


def _page_of(job: dict[str, Any]) -> str | None:
    """The page of what the job carries out."""
    key = (job["result"] or {}).get("import_id") if job["kind"] in _IMPORTING else None
    return f"/console/imports/{key}" if key else None


def _path(service: str, job: str) -> str:
    if service not in SERVICES or not is_id(job):
        raise NotFound("There is no such job.")
    return f"/{service}/v1/jobs/{job}"
