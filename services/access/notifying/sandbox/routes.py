"""The sandbox over HTTP. Elsewhere there is nothing at its addresses."""

from typing import Annotated

import orjson
from fastapi import Depends, Response
from pydantic import Field

from services.access.access import ROLES
from services.access.notifying.sandbox import operations
from services.access.notifying.sandbox.domain import SANDBOX, country_for, resource_of
from shared.contracts.envelope import CloudEvent, Fact
from shared.database.ids import uuid7
from shared.kernel.clock import now
from shared.kernel.countries import FICTIONAL_CODES
from shared.kernel.errors import Forbidden, NotFound, invalid_field
from shared.messaging.outbox import announce
from shared.ratelimit.limiter import Limit
from shared.records.requirements import require
from shared.web.contract.fields import Body, Line
from shared.web.contract.route_options import RouteOptions
from shared.web.jobs.jobs import Job, queued_response
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

_EVENTS = Limit("sandbox_events", 60)
_RESETS = Limit("sandbox_resets", 1, 3600)


class SampleBody(Body):
    """The event to send."""

    type: Annotated[Line, Field(examples=["escm.centres.centre.designated.v1"]), "A type of event."]
    country: Annotated[
        str | None,
        Field(examples=["XA"]),
        "A fictional country; by default the first of which the caller reads such records.",
    ] = None


class ResetBody(Body):
    """The country to reset."""

    country: Annotated[
        str | None, Field(examples=["XB"]), "A fictional country; without it all of them, for platform operators."
    ] = None


async def in_sandbox(ctx: CurrentContext) -> None:
    """Raises NotFound outside a sandbox."""
    if ctx.settings.environment != "sandbox":
        raise NotFound("There is nothing at this address.")


router = ResourceRouter(SANDBOX, ROLES, dependencies=[Depends(in_sandbox)])


@router.post(
    "/events",
    options=RouteOptions(problems=("not_found",)),
    status_code=202,
    responses={202: {"model": CloudEvent}},
)
async def create_sample_event(body: SampleBody, ctx: CurrentContext) -> Response:
    """Send a sample of an event in a sandbox.

    The feed and webhooks have it like any other: of a fictional country whose records of that kind the caller reads,
    about a record that does not exist. 60 a minute.
    """
    resource = resource_of(body.type)
    if resource is None:
        raise invalid_field("/type", "not_one_of", "A type of event that the feed has.")
    country = country_for(ctx.principal, resource, body.country)
    if country is None:
        raise Forbidden(
            "Your grants do not include such records of a fictional country.", members={"reason": "not_permitted"}
        )
    await ctx.request.app.state.rate_limiter.require(_EVENTS, ctx.principal.label)
    service, _, plural = resource.partition(".")
    subject = uuid7()
    fact = Fact(
        type=body.type,
        subject=subject,
        ref=f"SAMPLE-{subject.hex[-6:].upper()}",
        version=1,
        country=country,
        link=f"/{service}/v1/{plural}/{subject}",
    )
    announce(ctx.uow, fact)
    return Response(orjson.dumps(fact.cloudevent()), 202, None, JSON)


@router.post(
    "/resets",
    options=RouteOptions(problems=("not_found", "country_forbidden")),
    status_code=202,
    responses={202: {"model": Job}},
)
async def reset_sandbox(body: ResetBody, ctx: CurrentContext) -> Response:
    """Return a country of a sandbox to its seed.

    For whoever may write for the country, once an hour, and for platform operators at any time. Each service replaces
    the country's records by those of the seed in one transaction; the job ends when all have done so. Accounts,
    clients, keys and webhooks stay. Every country returns to its seed at midnight UTC.
    """
    if body.country is not None and body.country not in FICTIONAL_CODES:
        raise invalid_field("/country", "not_one_of", "A fictional country.")
    require(ctx.access, "reset", body.country, field="/country")
    if not ctx.access.may("reset", None):
        await ctx.request.app.state.rate_limiter.require(_RESETS, str(body.country))
    job = operations.order_reset(ctx.uow, body.country)
    return queued_response("access", job, operations.RESET_ALL_JOB, now())
