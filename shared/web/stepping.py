"""Many steps at once over HTTP: what is asked is checked, and left to the worker."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from shared.bulk.stepping import MOST, STEP_JOB, Steppable, order_steps
from shared.kernel.clock import now
from shared.kernel.errors import FieldError, Forbidden, Invalid
from shared.records.kind import Step
from shared.web.call import CurrentCall
from shared.web.fields import Body, TransitionBody
from shared.web.jobs import Job, queued_response
from shared.web.route import ResourceRouter


class SeenRecord(Body):
    """A record, and its version as the caller saw it."""

    id: UUID
    version: Annotated[int, Field(ge=1)]


class ManySteps(TransitionBody):
    """The same step on many records, each once."""

    items: Annotated[list[SeenRecord], Field(min_length=1, max_length=MOST)]


def stepping_routes(steppable: Steppable) -> ResourceRouter:
    """The route of many steps at once on one kind of record."""
    resource = steppable.kind.resource
    router = ResourceRouter(resource, steppable.roles)
    name = "".join(part.capitalize() for part in resource.plural.split("_"))

    @router.post(
        "/bulk_transitions",
        operation_id=f"bulkTransition{name}",
        summary=f"Take the same step in the lives of up to {MOST} {resource.plural.replace('_', ' ')}",
        status_code=202,
        responses={202: {"model": Job}},
    )
    async def bulk_transitions(body: ManySteps, call: CurrentCall) -> Response:
        step = Step(body.action, body.reason, body.fields)
        if not call.principal.permission_scope(steppable.roles, resource.name, steppable.verb_of(step)):
            raise Forbidden("Your grants do not include this action.", members={"reason": "not_permitted"})
        _refuse_repeated(body.items)
        job = order_steps(call.uow, steppable, step, [(item.id, item.version) for item in body.items])
        return queued_response(resource.service, job, STEP_JOB, now())

    return router


def _refuse_repeated(items: list[SeenRecord]) -> None:
    first: dict[UUID, int] = {}
    repeated = [place for place, item in enumerate(items) if first.setdefault(item.id, place) != place]
    if repeated:
        raise Invalid(errors=[FieldError("invalid_value", "Named twice.", pointer=f"/items/{n}/id") for n in repeated])
