"""Errors that readers report, over HTTP, without a token."""

import orjson
from fastapi import Response

from services.actions.access import ROLES
from services.actions.coordination.tasks import reported, schemas
from services.actions.coordination.tasks.operations import TASKS
from shared.ratelimit.limiter import Limit
from shared.web.contract.catalogue import preferred_language
from shared.web.contract.route_options import RouteOptions
from shared.web.request.request_authenticator import site
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

_HOUR, _DAY = 3600, 86_400
_FROM_NETWORK = Limit("errors_from_network", 5, _HOUR)
_IN_RECORD = Limit("errors_in_record", 5, _DAY)
_IN_COUNTRY = Limit("errors_in_country", 50, _DAY)
router = ResourceRouter(TASKS.resource, ROLES)


@router.post(
    "/reported_errors",
    options=RouteOptions(is_public=True, is_keyed=False),
    status_code=201,
    response_model=None,
    responses={201: {"model": schemas.ReportedError, "description": "The office of the country has it."}},
)
async def report_error(body: schemas.ErrorReport, ctx: CurrentContext) -> Response:
    """Report an error in a public record.

    It becomes a task of the secretariat's officers of the country; nothing is stored of who sent it. One network sends
    five reports an hour; a record takes five a day, a country fifty. Further ones are 429.
    """
    rate_limiter = ctx.request.app.state.rate_limiter
    await rate_limiter.require(_FROM_NETWORK, site(ctx.request))
    country = await reported.country_of(ctx.uow, body.record, fictional=ctx.settings.fictional_countries)
    await rate_limiter.require(_IN_RECORD, body.record)
    await rate_limiter.require(_IN_COUNTRY, country)
    language = body.language or preferred_language(ctx.request.headers.get("accept-language", ""))
    task = await reported.report(ctx.uow, country, reported.Report(body.record, body.text, language))
    return Response(orjson.dumps({"ref": task.ref}), 201, media_type=JSON)
