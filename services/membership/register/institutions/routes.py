"""Institutions over HTTP: the routes of every record, and the match of an affiliation."""

from typing import Annotated, Any

import orjson
from fastapi import Query, Response

from services.membership.access import ROLES
from services.membership.register.duplicates.operations import duplicates_of_institution
from services.membership.register.institutions import operations, queries, record
from services.membership.register.institutions.domain import PUBLISHED
from services.membership.register.institutions.matching.texts import LONGEST
from services.membership.register.institutions.queries import LISTING
from services.membership.register.institutions.schemas import (
    Institution,
    InstitutionBody,
    InstitutionFields,
    Matches,
    present,
    present_match,
    written,
)
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.countries import known_codes
from shared.kernel.errors import invalid_parameter
from shared.kernel.text import fold
from shared.records.access_scope import AccessScope, by_applicant
from shared.web.contract.route_options import RouteOptions
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, Created, Items, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

register_constraint("member_institution_ror_key", "/ror", "Another institution of this country has this ROR id.")


async def _create(uow: UnitOfWork, access: AccessScope, new: record.Institution) -> Created[record.Institution]:
    institution = await operations.create(uow, access, new)
    duplicates = await duplicates_of_institution(uow, access, institution, PUBLISHED)
    return Created(institution, {"duplicates": duplicates} if duplicates else {})


def _columns(body: InstitutionBody) -> dict[str, Any]:
    return body.model_dump(mode="json")


INSTITUTION_API = RecordApi(
    kind=operations.INSTITUTIONS,
    roles=ROLES,
    listing=LISTING,
    response_model=Institution,
    present=present,
    bodies=Bodies(InstitutionBody, columns=_columns, written=written, own=by_applicant),
    create=_create,
    update=operations.update,
    steps=Steps(
        operations.transition, guards=operations.load_guard_context, fields=InstitutionFields, reads_fields=False
    ),
    items=Items(raw_json_columns=("relations",)),
    is_public=True,
)
router = record_routes(INSTITUTION_API)
matching = ResourceRouter(operations.INSTITUTIONS.resource, ROLES)
"""Must be included before `router`, whose items would take `match` for an id."""


@matching.get(
    "/match",
    options=RouteOptions(is_public=True),
    operation_id="matchInstitution",
    summary="Which institutions an affiliation may mean",
    responses={200: {"model": Matches}},
)
async def match_institution(
    ctx: CurrentContext,
    affiliation: Annotated[
        str,
        Query(min_length=1, max_length=LONGEST, description="The affiliation as text.", examples=["Univ. of Soils"]),
    ],
    country: Annotated[
        str | None, Query(min_length=2, max_length=2, description="The country, as an ISO 3166-1 alpha-2 code.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=20, description="The maximum number of institutions.")] = 5,
) -> Response:
    """Every institution counts that the caller may see and that is submitted, verified or inactive."""
    if "\0" in affiliation or not fold(affiliation):
        raise invalid_parameter("affiliation", "The text has nothing to search for.")
    if country is not None and country not in known_codes(fictional=True):
        raise invalid_parameter("country", "Unknown country.")
    async with ctx.connection() as connection:
        found = await queries.matches(connection, ctx.access, affiliation, country)
    items = [present_match(match, row) for match, row in found[:limit]]
    return Response(orjson.dumps({"items": items}), media_type=JSON)
