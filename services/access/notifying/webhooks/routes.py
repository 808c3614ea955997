"""Webhooks over HTTP. Secrets are returned once; the responses stored for a replay have none."""

from datetime import timedelta
from typing import Annotated, Any

import orjson
from fastapi import Depends, Response
from sqlalchemy import Uuid, column

from services.access.access import ROLES
from services.access.notifying.webhooks import deliveries, operations
from services.access.notifying.webhooks.domain import TO_ANOTHER_ADDRESS
from services.access.notifying.webhooks.guards import own_webhooks, with_own_webhooks
from services.access.notifying.webhooks.operations import REPLAY_JOB, WEBHOOKS
from services.access.notifying.webhooks.queries import LISTING
from services.access.notifying.webhooks.replaying import refuse_large
from services.access.notifying.webhooks.schemas import (
    DeliveryPage,
    Figures,
    ReplayBody,
    Webhook,
    WebhookBody,
    WebhookCreate,
    WebhookFields,
    present,
    present_delivery,
)
from shared.database.statements import Row
from shared.kernel.clock import now, to_text
from shared.kernel.errors import invalid_parameter
from shared.kernel.step_up import TWO_FACTORS
from shared.records.access_scope import by_all_but_keys
from shared.records.requirements import require
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.jobs.jobs import Job, queued_response
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.conditional import refuse_stale
from shared.web.request.paging import cut, instant_in, linked_page, page_limit, parameters_of, place_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON

WEBHOOK_API = RecordApi(
    kind=WEBHOOKS,
    roles=ROLES,
    listing=LISTING,
    response_model=Webhook,
    present=present,
    bodies=Bodies(WebhookBody, WebhookCreate, step_up=TO_ANOTHER_ADDRESS, own=by_all_but_keys),
    update=operations.update,
    steps=Steps(
        operations.transition,
        verbs={"rotate": operations.rotate},
        guards=operations.load_guard_context,
        fields=WebhookFields,
        reads_fields=False,
    ),
    dependency=with_own_webhooks,
)
router = record_routes(WEBHOOK_API)
_Readable = Annotated[Row, Depends(WEBHOOK_API.readable)]
_PLACE: list[Any] = [column("id", Uuid)]
_STATUSES = frozenset(("pending", "retrying", "delivered", "exhausted", "cancelled"))
_LONGEST = {"hour": timedelta(days=7), "day": timedelta(days=90)}


@router.post(
    "",
    options=RouteOptions(
        problems=("unusable_url", "address_refused", "unknown_event_type", "too_many_webhooks"), step_up=TWO_FACTORS
    ),
    status_code=201,
    responses={201: {"model": Webhook}},
)
async def create_webhook(body: WebhookCreate, ctx: CurrentContext) -> Response:
    """Make one webhook.

    It is sent a ping at once; `verify` activates it after a 2xx answer. The secret is shown once. What is sent is what
    the owner's grants permit at each attempt.
    """
    record, key = await operations.create(ctx.uow, ctx.access, WEBHOOKS.new(body.columns(ctx.principal)))
    if record.owner_id == ctx.principal.id:
        own_webhooks(ctx, record.id)
    return await WEBHOOK_API.respond_once(ctx, record, key.shown_secret)


@router.delete("/{record}", options=RouteOptions(problems=("version_conflict",)), status_code=204)
async def end_webhook(row: _Readable, ctx: CurrentContext) -> Response:
    """End one webhook.

    Nothing is sent any more, and its keys are deleted. A second call changes nothing. `If-Match` is
    compared if it is sent.
    """
    require(ctx.access, "update", None, row["id"])
    if row["status"] != "ended":
        refuse_stale(ctx.request, await WEBHOOK_API.item(row, ctx))
    await operations.end(ctx.uow, row["id"])
    return Response(status_code=204)


@router.get(
    "/{record}/deliveries",
    options=RouteOptions(
        query=query_of(
            "limit",
            "cursor",
            described={"status": "States, separated by commas.", "event_id": "The deliveries of one event."},
        )
    ),
    responses={200: {"model": DeliveryPage}},
)
async def list_webhook_deliveries(row: _Readable, ctx: CurrentContext) -> Response:
    """List what was sent.

    One delivery for each event, the newest first, with its attempts: 30 days where it was delivered, else 90.
    """
    given = parameters_of(ctx.request)
    limit, statuses = page_limit(given.get("limit")), _statuses(given.get("status"))
    after = place_of(ctx, given.get("cursor"), _PLACE)
    async with ctx.connection() as connection:
        rows = await deliveries.page(
            connection,
            ctx.access.context.parameters,
            row["id"],
            statuses=statuses,
            event=given.get("event_id"),
            after=after[0] if after else None,
            limit=limit + 1,
        )
    shown, following = cut(ctx, rows, limit, lambda last: [last["id"]])
    return linked_page({"items": [present_delivery(each) for each in shown], "next": following}, following)


@router.post(
    "/{record}/replays", options=RouteOptions(problems=("replay_too_large",)), status_code=202,
    responses={202: {"model": Job}},
)  # fmt: skip
async def replay_webhook(body: ReplayBody, row: _Readable, ctx: CurrentContext) -> Response:
    """Send events of a webhook again.

    With the same ids, marked as `replay`, at the webhook's rate: what its owner may read now. At most 100,000.
    """
    require(ctx.access, "update", None, row["id"])
    payload = body.payload()
    if not payload["event"]:
        await refuse_large(ctx.uow.connection, payload)
    job = operations.order_replay(ctx.uow, row["id"], payload)
    return queued_response("access", job, REPLAY_JOB, now())


@router.get(
    "/{record}/statistics",
    options=RouteOptions(
        query=query_of(
            described={
                "from": "The beginning (RFC 3339); default: a day ago.",
                "to": "The end; default: now.",
                "step": "`hour` (the default, of 7 days at most) or `day` (of 90).",
            }
        )
    ),
    responses={200: {"model": Figures}},
)
async def get_webhook_statistics(row: _Readable, ctx: CurrentContext) -> Response:
    """Count what came of the deliveries of one webhook.

    Outcomes and times by hour or day.
    """
    given = parameters_of(ctx.request)
    step = given.get("step", "hour")
    if step not in _LONGEST:
        raise invalid_parameter("step", "hour or day.")
    until = instant_in("to", given["to"]) if "to" in given else now()
    since = instant_in("from", given["from"]) if "from" in given else until - timedelta(days=1)
    if not timedelta(0) < until - since <= _LONGEST[step]:
        raise invalid_parameter("from", f"Before `to`, by {_LONGEST[step].days} days at most.")
    async with ctx.connection() as connection:
        rows = await deliveries.figures(connection, ctx.access.context.parameters, row["id"], since, until, step)
    items = [{**dict(each), "at": to_text(each["at"])} for each in rows]
    return Response(orjson.dumps({"items": items}), 200, None, JSON)


def _statuses(raw: str | None) -> list[str] | None:
    if raw is None:
        return None
    found = raw.split(",")
    if not set(found) <= _STATUSES:
        raise invalid_parameter("status", f"Of {', '.join(sorted(_STATUSES))}.")
    return found
