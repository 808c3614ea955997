"""Imports over HTTP: the file is stored before the transaction opens, and a worker runs the import."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Annotated, Any, Literal

import orjson
from fastapi import Depends, File, Form, Request, Response, UploadFile
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as FormFile

from shared.bulk import undoing
from shared.bulk.failures import failed_rows
from shared.bulk.imports import (
    IMPORT_JOB,
    LIFECYCLE,
    UNDO_JOB,
    Order,
    get_import,
    list_imports,
    order_import,
)
from shared.bulk.layout import examine, media_of
from shared.bulk.spreadsheets import Columns, as_text
from shared.bulk.store import ReceivedFile
from shared.database.statements import Row
from shared.kernel.errors import FieldError, Gone, Invalid, invalid_field, pointer_to
from shared.kernel.principal import Principal
from shared.messaging.outbox import defer
from shared.records.access_scope import access_scope_for
from shared.records.resource_type import TransitionRequest
from shared.web.contract.fields import Line
from shared.web.contract.operation_ids import operation_id
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.contract.schemas import Transitions, page_of
from shared.web.jobs.import_api import ImportApi, forbidden
from shared.web.jobs.import_response import Import, ImportTransition, KeptRecord, kept_record, present
from shared.web.jobs.jobs import Job, queued_response
from shared.web.request.conditional import changed_since, is_current
from shared.web.request.files import download
from shared.web.request.paging import page_by_id, place_by_id
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import item_response, transitions_response
from shared.web.request.route import ResourceRouter
from shared.web.request.streams import is_safe
from shared.web.request.uploads import UploadRoute, store_of

MOST_AT_ONCE = 20_000
"""Maximum number of records that are undone within the request; for more, a worker undoes the import. One transaction
undoes those that others must not use meanwhile."""
HEADINGS = "x-escm-headings"
"""The member of the field `resource` with the headings that a file of each resource may have."""
_FIELDS = frozenset({"file", "resource", "mode", "on_error", "mapping", "source", "licence", "registry"})


def import_routes(api: ImportApi) -> ResourceRouter:
    """The routes of one service's imports."""
    resource_, roles_ = api.kind.resource, api.roles

    class ImportRoute(UploadRoute):
        resource = resource_
        roles = roles_

        def may_send(self, principal: Principal, fields: dict[str, str]) -> None:
            """Raises Forbidden unless the caller may import this resource, or, before its name is known, any
            resource."""
            api.require_import(principal, fields.get("resource"))

        async def check(self, request: Request, principal: Principal, form: FormData, received: ReceivedFile) -> None:
            """Reads the file here, because that takes longer than a transaction may wait."""
            resource, file = form.get("resource"), form["file"]
            if isinstance(resource, str) and isinstance(file, FormFile):
                importable, mapping = api.importable(resource), form.get("mapping")
                media = media_of(file.filename or "", file.content_type or "")
                known = _mapping(mapping if isinstance(mapping, str) else None)
                columns = Columns(importable.understood, known)
                async with as_text(store_of(request), received.path, media, columns, principal.label) as text:
                    request.state.layout = await asyncio.to_thread(
                        examine, text, media, importable.understood, known, importable.rows.record_keys
                    )

    router = ResourceRouter(resource_, roles_)
    router.route_class = ImportRoute
    _add_creation(router, api)
    _add_reads(router, api)
    _add_undo(router, api)
    return router


def _add_creation(router: ResourceRouter, api: ImportApi) -> None:
    headings: dict[str, Any] = {name: list(each.understood) for name, each in api.importables.items()}

    @router.post(
        "",
        operation_id=operation_id(api.service, "createImport"),
        summary="Import a file",
        description="The file is checked at once and imported by a job; each row is accounted for.",
        status_code=202,
        responses={202: {"model": Job}},
    )
    async def create_import(
        ctx: CurrentContext,
        file: Annotated[UploadFile, File(description="CSV, XLSX, JSON or NDJSON.")],
        resource: Annotated[
            Line, Form(description="What is imported.", examples=["experts"], json_schema_extra={HEADINGS: headings})
        ],
        mode: Annotated[Literal["commit", "dry_run"], Form(description="Whether rows are written.")] = "commit",
        on_error: Annotated[Literal["skip", "abort"], Form(description="What a faulty row does.")] = "skip",
        mapping: Annotated[  # noqa: ARG001 - read before the transaction opens
            str | None, Form(description="Headings of the file and the fields that they fill, as a JSON object.")
        ] = None,
        source: Annotated[Line | None, Form(description="Where the data are from.")] = None,
        licence: Annotated[Line | None, Form(description="The licence of the data.", examples=["CC-BY-4.0"])] = None,
        registry: Annotated[bool, Form(description="Whether the file is a registry of institutions.")] = False,
    ) -> Response:
        importable = api.importable(resource)
        api.require_import(ctx.principal, resource)
        verb = importable.entry.registry_verb if registry else None
        if verb and not ctx.principal.permission_scope(importable.roles, importable.resource.name, verb):
            raise forbidden()
        unknown = sorted(set(await ctx.request.form()) - _FIELDS)
        if unknown:
            errors = [FieldError("unknown_field", "Unknown field.", pointer=pointer_to(name)) for name in unknown]
            raise Invalid("The form has unknown fields.", code="unknown_field", errors=errors)
        received: ReceivedFile = ctx.request.state.received
        await asyncio.to_thread(store_of(ctx.request).move_in, received)
        name = (file.filename or "file").replace("\0", "")[:200]
        order = Order(importable.resource.plural, mode, on_error, registry, source, licence, name)
        imported = await order_import(ctx.uow, api.service, order, received.content, ctx.request.state.layout)
        return queued_response(api.service, imported.job, IMPORT_JOB, imported.created_at)


def _mapping(raw: str | None) -> dict[str, str | None]:
    if not raw:
        return {}
    try:
        mapping = orjson.loads(raw)
    except orjson.JSONDecodeError:
        mapping = None
    texts = (str, type(None))
    if not isinstance(mapping, dict) or not all(isinstance(field, texts) for field in mapping.values()):
        raise invalid_field("/mapping", "invalid_format", "A JSON object from column to heading, or to null.")
    return mapping


def _add_reads(router: ResourceRouter, api: ImportApi) -> None:
    readable = Annotated[Row, Depends(api.readable)]

    @router.get(
        "",
        options=RouteOptions(query=query_of("limit", "cursor")),
        operation_id=operation_id(api.service, "listImports"),
        summary="List imports, the newest first",
        description="The caller's own, or all for those who oversee imports.",
        responses={200: {"model": page_of(Import)}},
    )
    async def list_all(ctx: CurrentContext) -> Response:
        limit, before = place_by_id(ctx)
        async with ctx.connection() as connection:
            rows = await list_imports(connection, api.service, api.creator_filter(ctx), before, limit)
        return page_by_id(ctx, rows, limit, present)

    @router.get(
        "/{record}",
        options=RouteOptions(is_item=True),
        operation_id=operation_id(api.service, "getImport"),
        summary="Read one import",
        description="The number of created, updated and failed rows, and the address of the failed ones.",
        responses={200: {"model": Import}},
    )
    async def get_import(row: readable, ctx: CurrentContext) -> Response:
        return item_response(ctx, await api.shown(row, ctx))

    @router.get(
        "/{record}/transitions",
        operation_id=operation_id(api.service, "getImportTransitions"),
        summary="Whether an import can be undone",
        description="`undo` is there until the import is too old, and while no other undo runs.",
        responses={200: {"model": Transitions}},
    )
    async def get_transitions(row: readable, ctx: CurrentContext) -> Response:
        available_actions = LIFECYCLE.available_actions(
            row["status"], await api.guard_context(row, ctx), api.may(row, ctx)
        )
        return transitions_response(LIFECYCLE, row["status"], available_actions)

    @router.get(
        "/{record}/failures",
        options=RouteOptions(is_file=True, query=query_of("safe")),
        operation_id=operation_id(api.service, "getImportFailures"),
        summary="The rows that failed, as CSV",
        description="The failed rows as they were sent, with code and reason: correct them and import the file.",
        responses={200: {"content": {"text/csv": {}}}},
    )
    async def get_failures(row: readable, ctx: CurrentContext) -> Response:
        safe = is_safe(ctx.request.query_params, ctx.principal)
        store = store_of(ctx.request)
        async with AsyncExitStack() as stack:
            try:
                path = await stack.enter_async_context(store.opened(row["file_digest"]))
            except FileNotFoundError:
                raise Gone("The file is no longer stored.") from None
            text = await stack.enter_async_context(as_text(store, path, row["media"], sender=ctx.principal.label))
            opened = stack.pop_all()

        async def blocks() -> AsyncIterator[bytes]:
            async with opened:
                async for block in failed_rows(ctx.database, row, text, safe=safe):
                    yield block

        return download(blocks(), "text/csv; charset=utf-8", f"{row['ref']}-failures.csv")

    @router.get(
        "/{record}/kept",
        options=RouteOptions(query=query_of("limit", "cursor")),
        operation_id=operation_id(api.service, "listImportKept"),
        summary="List what the undo of an import has left",
        description="Records of the import, and people that it added, which have changed since or something refers to.",
        responses={200: {"model": page_of(KeptRecord)}},
    )
    async def list_kept(row: readable, ctx: CurrentContext) -> Response:
        limit, after = place_by_id(ctx)
        importable = api.importables[row["resource"]]
        async with ctx.connection() as connection:
            rows = await undoing.kept(connection, importable, row["id"], after, limit)
        return page_by_id(ctx, rows, limit, lambda one: kept_record(one, importable))


def _add_undo(router: ResourceRouter, api: ImportApi) -> None:
    @router.post(
        "/{record}/transitions",
        options=RouteOptions(is_conditional=True),
        operation_id=operation_id(api.service, "transitionImport"),
        summary="Take an import back",
        description="`undo` removes what it created and restores what it changed, unless it was edited since.",
        responses={200: {"model": Import}},
    )
    async def transition(
        body: ImportTransition, row: Annotated[Row, Depends(api.readable)], ctx: CurrentContext
    ) -> Response:
        if not is_current(ctx.request, row["version"]):
            raise changed_since(await api.shown(row, ctx))
        before = await api.kind.lock(ctx.uow, row["id"], row["version"])
        requested = TransitionRequest(body.action, body.reason, body.fields)
        guard_context, may = await api.guard_context(row, ctx), api.may(row, ctx)
        begun = await api.kind.apply_transition(ctx.uow, before, requested, guard_context, may)
        after = await get_import(ctx.uow.connection, begun.id)
        importable = api.importables[after["resource"]]
        most = undoing.AT_ONCE if importable.undo.lock else MOST_AT_ONCE
        if await undoing.extent(ctx.uow.connection, after) > most:
            payload = {"import": str(after["id"])}
            job = defer(ctx.uow, api.service, UNDO_JOB, payload, created_by=ctx.principal.label, bulk=True)
            after = await undoing.leave_to(ctx.uow, after, job)
        else:
            access = access_scope_for(ctx.principal, api.roles, importable.resource)
            ctx.uow.origin = replace(ctx.uow.origin, bulk=True)
            await undoing.see_as(ctx.uow.connection, access)
            while after["status"] == "undoing":
                after = await undoing.take_back_some(ctx.uow, importable, access, after)
        return item_response(ctx, await api.shown(after, ctx))
