"""Bulk transitions over HTTP: the request is checked, and a job is created."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field

from shared.bulk.stepping import MOST, STEP_JOB, Steppable, order_steps
from shared.kernel.clock import now
from shared.kernel.errors import FieldError, Forbidden, Invalid
from shared.kernel.step_up import TWO_FACTORS
from shared.records.resource_type import TransitionRequest
from shared.web.contract.contract import ShownAs
from shared.web.contract.fields import Body
from shared.web.contract.route_options import RouteOptions
from shared.web.contract.schemas import TransitionBody, transition_model
from shared.web.jobs.jobs import Job, queued_response
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter
from shared.web.request.step_up import require_step_up

MANY = 50
"""Records that one person takes through a step without another look at their sign-in."""


class SeenRecord(Body):
    """A record, and its version as the caller saw it."""

    id: Annotated[UUID, "The record's id."]
    version: Annotated[int, Field(ge=1), Field(examples=[3]), "The version that the caller saw."]


class ManySteps(TransitionBody):
    """The same transition of many records, each once."""

    items: Annotated[list[SeenRecord], Field(min_length=1, max_length=MOST), "The records, each once."]


def stepping_routes(steppable: Steppable, fields: type[BaseModel] | None = None) -> ResourceRouter:
    """The route of bulk transitions of one kind of record. `fields` is the model of the transitions' fields."""
    resource = steppable.kind.resource
    router = ResourceRouter(resource, steppable.roles)
    name = resource.class_names
    shown = transition_model(f"Bulk{name}", steppable.kind.lifecycle, fields, ManySteps)
    many_steps = Annotated[ManySteps, ShownAs(shown)]

    @router.post(
        "/bulk_transitions",
        options=RouteOptions(step_up=TWO_FACTORS.only(f"of more than {MANY} records")),
        operation_id=f"bulkTransition{name}",
        summary=f"Take up to {MOST} {resource.titles} through one transition",
        description=f"Left to a job, whose result accounts for each of the {resource.titles}.",
        status_code=202,
        responses={202: {"model": Job}},
    )
    async def bulk_transitions(body: many_steps, ctx: CurrentContext) -> Response:
        requested = TransitionRequest(body.action, body.reason, body.fields)
        if not ctx.principal.permission_scope(steppable.roles, resource.name, steppable.verb_of(requested)):
            raise Forbidden("Your grants do not include this action.", members={"reason": "not_permitted"})
        if len(body.items) > MANY:
            await require_step_up(ctx.request, ctx.principal, TWO_FACTORS)
        _refuse_repeated(body.items)
        job = order_steps(ctx.uow, steppable, requested, [(item.id, item.version) for item in body.items])
        return queued_response(resource.service, job, STEP_JOB, now())

    return router


def _refuse_repeated(items: list[SeenRecord]) -> None:
    first: dict[UUID, int] = {}
    repeated = [place for place, item in enumerate(items) if first.setdefault(item.id, place) != place]
    if repeated:
        raise Invalid(
            errors=[
                FieldError("invalid_value", "This record is named twice.", pointer=f"/items/{n}/id") for n in repeated
            ]
        )
