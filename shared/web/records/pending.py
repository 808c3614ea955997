"""Transitions with a second person over HTTP: a proposal returns 202, and another person confirms or declines it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import Depends, Response
from pydantic import Field

from shared.auth.offices import holds
from shared.auth.second_person import FirstPerson, could_confirm, named_in, refuse_as_second_person
from shared.database.statements import Connection, Row
from shared.kernel.clock import to_text
from shared.kernel.errors import Conflict, Forbidden, Gone, NotFound
from shared.kernel.principal import Principal, PrincipalKind
from shared.records import pending
from shared.records.record import Record, Refers
from shared.records.requirements import require
from shared.records.resource_type import TransitionRequest
from shared.web.contract.fields import Body, Prose, ResponseModel
from shared.web.contract.route_options import RouteOptions
from shared.web.contract.schemas import Links, TransitionBody
from shared.web.records.records import RecordApi
from shared.web.request.conditional import changed_since
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON, key_of
from shared.web.request.route import ResourceRouter


class Proposer(ResponseModel):
    """Who acted."""

    kind: Annotated[str, Field(examples=["account"]), "`account`, `client` or `api_key`."]
    id: Annotated[UUID, "The id of the account, client or key."]


class Confirmer(ResponseModel):
    """A person who could confirm."""

    id: Annotated[UUID, Refers("/access/v1/accounts"), "The id of the account."]
    name: Annotated[str, Field(examples=["Amina Khan"]), "The person's name."]


class PendingRecord(ResponseModel):
    """The record of the pending transition, and its version at the proposal."""

    id: Annotated[UUID, "The record's id."]
    ref: Annotated[str, Field(examples=["GRT-000123"]), "The record's ref."]
    version: Annotated[int, Field(examples=[3]), "The record's version when the transition was proposed."]


class PendingTransition(ResponseModel):
    """A transition that one person proposed and another has to confirm. `second_person` is the only account that may
    confirm, or null if any other administrator may. `reason` and `fields` are deleted after the decision."""

    id: Annotated[UUID, "The id of the pending transition."]
    action: Annotated[str, Field(examples=["terminate"]), "The verb."]
    reason: Annotated[str | None, "The reason that was given; null once it is decided."]
    fields: Annotated[dict[str, Any], Field(examples=[{}]), "What was given with it; empty once it is decided."]
    status: Annotated[Literal["pending", "confirmed", "declined", "withdrawn", "expired"], "What became of it."]
    proposed_by: Annotated[Proposer, "Who proposed it."]
    second_person: Annotated[
        UUID | None,
        Refers("/access/v1/accounts"),
        "The only account that may confirm; null where any other administrator may.",
    ]
    record: Annotated[PendingRecord, "The record that it changes."]
    created_at: Annotated[datetime, "When it was proposed."]
    expires_at: Annotated[datetime, "When the proposal ends: after 24 hours."]
    links: Annotated[Links, "Addresses of the pending transition."]


class OpenTransition(PendingTransition):
    """A pending transition, with whoever could confirm it now."""

    could_confirm: Annotated[
        list[Confirmer],
        "The people who could confirm it now, at most 20. Whoever proposed it, is concerned, or set within 30 days the"
        " address of the proposer, or got theirs from them, is none of them.",
    ]


class PendingTransitionPage(ResponseModel):
    """The pending transitions of a record, the oldest first, at most 100."""

    items: Annotated[list[OpenTransition], "The pending transitions, the oldest first."]
    next: Annotated[str | None, Field(examples=[None]), "Always null: there is no next page."]


class DecisionBody(Body):
    """The decision about a pending transition: another person confirms or declines it, or its proposer withdraws it."""

    decision: Annotated[
        Literal["confirm", "decline", "withdraw"],
        Field(examples=["confirm"]),
        "What becomes of it: another person confirms or declines, or its proposer withdraws.",
    ]
    reason: Annotated[Prose | None, "The reason; the history shows it."] = None


def shown(api: RecordApi[Any, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """A pending transition in a response."""
    status = "expired" if row["status"] == "pending" and row["is_over"] else row["status"]
    return {
        "id": str(row["id"]),
        "action": row["action"],
        "reason": row["reason"],
        "fields": row["fields"],
        "status": status,
        "proposed_by": {"kind": row["proposer_kind"], "id": str(row["proposer_id"])},
        "second_person": str(row["second_person"]) if row["second_person"] else None,
        "record": {"id": str(row["record_id"]), "ref": row["record_ref"], "version": row["record_version"]},
        "created_at": to_text(row["created_at"]),
        "expires_at": to_text(row["expires_at"]),
        "links": {"self": f"{api.kind.resource.link(row['record_id'])}/transitions/pending/{row['id']}"},
    }


async def propose(api: RecordApi[Any, Any], ctx: RequestContext, seen: Row, body: TransitionBody) -> Response:
    """Stores the requested transition as pending. Raises Conflict if the same transition is already pending."""
    record = await api.kind.lock(ctx.uow, seen["id"], seen["version"])
    other = await pending.lock_same(ctx.uow.connection, api.kind, record.id, body.action)
    if other is not None:
        if not other["is_over"] and other["record_version"] == record.version:
            link = shown(api, other)["links"]["self"]
            raise Conflict("This transition already waits for a second person.", members={"pending": link})
        await pending.end(ctx.uow, api.kind, record, other, "expired", "the record has changed or the time is over")
    waiting = await pending.add(
        ctx.uow,
        api.kind,
        record,
        action=body.action,
        reason=body.reason,
        fields=body.fields,
        second_person=named_in(body.fields),
        concerned=api.steps.concerns(seen),
    )
    content = shown(api, waiting)
    return Response(orjson.dumps(content), 202, {"Location": content["links"]["self"]}, JSON)


def add_pending(router: ResourceRouter, api: RecordApi[Any, Any]) -> None:
    """The routes of pending transitions of one kind of record."""
    single, title, one = api.kind.resource.class_name, api.kind.resource.title, api.kind.resource.a_title
    readable = Annotated[Row, Depends(api.readable)]
    decidable = Annotated[Row, Depends(_decidable(api))]
    response_model: Any = api.response_model

    @router.get(
        "/{record}/transitions/pending",
        operation_id=f"list{single}PendingTransitions",
        summary=f"List the transitions of {one} that wait for a second person",
        description=f"Proposed transitions of the {title}, the oldest first, at most 100, each for 24 hours.",
        responses={200: {"model": PendingTransitionPage}},
    )
    async def list_pending(row: readable, ctx: CurrentContext) -> Response:
        require(ctx.access, "history", row["country"], api.scope_of(row))
        context = ctx.access.including_record(row["id"]).context
        async with ctx.connection() as connection:
            found = await pending.of_record(connection, context, api.kind, row["id"])
            items = [shown(api, one) | {"could_confirm": await _people(connection, one)} for one in found]
        return Response(orjson.dumps({"items": items, "next": None}), 200, None, JSON)

    @router.get(
        "/{record}/transitions/pending/{pending_id}",
        options=RouteOptions(is_item=True),
        operation_id=f"get{single}PendingTransition",
        summary=f"Read a pending transition of {one}",
        description=f"A transition of the {title} that waits for a second person, or did.",
        responses={200: {"model": PendingTransition}},
    )
    async def get_pending(row: readable, pending_id: str, ctx: CurrentContext) -> Response:
        require(ctx.access, "history", row["country"], api.scope_of(row))
        key = key_of(pending_id)
        context = ctx.access.including_record(row["id"]).context
        async with ctx.connection() as connection:
            found = await pending.one(connection, context, api.kind, row["id"], key) if isinstance(key, UUID) else None
        if found is None:
            raise NotFound("There is no such pending transition.")
        return Response(orjson.dumps(shown(api, found)), 200, None, JSON)

    @router.post(
        "/{record}/transitions/pending/{pending_id}",
        operation_id=f"decide{single}PendingTransition",
        summary=f"Confirm, decline or withdraw a pending transition of {one}",
        description=f"What becomes of a proposed transition of the {title}. Another person confirms or declines it"
        " with their own token; its proposer withdraws it.",
        responses={200: {"model": response_model | PendingTransition}},
    )
    async def decide_pending(row: decidable, pending_id: str, body: DecisionBody, ctx: CurrentContext) -> Response:
        record = await api.kind.lock(ctx.uow, row["id"])
        key = key_of(pending_id)
        waiting = await pending.lock(ctx.uow.connection, api.kind, row["id"], key) if isinstance(key, UUID) else None
        if waiting is None:
            raise NotFound("There is no such pending transition.")
        _require_open(waiting)
        if body.decision == "confirm":
            return await _confirm(api, ctx, row, record, waiting)
        if body.decision == "withdraw":
            if waiting["proposer_id"] not in ctx.principal.identities:
                raise Forbidden(
                    "Only the proposer can withdraw this transition.", members={"reason": "not_the_proposer"}
                )
        else:
            await refuse_as_second_person(ctx.uow.connection, ctx.principal, _first(waiting))
        ending: Any = "declined" if body.decision == "decline" else "withdrawn"
        await pending.end(ctx.uow, api.kind, record, waiting, ending, body.reason)
        return Response(orjson.dumps({**shown(api, waiting), "status": ending}), 200, None, JSON)


def _decidable(api: RecordApi[Any, Any]) -> Callable[..., Awaitable[Row]]:
    """The guard of decisions: Forbidden without any grant to change the record."""

    async def decidable_record(row: Annotated[Row, Depends(api.readable)], ctx: CurrentContext) -> Row:
        if not ctx.access.write.covers(row["country"], api.scope_of(row)):
            raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
        return row

    return decidable_record


def _require_open(waiting: Row) -> None:
    if waiting["status"] == "expired" or (waiting["status"] == "pending" and waiting["is_over"]):
        raise Gone("Nobody confirmed the transition within 24 hours. Propose it again.", members={"reason": "expired"})
    if waiting["status"] != "pending":
        raise Conflict("This pending transition was decided already.", members={"reason": waiting["status"]})


async def _people(connection: Connection, waiting: Row) -> list[dict[str, Any]]:
    rows = await could_confirm(connection, _first(waiting))
    return [{"id": str(row["id"]), "name": row["name"]} for row in rows]


def _first(waiting: Row) -> FirstPerson:
    ids = tuple(key for key in (waiting["proposer_id"], waiting["proposer_owner"]) if key)
    return FirstPerson(ids, waiting["second_person"], frozenset(waiting["concerned"]))


async def _confirm(api: RecordApi[Any, Any], ctx: RequestContext, row: Row, record: Record, waiting: Row) -> Response:
    """Takes the transition as the caller, after repeating all checks."""
    first = _first(waiting)
    await refuse_as_second_person(ctx.uow.connection, ctx.principal, first)
    if not ctx.access.may(waiting["action"], row["country"], api.scope_of(row)):
        raise Forbidden("Your grants do not include this action.", members={"reason": "second_person_not_entitled"})
    if waiting["record_version"] != record.version or record.version != row["version"]:
        raise changed_since(await api.item(row, ctx))
    proposer, action = first.ids[-1], waiting["action"]
    await api.require_step_up(ctx, row, action, waiting["fields"])
    resource, country = api.kind.resource, row["country"]
    if not api.steps.entitles(row, proposer, action) and not await holds(
        ctx.uow.connection, proposer, api.roles, resource, action, country, api.scope_of(row)
    ):
        members = {"current_state": row["status"], "reason": "proposer_not_entitled", "allowed_actions": []}
        detail = "The proposer may no longer take this transition."
        raise Conflict(detail, code="transition_not_allowed", members=members)
    kind, owner = PrincipalKind(waiting["proposer_kind"]), waiting["proposer_owner"]
    proposed_by = Principal(kind, waiting["proposer_id"], owner=owner)
    requested = TransitionRequest(action, waiting["reason"], waiting["fields"], proposed_by)
    await pending.end(ctx.uow, api.kind, record, waiting, "confirmed")
    await api.take(ctx.uow, ctx.access, row, requested)
    return await api.respond_with(ctx, row["id"])
