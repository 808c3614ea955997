"""The messages on the files of one kind of record over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Depends, Response
from pydantic import Field, StringConstraints

from shared.database.statements import Row
from shared.kernel.errors import Forbidden, NotFound
from shared.records.access_scope import AccessScope
from shared.records.conversations import OF_FILE, Conversation
from shared.records.listing import Listing
from shared.records.message import AUDIENCES, FILE, INTERNAL, Message
from shared.records.plain import presenter
from shared.records.requirements import require
from shared.records.rows import columns_of
from shared.web.contract.contract import STATES, create_of
from shared.web.contract.fields import Body, Clean, Document
from shared.web.contract.route_options import RouteOptions, query_of, query_of_list
from shared.web.contract.schemas import RecordResponse, page_of
from shared.web.contract.values import row_values
from shared.web.records.records import RecordApi
from shared.web.request.paging import list_response, members_of, pick_fields
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import item_response, key_of
from shared.web.request.route import ResourceRouter


class MessageBody(Body, of=Message):
    """The body of a message."""

    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=5_000),
        Clean,
        Field(examples=["Which of your fields of science is the main one?"]),
    ]
    audience: Literal[AUDIENCES] = FILE  # type: ignore[valid-type]
    attachments: Annotated[list[Document], Field(max_length=5)] = []


class MessageResponse(RecordResponse, of=Message):
    """A message as a caller sees it."""

    audience: Annotated[str, Field(examples=[FILE], json_schema_extra={STATES: [*AUDIENCES]})]


def message_routes(
    api: RecordApi[Any, Any], conversation: Conversation, response_model: type[MessageResponse]
) -> ResourceRouter:
    """The routes of the messages on the files of one kind of record: list, read, post."""
    resource = api.kind.resource
    single, title, one = resource.class_name, resource.title, resource.a_title
    kind = conversation.messages
    present = presenter(kind.record, kind.table)
    creation: Any = create_of(response_model.__name__, MessageBody)
    known = members_of(response_model)
    file_row = Annotated[Row, Depends(api.readable)]
    router = ResourceRouter(kind.resource, api.roles, dependencies=[Depends(api.dependency)] if api.dependency else [])
    router.prefix = api.kind.resource.path

    def is_office(ctx: RequestContext, verb: str, file: Mapping[str, Any]) -> bool:
        """Whether the caller may do this with internal messages: the person on the file never may."""
        access = ctx.access_on(conversation.internal.resource)
        is_concerned = not api.steps.concerns(file).isdisjoint(ctx.principal.identities)
        return not is_concerned and access.may(verb, file["country"], file["id"])

    def readable(ctx: RequestContext, file: Mapping[str, Any]) -> tuple[Listing, AccessScope]:
        """The caller's list of messages. Raises Forbidden."""
        require(ctx.access, "read", file["country"], file["id"])
        if is_office(ctx, "read", file):
            return conversation.for_office, ctx.access.including_internal()
        return conversation.for_applicant, ctx.access

    @router.get(
        "/{record}/messages",
        options=RouteOptions(query=query_of_list(conversation.for_applicant, without=OF_FILE)),
        operation_id=f"list{single}Messages",
        summary=f"List the messages on the file of {one}",
        description="In pages, the first message first; with `format` all of them as a stream.",
        responses={200: {"model": page_of(response_model)}},
    )
    async def list_messages(file: file_row, ctx: CurrentContext) -> Response:
        listing, access = readable(ctx, file)
        return await list_response(
            ctx, listing, present, known, access=access, fixed={OF_FILE: file["id"]}, verbs=("create",)
        )

    @router.get(
        "/{record}/messages/{message}",
        options=RouteOptions(is_item=True, query=query_of("fields")),
        operation_id=f"get{single}Message",
        summary=f"Read a message on the file of {one}",
        description="One message. An internal message exists for the office alone.",
        responses={200: {"model": response_model}},
    )
    async def get_message(message: str, file: file_row, ctx: CurrentContext) -> Response:
        listing, access = readable(ctx, file)
        async with ctx.connection() as connection:
            row = await listing.get(connection, access, key_of(message))
        if row is None or row[kind.record.scope_column] != file["id"]:
            raise NotFound("There is no such message.")
        return item_response(ctx, present(row, access), fields=pick_fields(ctx.request, known))

    @router.post(
        "/{record}/messages",
        operation_id=f"create{single}Message",
        summary=f"Post a message on the file of {one}",
        description="By the applicant or the office. Nobody changes or deletes it. `internal` is for the office alone.",
        status_code=201,
        responses={201: {"model": response_model}},
    )
    async def create_message(body: creation, file: file_row, ctx: CurrentContext) -> Response:
        require(ctx.access, "create", file["country"], file["id"])
        if body.audience == INTERNAL and not is_office(ctx, "create", file):
            raise Forbidden("Only the office posts internal messages.", members={"reason": "not_permitted"})
        locked = await api.kind.lock(ctx.uow, file["id"])
        if any(getattr(locked, gone, None) is not None for gone in ("merged_into", "erased_at")):
            raise NotFound(f"There is no such {title}.")
        posted = await conversation.post(ctx.uow, locked, **row_values(body, kind.table))
        return item_response(ctx, present(columns_of(posted), ctx.access), status=201)

    return router
