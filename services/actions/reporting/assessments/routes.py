"""Assessments over HTTP: the routes of every record, and the comparison with what countries report."""

from fastapi import Response

from services.actions.access import ROLES
from services.actions.reporting.assessments import operations, schemas
from services.actions.reporting.assessments.comparison import comparison
from services.actions.reporting.assessments.domain import LARGEST, Wanted
from services.actions.reporting.assessments.queries import LISTING
from services.actions.reporting.reports.operations import REPORTS
from shared.kernel.clock import today
from shared.kernel.countries import known_codes
from shared.kernel.errors import invalid_parameter
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.paging import parameters_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import document_response, key_of
from shared.web.request.route import ResourceRouter

router = record_routes(
    RecordApi(
        kind=operations.ASSESSMENTS,
        roles=ROLES,
        listing=LISTING,
        response_model=schemas.Assessment,
        present=schemas.present,
        bodies=Bodies(schemas.AssessmentBody, creation=schemas.AssessmentCreate, columns=schemas.columns),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.AssessmentFields),
    )
)
comparisons = ResourceRouter(operations.ASSESSMENTS.resource, ROLES)
_PARAMETERS = {
    "country": "The country, as an ISO 3166-1 alpha-2 code.",
    "period": "The code of a period, or its id; without it, every period.",
}


@comparisons.get(
    "/comparison",
    options=RouteOptions(is_item=True, query=query_of(described=_PARAMETERS)),
    operation_id="compareAssessments",
    summary="Compare what a country reports with what independent assessments found",
    responses={200: {"model": schemas.Comparison}},
)
async def compare_assessments(ctx: CurrentContext) -> Response:
    """The subjects of one country that the caller may know of, at most 5,000, each with the completion of its latest
    published independent assessment and that of the country's report."""
    given = parameters_of(ctx.request)
    if (country := given.get("country")) not in known_codes(fictional=True):
        raise invalid_parameter("country", "An ISO 3166-1 alpha-2 code of a country.")
    period = key_of(given["period"]) if "period" in given else None
    async with ctx.connection() as connection:
        found = await comparison(connection, ctx.access, ctx.access_on(REPORTS.resource), Wanted(country, period))
    if len(found) > LARGEST:
        raise invalid_parameter("period", f"That would be more than {LARGEST:,} subjects. Ask for one period.")
    return document_response(ctx, {"items": [schemas.present_compared(one) for one in found], "as_of": today()})
