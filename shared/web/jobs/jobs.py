"""Jobs over HTTP: their progress, their result, and cancellation."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Response
from pydantic import Field

from shared.bulk.imports import oversees
from shared.kernel.clock import to_text
from shared.kernel.errors import NotFound
from shared.kernel.principal import Principal, RoleTable
from shared.kernel.resource import Resource
from shared.messaging import jobs
from shared.web.contract.catalogue import PROBLEMS
from shared.web.contract.fields import ResponseModel
from shared.web.contract.operation_ids import operation_id
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.contract.schemas import Links, Problem, page_of
from shared.web.jobs.job_events import EVENT, LAST_EVENT_ID, MOST_OF_ONE, MOST_STREAMS, JobEvents
from shared.web.request.paging import page_by_id, place_by_id
from shared.web.request.places import Places
from shared.web.request.request_authenticator import authorization_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

_OPEN = ("queued", "running")
AGAIN_AFTER = "1"
"""Seconds after which to read an open job again."""


class Progress(ResponseModel):
    """`total` is null until it is known."""

    done: Annotated[int, Field(examples=[400]), "How many parts are done."]
    total: Annotated[int | None, Field(examples=[1200]), "The number of records; null until it is known."]


class Job(ResponseModel):
    """Work that outlives its request. `result` and `problem` are null until it has ended well or badly."""

    id: Annotated[UUID, "The job's id."]
    kind: Annotated[str, Field(examples=["member_expert_import"]), "What the job does."]
    status: Annotated[str, "The state of the job."]
    progress: Annotated[Progress, "How far it is."]
    result: Annotated[
        dict[str, Any] | None,
        Field(examples=[{"created": 1190, "failed": 10}]),
        "The result, as described at the operation that created the job; null until it has ended.",
    ]
    result_url: Annotated[str | None, Field(examples=[None]), "Where the result is; null if there is none."]
    problem: Annotated[Problem | None, "The problem that ended the job; null unless it failed."]
    attempts: Annotated[int, Field(examples=[1]), "How often it was begun."]
    created_at: Annotated[datetime, "When it was ordered."]
    finished_at: Annotated[datetime | None, "When it ended; null until then."]
    links: Annotated[Links, "Addresses of the job."]


def job_routes(service: str, roles: RoleTable, *, others: Collection[str] = ()) -> ResourceRouter:
    """The routes of one service's jobs. Visible to the caller who ordered a job, and to callers with permission to read
    all. `others` are further workers that run jobs of the service."""
    resource = Resource(service, "jobs", "job")
    router = ResourceRouter(resource, roles)

    places = Places(MOST_STREAMS, MOST_OF_ONE)

    workers = {service, *others}

    async def _find(raw: str, ctx: CurrentContext, principal: Principal | None = None) -> Mapping[str, Any]:
        principal = principal or ctx.principal
        async with ctx.connection() as connection:
            row = await jobs.get(connection, _key(raw))
        if row is None or row["service"] not in workers:
            raise NotFound
        if row["created_by"] != principal.label and not oversees(principal, roles, resource):
            raise NotFound
        return {**row, "service": service}

    @router.get(
        "",
        options=RouteOptions(query=query_of("limit", "cursor")),
        operation_id=operation_id(service, "listJobs"),
        summary="List your jobs, the newest first",
        description="Those that the caller ordered in the last 90 days.",
        responses={200: {"model": page_of(Job)}},
    )
    async def list_jobs(ctx: CurrentContext) -> Response:
        limit, before = place_by_id(ctx)
        async with ctx.connection() as connection:
            rows = await jobs.ordered_by(connection, ctx.principal.label, workers, before, limit)
        return page_by_id(ctx, rows, limit, lambda row: _shown({**row, "service": service}))

    @router.get(
        "/{job}",
        options=RouteOptions(is_item=True),
        operation_id=operation_id(service, "getJob"),
        summary="Read how far a job is",
        description="For the caller who ordered it, and for callers with permission to read all jobs.",
        responses={200: {"model": Job}},
    )
    async def get_job(job: str, ctx: CurrentContext) -> Response:
        return job_response(await _find(job, ctx), 200)

    @router.get(
        "/{job}/events",
        operation_id=operation_id(service, "getJobEvents"),
        summary="Follow a job until it ends, as server-sent events",
        description="An event for each progress; `Last-Event-ID` continues after one.",
        status_code=200,
        responses={
            200: {"content": {"text/event-stream": {"schema": EVENT}}, "description": "The events, one after another."},
            204: {"description": "`Last-Event-ID` is the id of the end."},
        },
        response_class=JobEvents,
        openapi_extra={"parameters": [LAST_EVENT_ID]},
    )
    async def get_job_events(job: str, ctx: CurrentContext) -> Response:
        await _find(job, ctx)

        async def again() -> Mapping[str, Any]:
            header = authorization_of(ctx.request)
            return await _find(job, ctx, await ctx.request.app.state.authenticator.principal(header))

        return JobEvents(places, ctx.principal, lambda: _find(job, ctx), again, _shown)

    @router.delete(
        "/{job}",
        operation_id=operation_id(service, "cancelJob"),
        summary="Cancel a job",
        description="A queued job is cancelled at once, a running one at its next checkpoint.",
        status_code=202,
        responses={202: {"model": Job}},
    )
    async def cancel_job(job: str, ctx: CurrentContext) -> Response:
        row = await _find(job, ctx)
        await jobs.cancel(ctx.uow, row["id"])
        return job_response(await _find(job, ctx), 202)

    return router


def job_response(row: Mapping[str, Any], status: int) -> Response:
    """The job in a response; `Retry-After` while it is open, `Location` if it was just created."""
    headers = {}
    if row["status"] in _OPEN:
        headers["Retry-After"] = AGAIN_AFTER
    if status == 202:
        headers["Location"] = f"/{row['service']}/v1/jobs/{row['id']}"
    return Response(orjson.dumps(_shown(row)), status, headers, JSON)


def queued_response(service: str, job: UUID, job_type: str, created_at: datetime) -> Response:
    """The response for a job that this transaction created."""
    blank = dict.fromkeys(("total", "result", "result_url", "problem", "finished_at"))
    row = {**blank, "id": job, "service": service, "job_type": job_type, "status": "queued", "done": 0, "attempts": 0}
    return job_response({**row, "created_at": created_at}, 202)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "kind": row["job_type"],
        "status": row["status"],
        "progress": {"done": row["done"], "total": row["total"]},
        "result": row["result"],
        "result_url": row["result_url"],
        "problem": _problem(row["problem"]),
        "attempts": row["attempts"],
        "created_at": to_text(row["created_at"]),
        "finished_at": to_text(row["finished_at"]) if row["finished_at"] else None,
        "links": {"self": f"/{row['service']}/v1/jobs/{row['id']}"},
    }


def _problem(problem: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if problem is None:
        return None
    known = PROBLEMS.get(problem["code"]) or PROBLEMS["internal_error"]
    return {"type": known.type, "title": known.titles["en"], "status": known.status, **problem}


def _key(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError:
        raise NotFound from None
