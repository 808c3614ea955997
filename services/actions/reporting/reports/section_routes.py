"""The sections of one report over HTTP."""

from typing import Annotated, Any

from fastapi import Body, Depends, Response

from services.actions.access import ROLES
from services.actions.reporting.delegations.queries import assignments
from services.actions.reporting.report_sections import queries, record
from services.actions.reporting.report_sections.operations import SECTIONS
from services.actions.reporting.report_sections.schemas import (
    ReportSection,
    ReportSectionBody,
    columns,
    present,
    written_in,
)
from services.actions.reporting.reports.parts import questions_of_section, require_section, write_section
from services.actions.reporting.reports.routes import REPORT_API
from services.actions.reporting.reports.schemas import present_assignment
from shared.database.statements import Row
from shared.kernel.errors import NotFound
from shared.records.requirements import require
from shared.records.rows import record_read, with_columns
from shared.web.contract.contract import ShownAs, patch_of
from shared.web.contract.route_options import RouteOptions
from shared.web.request.conditional import changed_since, is_current
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import item_response, patched
from shared.web.request.route import ResourceRouter

router = ResourceRouter(SECTIONS.resource, ROLES, REPORT_API.kind.resource.path)
Report = Annotated[Row, Depends(REPORT_API.readable)]
Patch = Annotated[
    dict[str, Any],
    ShownAs(patch_of("ReportSection", ReportSectionBody)),
    Body(media_type="application/merge-patch+json"),
]
_SECTION, _ITEM = "/{record}/sections/{key}", "/{record}/sections/{key}/{item}"
_IN_STATE = (
    "A merge patch, while the authors have the report. `If-Match` names the version of the section, which is not"
)
_READ = "For grants that cover the report all answers, for others the public ones of a published report."


async def _read(ctx: RequestContext, report: Row, key: str, item: str | None) -> Row:
    """The section of a report. Raises NotFound, Forbidden `not_delegated`."""
    async with ctx.connection() as connection:
        row = await queries.read(connection, report["id"], key, item)
        if row is None:
            raise NotFound("There is no such section.")
        await require_section(connection, ctx.access, "read", report["country"], report["id"], key)
    return row


async def _shown(ctx: RequestContext, report: Row, row: Row) -> dict[str, Any]:
    is_whole = ctx.access.sees_all_fields(report["country"], report["id"])
    async with ctx.connection() as connection:
        if is_whole:
            assigned = present_assignment(row["key"], await assignments(connection, report["id"]))
            return present(row, assigned, None)
        questions = await questions_of_section(connection, report["template_id"], row["key"])
    return present(row, None, list(questions))


async def _respond(ctx: RequestContext, report: Row, key: str, item: str | None) -> Response:
    row = await _read(ctx, report, key, item)
    return item_response(ctx, await _shown(ctx, report, row))


async def _change(ctx: RequestContext, report: Row, key: str, item: str | None, patch: dict[str, Any]) -> Response:
    require(ctx.access, "update", report["country"], report["id"])
    row = await _read(ctx, report, key, item)
    if not is_current(ctx.request, row["version"]):
        raise changed_since(await _shown(ctx, report, row))
    body = patched(ReportSectionBody, written_in(row), patch)
    before = record_read(record.ReportSection, row)
    await write_section(ctx.uow, ctx.access, report["id"], before, with_columns(before, columns(body)))
    return await _respond(ctx, report, key, item)


@router.get(
    _SECTION,
    options=RouteOptions(is_item=True),
    operation_id="getReportSection",
    summary="Read a section of a report",
    description=f"The answers to its questions. {_READ}",
    responses={200: {"model": ReportSection}},
)
async def get_section(key: str, report: Report, ctx: CurrentContext) -> Response:
    return await _respond(ctx, report, key, None)


@router.get(
    _ITEM,
    options=RouteOptions(is_item=True),
    operation_id="getReportSectionItem",
    summary="Read a section of a report about one item",
    description=f"The answers about the item. {_READ}",
    responses={200: {"model": ReportSection}},
)
async def get_section_item(key: str, item: str, report: Report, ctx: CurrentContext) -> Response:
    return await _respond(ctx, report, key, item)


@router.patch(
    _SECTION,
    options=RouteOptions(is_conditional=True),
    operation_id="updateReportSection",
    summary="Write a section of a report",
    description=f"{_IN_STATE} that of the report: several people write different sections at the same time.",
    responses={200: {"model": ReportSection}},
)
async def update_section(patch: Patch, key: str, report: Report, ctx: CurrentContext) -> Response:
    return await _change(ctx, report, key, None, patch)


@router.patch(
    _ITEM,
    options=RouteOptions(is_conditional=True),
    operation_id="updateReportSectionItem",
    summary="Write a section of a report about one item",
    description=f"Only the answers about the item. {_IN_STATE} that of the report.",
    responses={200: {"model": ReportSection}},
)
async def update_section_item(patch: Patch, key: str, item: str, report: Report, ctx: CurrentContext) -> Response:
    return await _change(ctx, report, key, item, patch)
