"""The standard routes of one kind of record: reads, creation, change, transitions."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Body as FastBody
from fastapi import Depends, Response
from pydantic import BaseModel

from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Forbidden
from shared.kernel.lifecycle import SecondPersonNeeded
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope
from shared.records.record import Record
from shared.records.requirements import require
from shared.records.resource_type import SHOWN_ONCE, TransitionRequest
from shared.records.rows import record_read, with_columns
from shared.web.contract.contract import ShownAs, create_of, patch_of
from shared.web.contract.route_options import (
    ABOUT,
    STEP_UP,
    STEP_UP_PROBLEMS,
    RouteOptions,
    query_of,
    query_of_list,
)
from shared.web.contract.schemas import History, TransitionBody, Transitions, page_of, transition_model
from shared.web.contract.vocabularies import terms_of
from shared.web.records.pending import PendingTransition, add_pending, propose
from shared.web.records.records import Created, RecordApi
from shared.web.records.withheld import Withheld
from shared.web.request.paging import list_response, members_of, pick_fields
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import (
    HISTORY_QUERY,
    document_response,
    history_response,
    item_response,
    patched,
    show_secret_once,
    transitions_response,
    wanted_form,
)
from shared.web.request.route import ResourceRouter

R = TypeVar("R", bound=Record)
_MAIN_VERBS = ("designate", "recognise", "approve", "publish", "verify", "issue", "accept", "activate", "submit")
"""Verbs that say what a lifecycle is for, the most important first."""


def record_routes(api: RecordApi[Any, Any]) -> ResourceRouter:
    """The standard routes of a kind of record; the resource adds its own."""
    dependency = [Depends(api.dependency)] if api.dependency else []
    router = ResourceRouter(api.kind.resource, api.roles, before=api.bodies.before, dependencies=dependency)
    _add_reads(router, api)
    if api.create is not None:
        _add_creation(router, api, api.create)
    if api.update is not None:
        _add_update(router, api, api.update)
    _add_transition(router, api)
    if api.kind.lifecycle.has_transitions_of_two:
        add_pending(router, api)
    return router


def _add_reads(router: ResourceRouter, api: RecordApi[Any, Any]) -> None:
    """Adds the list, the item, the history and the transitions of the present state."""
    resource = api.kind.resource
    plural, single, title, one = resource.class_names, resource.class_name, resource.title, resource.a_title
    known = members_of(api.response_model)
    readable = Annotated[Row, Depends(api.readable)]
    besides = ("history", *(["update"] if api.update else []))
    verbs = ("import", *besides, *(["create"] if api.create or api.bodies.creation else []), *api.kind.lifecycle.verbs)

    @router.get(
        "",
        options=RouteOptions(is_public=api.is_public, query=query_of_list(api.listing)),
        operation_id=f"list{plural}",
        summary=f"List {resource.titles}",
        description=f"{ABOUT} Those that the caller may know of, in pages; with `format` all of them as a stream.",
        responses={200: {"model": page_of(api.response_model), "description": f"A page of {resource.titles}."}},
    )
    async def list_records(ctx: CurrentContext) -> Response:
        return await list_response(ctx, api.listing, api.present, known, verbs=verbs, own=api.bodies.own)

    @router.get(
        "/{record}",
        options=RouteOptions(is_public=api.is_public, is_item=True, query=query_of("fields", "include")),
        operation_id=f"get{single}",
        summary=f"Read {one}",
        description=f"{ABOUT} The {title} as the caller may see it, with the transitions that its state allows.",
        responses={200: {"model": api.response_model, "description": f"The {title}.", **_in_forms(api.items.forms)}},
    )
    async def get_record(row: Annotated[Any, Depends(api.shown_to)], ctx: CurrentContext) -> Response:
        picked = pick_fields(ctx.request, known)
        if isinstance(row, Withheld):
            return document_response(ctx, row.document)
        if not api.items.forms:
            return item_response(ctx, await api.item(row, ctx), fields=picked)
        if (form := wanted_form(ctx, api.items.forms)) is not None:
            document = await api.items.forms[form](row, ctx)
            response = document_response(ctx, document, version=row["version"], media_type=form)
        else:
            response = item_response(ctx, await api.item(row, ctx), fields=picked)
        response.headers["Vary"] = "Accept"
        return response

    @router.get(
        "/{record}/history",
        options=RouteOptions(query=query_of(*HISTORY_QUERY)),
        operation_id=f"get{single}History",
        summary=f"Read the history of {one}",
        description=f"Who changed which fields of the {title} when, the latest change first: its audit trail.",
        responses={200: {"model": History, "description": "A page of the changes."}},
    )
    async def get_history(row: readable, ctx: CurrentContext) -> Response:
        require(ctx.access, "history", row["country"], api.scope_of(row))
        whole = ctx.access.sees_all_fields(row["country"], api.scope_of(row))
        private = () if whole else api.kind.private
        return await history_response(ctx, row["id"], private, partial(api.items.in_history, row))

    @router.get(
        "/{record}/transitions",
        operation_id=f"get{single}Transitions",
        summary=f"List the transitions of {one}",
        description="Each transition of the present state, whether the caller may take it now, and what it takes. The"
        f" states of {one}: {_named(api.kind.lifecycle.states)}.",
        responses={200: {"model": Transitions, "description": "The present state and what leaves it."}},
    )
    async def get_transitions(row: readable, ctx: CurrentContext) -> Response:
        available_actions = await api.available_actions(record_read(api.kind.record, row), ctx)
        also = [verb for verb in besides if ctx.access.may(verb, row["country"], api.scope_of(row))]
        return transitions_response(api.kind.lifecycle, row["status"], available_actions, api.steps.fields, also)


def _add_creation(
    router: ResourceRouter,
    api: RecordApi[R, Any],
    create: Callable[[UnitOfWork, AccessScope, R], Awaitable[R | Created[R]]],
) -> None:
    """Adds the creation of a record."""
    resource = api.kind.resource
    creation: Any = create_of(api.response_model.__name__, api.bodies.creation or api.bodies.change)

    @router.post(
        "",
        options=RouteOptions(step_up=api.bodies.step_up),
        operation_id=f"create{resource.class_name}",
        summary=f"Create {resource.a_title}",
        description=f"{_required(creation)} The {resource.title} starts as `{api.kind.lifecycle.states[0]}`; `Location`"
        " is its address.",
        status_code=201,
        responses={201: {"model": api.response_model, "description": f"The new {resource.title}."}},
    )
    async def create_record(body: creation, ctx: Annotated[RequestContext, Depends(may_create)]) -> Response:
        columns = api.columns_of(body)
        await api.require_step_up_to_write(ctx, columns, {})
        created = await create(ctx.uow, ctx.access, api.kind.new(columns))
        if isinstance(created, Record):
            return await api.respond_with(ctx, created.id, status=201)
        record, extra = created.record, created.extra_members
        if created.row is None:
            return await api.respond_with(ctx, record.id, status=201, extra_members=extra)
        return item_response(ctx, await api.new_item(record, ctx, created.row), status=201, extra_members=extra)


async def may_create(ctx: CurrentContext) -> RequestContext:
    """The guard of creation: Forbidden for a machine without write permission for the kind, before the body is read."""
    if ctx.principal.is_machine and not ctx.access.write:
        raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
    return ctx


def _add_update(
    router: ResourceRouter, api: RecordApi[R, Any], update: Callable[[UnitOfWork, AccessScope, R, R], Awaitable[Any]]
) -> None:
    """Adds the change of a record by a merge patch."""
    resource = api.kind.resource
    changeable = Annotated[Row, Depends(api.changeable())]
    patch_body = Annotated[
        dict[str, Any],
        ShownAs(patch_of(api.response_model.__name__, api.bodies.change)),
        FastBody(media_type="application/merge-patch+json"),
    ]

    @router.patch(
        "/{record}",
        options=RouteOptions(is_conditional=True, step_up=api.bodies.step_up),
        operation_id=f"update{resource.class_name}",
        summary=f"Change {resource.a_title}",
        description="A merge patch: absent fields are unchanged, null removes a value. `If-Match` names the version of"
        f" the {resource.title}.",
        responses={
            200: {"model": api.response_model, "description": f"The {resource.title}."},
            **(_proposed(api) if api.steps.proposes_changes else {}),
        },
    )
    async def update_record(patch: patch_body, row: changeable, ctx: CurrentContext) -> Response:
        return await apply_patch(api, update, ctx, row, patch)


def _add_transition(router: ResourceRouter, api: RecordApi[Any, Any]) -> None:
    """Adds the transition of a record by a verb."""
    resource, lifecycle = api.kind.resource, api.kind.lifecycle
    changeable = Annotated[Row, Depends(api.changeable())]
    shown = transition_model(resource.class_name, lifecycle, api.steps.fields)
    transition_body = Annotated[TransitionBody, ShownAs(shown)]
    steps_up = {verb: asked.described for verb, asked in lifecycle.steps_up.items()}

    @router.post(
        "/{record}/transitions",
        options=RouteOptions(is_conditional=True, problems=STEP_UP_PROBLEMS if steps_up else ()),
        openapi_extra={STEP_UP: {"actions": steps_up}} if steps_up else None,
        operation_id=f"transition{resource.class_name}",
        summary=moving(resource, lifecycle.verbs),
        description=f"Changes the state of the {resource.title} by one of its `allowed_actions`:"
        f" {_named(lifecycle.verbs)}. `If-Match` names the version.",
        responses={
            200: {"model": api.response_model, "description": f"The {resource.title}."},
            **_proposed(api),
        },
    )
    async def transition_record(body: transition_body, row: changeable, ctx: CurrentContext) -> Response:
        return await take_transition(api, ctx, row, body)


def moving(resource: Resource, verbs: Sequence[str]) -> str:
    """The summary of the transitions of a record: `Approve or otherwise move an expert`."""
    if not verbs:
        return f"Move {resource.a_title} to another state"
    main = next((verb for verb in _MAIN_VERBS if verb in verbs), verbs[0])
    others = " or otherwise move" if len(verbs) > 1 else ""
    return f"{_title_of(main, resource)}{others} {resource.a_title}"


def _title_of(verb: str, resource: Resource) -> str:
    terms = terms_of("verbs", verb)
    own = next((term for term in terms if term.resource == resource.name), None)
    return (own or terms[0]).titles["en"] if terms else verb.replace("_", " ").capitalize()


def _named(codes: Sequence[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def _required(body: type[BaseModel]) -> str:
    names = [field.alias or name for name, field in body.model_fields.items() if field.is_required()]
    return f"Requires {_named(names)}." if names else "Requires no field."


async def apply_patch(
    api: RecordApi[R, Any],
    update: Callable[[UnitOfWork, AccessScope, R, R], Awaitable[Any]],
    ctx: RequestContext,
    row: Row,
    patch: Mapping[str, Any],
) -> Response:
    """The record after a merge patch, or the proposed change that waits for a second person. Raises Forbidden without
    the permission to update the record, or to publish it if the patch has its visibility alone."""
    place = row["country"], api.scope_of(row)
    if patch.keys() != {"visibility"} or not ctx.access.may("publish", *place):
        require(ctx.access, "update", *place, field="/visibility" if patch.keys() == {"visibility"} else "")
    body = patched(api.bodies.change, api.written_in(row), patch)
    before = await api.kind.lock(ctx.uow, row["id"], row["version"])
    columns = api.columns_of(body)
    await api.require_step_up_to_write(ctx, columns, row)
    wanted = with_columns(before, columns)
    try:
        await update(ctx.uow, ctx.access, before, wanted)
    except SecondPersonNeeded as needed:
        return await propose(api, ctx, row, TransitionBody(action=needed.action, fields=needed.fields))
    return await api.respond_with(ctx, row["id"])


async def take_transition(api: RecordApi[Any, Any], ctx: RequestContext, row: Row, body: TransitionBody) -> Response:
    """The record after a transition, or the proposed one that waits for a second person."""
    await api.require_step_up(ctx, row, body.action, body.fields)
    try:
        await api.take(ctx.uow, ctx.access, row, TransitionRequest(body.action, body.reason, body.fields))
    except SecondPersonNeeded:
        return await propose(api, ctx, row, body)
    response = await api.respond_with(ctx, row["id"])
    if (secret := ctx.uow.scratch.get(SHOWN_ONCE)) is not None:
        return show_secret_once(response, {**orjson.loads(response.body), "secret": secret})
    return response


def _in_forms(forms: Mapping[str, object]) -> dict[str, Any]:
    """The other media types of an item, in the contract."""
    return {"content": {form: {"schema": {"type": "object"}} for form in forms}} if forms else {}


def _proposed(api: RecordApi[Any, Any]) -> dict[int | str, dict[str, Any]]:
    if not api.kind.lifecycle.has_transitions_of_two:
        return {}
    return {202: {"model": PendingTransition, "description": "The transition needs a second person."}}
