"""The validation of a country's results over HTTP."""

from uuid import UUID

import orjson
from fastapi import Response

from services.actions.access import ROLES
from services.actions.measurement.periods import queries as periods
from services.actions.measurement.results.comparisons import surroundings_of
from services.actions.measurement.results.operations import RESULTS
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.schemas import present_violations
from services.actions.measurement.results.validation import violations
from services.actions.measurement.validations import queries
from services.actions.measurement.validations.schemas import MOST_RESULTS, Validated, ValidationBody
from shared.kernel.errors import unknown_reference
from shared.web.contract.route_options import RouteOptions
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(RESULTS.resource, ROLES)


@router.post("/validate", options=RouteOptions(is_keyed=False, opens_late=True), responses={200: {"model": Validated}})
async def validate_results(body: ValidationBody, ctx: CurrentContext) -> Response:
    """List what violates rules in a country and period.

    The violations of up to 500 living results that the caller's grants cover. Nothing is changed.
    """
    async with ctx.connection() as connection:
        if await periods.get(connection, body.period_id) is None:
            raise unknown_reference("/period_id", "period")
        found = await queries.living(
            connection, ctx.access, body.country, body.period_id, body.after or UUID(int=0), MOST_RESULTS + 1
        )
        results, more = found[:MOST_RESULTS], found[MOST_RESULTS:]
        around = await surroundings_of(connection, results)
    items = [
        {**shown, **_named(one)}
        for one in results
        for shown in present_violations(violations(one, around[one.id]), one.acknowledged)
    ]
    following = str(results[-1].id) if more else None
    content = {"items": items, "validated": len(results), "next": following}
    return Response(orjson.dumps(content), media_type=JSON)


def _named(record: Result) -> dict[str, str | None]:
    """Which result a violation is of."""
    others = {name: getattr(record, name) for name in ("indicator_id", "action_id", "centre_id")}
    ids = {name: None if key is None else str(key) for name, key in others.items()}
    return {"result_id": str(record.id), "status": record.status, **ids}
