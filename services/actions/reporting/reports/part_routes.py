"""The delegations and comments of reports over HTTP: the routes of every record, and those below one report."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Response
from pydantic import BaseModel

from services.actions.access import ROLES
from services.actions.reporting.delegations.operations import DELEGATIONS
from services.actions.reporting.delegations.queries import LISTING as DELEGATION_LISTING
from services.actions.reporting.delegations.schemas import Delegation, DelegationCreate
from services.actions.reporting.delegations.schemas import present as present_delegation
from services.actions.reporting.report_comments.operations import COMMENTS
from services.actions.reporting.report_comments.queries import LISTING as COMMENT_LISTING
from services.actions.reporting.report_comments.schemas import ReportComment, ReportCommentCreate, ReportCommentFields
from services.actions.reporting.report_comments.schemas import present as present_comment
from services.actions.reporting.reports import parts
from services.actions.reporting.reports.routes import REPORT_API
from shared.database.statements import Row
from shared.kernel.errors import NotFound
from shared.web.contract.contract import ShownAs
from shared.web.contract.route_options import RouteOptions, query_of_list
from shared.web.contract.schemas import TransitionBody, page_of, transition_model
from shared.web.contract.values import row_values
from shared.web.records.record_routes import record_routes, take_transition
from shared.web.records.records import RecordApi, Steps
from shared.web.request.paging import list_response, members_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import item_response
from shared.web.request.route import ResourceRouter

_REPORT = "report_id"
Report = Annotated[Row, Depends(REPORT_API.readable)]


DELEGATION_API = RecordApi(
    kind=DELEGATIONS,
    roles=ROLES,
    listing=DELEGATION_LISTING,
    response_model=Delegation,
    present=present_delegation,
    steps=Steps(parts.end_delegation, may=parts.may_end),
)
COMMENT_API = RecordApi(
    kind=COMMENTS,
    roles=ROLES,
    listing=COMMENT_LISTING,
    response_model=ReportComment,
    present=present_comment,
    steps=Steps(parts.answer_comment, may=parts.may_comment, fields=ReportCommentFields),
)


def _below_report(
    api: RecordApi[Any, None], name: str, body_model: type[BaseModel], create: Callable[..., Awaitable[Any]]
) -> ResourceRouter:
    """The routes of one kind of part below one report: list, create, read, transition."""
    kind = api.kind
    single, title = kind.resource.class_name.removeprefix("Report"), kind.resource.title.removeprefix("report ")
    path, item = f"/{{record}}/{name}", f"/{{record}}/{name}/{{part}}"
    router = ResourceRouter(kind.resource, ROLES, REPORT_API.kind.resource.path)

    async def readable_part(part: str, report: Report, ctx: CurrentContext) -> Row:
        """The part of a report. Raises NotFound."""
        row = await api.readable(part, ctx)
        if row[_REPORT] != report["id"]:
            raise NotFound(f"There is no such {title}.")
        return row

    async def changeable_part(row: Annotated[Row, Depends(readable_part)], ctx: CurrentContext) -> Row:
        """The part, for grants that change it. Raises Forbidden, VersionConflict, PreconditionRequired."""
        changed: Row = await api.changeable()(row, ctx)
        return changed

    @router.get(
        path,
        options=RouteOptions(query=query_of_list(api.listing, without=_REPORT)),
        operation_id=f"list{single}sOfReport",
        summary=f"List the {title}s of a report",
        description=f"The {title}s that the caller may know of, in pages; with `format` all of them as a stream.",
        responses={200: {"model": page_of(api.response_model)}},
    )
    async def list_parts(report: Report, ctx: CurrentContext) -> Response:
        known = members_of(api.response_model)
        return await list_response(
            ctx, api.listing, api.present, known, fixed={_REPORT: report["id"]}, verbs=("create",)
        )

    @router.post(
        path,
        operation_id=f"create{kind.resource.class_name}",
        summary=f"Create a {title} of a report",
        description=f"The {title} starts in the first state of its lifecycle; `Location` is its own address.",
        status_code=201,
        responses={201: {"model": api.response_model}},
    )
    async def create_part(body: body_model, report: Report, ctx: CurrentContext) -> Response:  # type: ignore[valid-type]
        new = kind.new(row_values(body, kind.table))
        made = await create(ctx.uow, ctx.access, report["id"], report["country"], new)
        return await api.respond_with(ctx, made.id, status=201)

    @router.get(
        item,
        options=RouteOptions(is_item=True),
        operation_id=f"get{single}OfReport",
        summary=f"Read a {title} of a report",
        description=f"The same {title} as at its own address.",
        responses={200: {"model": api.response_model}},
    )
    async def get_part(row: Annotated[Row, Depends(readable_part)], ctx: CurrentContext) -> Response:
        return item_response(ctx, await api.item(row, ctx))

    @router.post(
        f"{item}/transitions",
        options=RouteOptions(is_conditional=True),
        operation_id=f"transition{single}OfReport",
        summary=f"Take a {title} of a report through a transition",
        description=f"The same as at the {title}'s own address. `If-Match` names its version.",
        responses={200: {"model": api.response_model}},
    )
    async def transition_part(
        body: Annotated[
            TransitionBody, ShownAs(transition_model(kind.resource.class_name, kind.lifecycle, api.steps.fields))
        ],
        row: Annotated[Row, Depends(changeable_part)],
        ctx: CurrentContext,
    ) -> Response:
        return await take_transition(api, ctx, row, body)

    return router


ROUTERS = (
    record_routes(DELEGATION_API),
    record_routes(COMMENT_API),
    _below_report(DELEGATION_API, "delegations", DelegationCreate, parts.delegate),
    _below_report(COMMENT_API, "comments", ReportCommentCreate, parts.comment),
)
