"""Exports over HTTP: a worker runs them, and the caller downloads the file."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field

from shared.bulk.exporting import EXPORT_JOB, ExportWish, get_export, order_export
from shared.bulk.importable import Importable
from shared.bulk.layout import SPREADSHEET
from shared.database.statements import Row
from shared.kernel.clock import now
from shared.kernel.errors import FieldError, Gone, Invalid, NotFound, pointer_to
from shared.kernel.resource import Resource
from shared.kernel.step_up import TWO_FACTORS
from shared.records.access_scope import access_scope_for
from shared.web.contract.fields import Body, Line
from shared.web.contract.operation_ids import operation_id
from shared.web.contract.route_options import RouteOptions
from shared.web.jobs.import_api import ImportApi
from shared.web.jobs.jobs import Job, queued_response
from shared.web.request.files import download
from shared.web.request.recorded_reads import is_recorded, record_read
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON, key_of
from shared.web.request.route import ResourceRouter
from shared.web.request.step_up import require_step_up
from shared.web.request.uploads import store_of

_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "xlsx": SPREADSHEET,
    "json": JSON,
    "pdf": "application/pdf",
}


class ExportCreate(Body):
    """What to export. Lists that can be imported have the headings of imports, which read every format back unchanged;
    others have the members of their items. In XLSX every cell is text."""

    resource: Annotated[Line, Field(examples=["experts"]), "The list to export."]
    format: Annotated[Literal["csv", "ndjson", "xlsx"], "The format of the file."] = "csv"
    filters: Annotated[
        dict[str, str | list[str]],
        Field(max_length=20, examples=[{"country": "XA"}]),
        "Filters of the list, by name, with their values.",
    ] = {}
    fields: Annotated[
        list[Line],
        Field(max_length=50, examples=[["ref", "family_name"]]),
        "`ref` and headings, or members; all where empty.",
    ] = []
    safe: Annotated[
        bool | None,
        "Whether an apostrophe prevents formulas in cells of CSV; default: false for clients and keys.",
    ] = None


def export_routes(api: ImportApi) -> ResourceRouter:
    """The routes of one service's exports."""
    router = ResourceRouter(Resource(api.service, "exports", "export"), api.roles)

    @router.post(
        "",
        options=RouteOptions(step_up=TWO_FACTORS.only("of a list of people")),
        operation_id=operation_id(api.service, "createExport"),
        summary="Export a list",
        description="Left to a job, whose `result_url` is the file.",
        status_code=202,
        responses={202: {"model": Job}},
    )
    async def create_export(body: ExportCreate, ctx: CurrentContext) -> Response:
        exportable = api.exportable(body.resource)
        filters = {name: ",".join(value) if isinstance(value, list) else value for name, value in body.filters.items()}
        if isinstance(exportable, Importable) and exportable.kind.is_personal:
            await require_step_up(ctx.request, ctx.principal, TWO_FACTORS)
        access = access_scope_for(ctx.principal, exportable.roles, exportable.resource)
        _check_names("filters", filters, exportable.listing.filters)
        async with ctx.connection() as connection:
            shown = (*exportable.shown, *await exportable.more_headings(connection, access))
        _check_names("fields", body.fields, shown)
        safe = not ctx.principal.is_machine if body.safe is None else body.safe
        wish = ExportWish(body.format, filters, body.fields or shown, safe)
        job = await order_export(ctx.uow, api.service, exportable, wish, access)
        return queued_response(api.service, job, EXPORT_JOB, now())

    @router.get(
        "/{export}/file",
        options=RouteOptions(is_file=True),
        operation_id=operation_id(api.service, "getExportFile"),
        summary="Fetch the file of an export",
        description="For the caller who ordered it, until it is deleted.",
        responses={200: {"content": {media.partition(";")[0]: {} for media in _MEDIA.values()}}},
    )
    async def get_file(export: str, ctx: CurrentContext) -> Response:
        key = key_of(export)
        async with ctx.connection() as connection:
            row = await get_export(connection, key) if isinstance(key, UUID) else None
        own = api.creator_filter(ctx)
        if row is None or row["service"] != api.service or (own is not None and row["created_by"] != own):
            raise NotFound
        if row["file_digest"] is None:
            raise NotFound("The export is not ready.")
        digest, store = row["file_digest"], store_of(ctx.request)
        if await store.size(digest) is None:
            raise Gone("The file is no longer stored.")
        name = f"{row['resource']}.{row['format']}"
        await _record(api, ctx, row)
        return download(store.blocks(digest), _MEDIA[row["format"]], name, row["file_size"])

    return router


async def _record(api: ImportApi, ctx: RequestContext, row: Row) -> None:
    """Records that the file is fetched, if it has data about people: a list of them, or all that is stored about
    one."""
    exportable = api.exportables.get(row["resource"])
    if exportable is None:
        of = Resource(api.service, row["resource"], row["resource"])
    elif is_recorded(access_scope_for(ctx.principal, exportable.roles, exportable.resource)):
        of = exportable.resource
    else:
        return
    found = {"filters": row["filters"], "fields": row["fields"], "rows": row["row_count"], "digest": row["file_digest"]}
    await record_read(ctx, of, row["id"], **found)


def _check_names(field: str, given: Any, known: Any) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        detail = f"One of {', '.join(known)}."
        raise Invalid(
            errors=[FieldError("not_one_of", detail, pointer=pointer_to(field, name[:100])) for name in unknown]
        )
