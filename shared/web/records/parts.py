"""The routes of the parts of one kind of record, such as its reviews, which others than the callers of the whole write:
list, read, create, change."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import orjson
from fastapi import Body, Depends, Path, Response
from pydantic import BaseModel

from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import NotFound
from shared.records.access_scope import AccessScope
from shared.records.record import Record
from shared.records.requirements import require
from shared.records.resource_type import ResourceType
from shared.records.rows import columns_of, record_read, with_columns
from shared.web.contract.contract import ShownAs, create_of, patch_of
from shared.web.contract.route_options import RouteOptions
from shared.web.contract.schemas import RecordResponse, page_of
from shared.web.contract.values import row_values
from shared.web.records.records import RecordApi
from shared.web.request.conditional import changed_since, is_current
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON, item_response, key_of, patched
from shared.web.request.route import ResourceRouter

Whole = TypeVar("Whole", bound=Record)
Part = TypeVar("Part", bound=Record)


class About(NamedTuple):
    """The summary and the description of an operation."""

    summary: str
    description: str


class Texts(NamedTuple):
    """What the contract says of the four operations."""

    list: About
    get: About
    create: About
    update: About


@dataclass(frozen=True, slots=True)
class PartOperations(Generic[Whole, Part]):
    """`of_whole` returns the parts of a whole, `get` one of them. `lock` returns a part of this version for a caller
    who may change it, `update` writes the wanted one; both raise what `create` does."""

    of_whole: Callable[[Connection, AccessScope, UUID], Awaitable[list[Row]]]
    get: Callable[[Connection, AccessScope, UUID, UUID], Awaitable[Row | None]]
    create: Callable[[UnitOfWork, AccessScope, Whole, Part], Awaitable[Part]]
    lock: Callable[[UnitOfWork, AccessScope, Whole, UUID, int], Awaitable[Part]]
    update: Callable[[UnitOfWork, Part, Part], Awaitable[Part]]


@dataclass(frozen=True, slots=True)
class PartApi(Generic[Whole, Part]):
    """The API of the parts of one kind of record.

    `name` is what operation ids call one part, `path` its place below the whole, `key` its parameter there. `written`
    returns the fields of a row that a patch is merged into. `scope` is the column of the whole that grants over one
    record name.
    """

    whole: RecordApi[Whole, Any]
    kind: ResourceType[Part, None]
    name: str
    path: str
    key: str
    body: type[BaseModel]
    response_model: type[RecordResponse]
    present: Callable[[Mapping[str, Any]], dict[str, Any]]
    written: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    operations: PartOperations[Whole, Part]
    texts: Texts
    scope: str = "id"


def part_routes(api: PartApi[Any, Any]) -> ResourceRouter:
    """The routes of the parts, below those of their whole."""
    whole, kind, operations, title = api.whole, api.kind, api.operations, api.kind.resource.entity
    whole_row = Annotated[Row, Depends(whole.readable)]
    guards = [Depends(whole.dependency)] if whole.dependency else []
    router = ResourceRouter(whole.kind.resource, whole.roles, dependencies=guards)
    items, item = f"/{{record}}/{api.path}", f"/{{record}}/{api.path}/{{{api.key}}}"

    def readable(ctx: RequestContext, of: Row) -> AccessScope:
        access = ctx.access_on(kind.resource)
        require(access, "read", of["country"], of[api.scope])
        return access

    async def readable_part(key: Annotated[str, Path(alias=api.key)], of: whole_row, ctx: CurrentContext) -> Row:
        access, found = readable(ctx, of), key_of(key)
        if isinstance(found, UUID):
            async with ctx.connection() as connection:
                row = await operations.get(connection, access, of["id"], found)
            if row is not None:
                return row
        raise NotFound(f"There is no such {title}.")

    part_row = Annotated[Row, Depends(readable_part)]
    creation: Any = create_of(api.response_model.__name__, api.body)

    @router.get(
        items,
        operation_id=f"list{api.name}s",
        summary=api.texts.list.summary,
        description=api.texts.list.description,
        responses={200: {"model": page_of(api.response_model)}},
    )
    async def list_parts(of: whole_row, ctx: CurrentContext) -> Response:
        access = readable(ctx, of)
        async with ctx.connection() as connection:
            rows = await operations.of_whole(connection, access, of["id"])
        return Response(orjson.dumps({"items": [api.present(row) for row in rows], "next": None}), media_type=JSON)

    @router.get(
        item,
        options=RouteOptions(is_item=True),
        operation_id=f"get{api.name}",
        summary=api.texts.get.summary,
        description=api.texts.get.description,
        responses={200: {"model": api.response_model}},
    )
    async def get_part(row: part_row, ctx: CurrentContext) -> Response:
        return item_response(ctx, api.present(row))

    @router.post(
        items,
        operation_id=f"create{api.name}",
        summary=api.texts.create.summary,
        description=api.texts.create.description,
        status_code=201,
        responses={201: {"model": api.response_model}},
    )
    async def create_part(body: creation, of: whole_row, ctx: CurrentContext) -> Response:
        new = kind.new(row_values(body, kind.table))
        entered = await operations.create(
            ctx.uow, ctx.access_on(kind.resource), record_read(whole.kind.record, of), new
        )
        return item_response(ctx, api.present(columns_of(entered)), status=201)

    @router.patch(
        item,
        options=RouteOptions(is_conditional=True),
        operation_id=f"update{api.name}",
        summary=api.texts.update.summary,
        description=f"{api.texts.update.description} `If-Match` names the version.",
        responses={200: {"model": api.response_model}},
    )
    async def update_part(
        patch: Annotated[
            dict[str, Any],
            ShownAs(patch_of(api.response_model.__name__, api.body)),
            Body(media_type="application/merge-patch+json"),
        ],
        of: whole_row,
        row: part_row,
        ctx: CurrentContext,
    ) -> Response:
        if not is_current(ctx.request, row["version"]):
            raise changed_since(api.present(row))
        body = patched(api.body, api.written(row), patch)
        access, record = ctx.access_on(kind.resource), record_read(whole.kind.record, of)
        before = await operations.lock(ctx.uow, access, record, row["id"], row["version"])
        after = await operations.update(ctx.uow, before, with_columns(before, row_values(body, kind.table)))
        return item_response(ctx, api.present(columns_of(after)))

    return router
