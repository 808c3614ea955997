"""The sandbox over HTTP. Elsewhere there is nothing at its addresses."""

from typing import Annotated

import orjson
from fastapi import Depends, Response
from pydantic import Field

from services.access.access import ROLES
from services.access.notifying.sandbox.domain import country_for, resource_of
from shared.contracts.envelope import CloudEvent, Fact
from shared.database.ids import uuid7
from shared.kernel.errors import Forbidden, NotFound, invalid_field
from shared.kernel.resource import Resource
from shared.messaging.outbox import announce
from shared.ratelimit.limiter import Limit
from shared.web.contract.fields import Body, Line
from shared.web.contract.route_options import RouteOptions
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

_EVENTS = Limit("sandbox_events", 60)


class SampleBody(Body):
    """The event to send."""

    type: Annotated[Line, Field(examples=["escm.centres.centre.designated.v1"]), "A type of event."]
    country: Annotated[
        str | None,
        Field(examples=["XA"]),
        "A fictional country; by default the first of which the caller reads such records.",
    ] = None


async def in_sandbox(ctx: CurrentContext) -> None:
    """Raises NotFound outside a sandbox."""
    if ctx.settings.environment != "sandbox":
        raise NotFound("There is nothing at this address.")


router = ResourceRouter(Resource("access", "sandbox", "sandbox"), ROLES, dependencies=[Depends(in_sandbox)])


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
