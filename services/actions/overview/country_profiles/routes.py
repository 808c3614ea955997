"""The profile of a country over HTTP: what everybody may know, whoever the caller is."""

from fastapi import Response

from services.actions.access import ROLES
from services.actions.exchange.open_data.domain import OPEN_DATA
from services.actions.exchange.open_data.queries import EVERYBODY
from services.actions.exchange.printed_documents.domain import DocumentKey
from services.actions.exchange.printed_documents.responses import (
    DOCUMENT,
    LANGUAGE,
    PROBLEMS,
    document_response,
    language_of,
)
from services.actions.overview.country_profiles import queries
from services.actions.overview.country_profiles.operations import PROFILE, profile_kind
from services.actions.overview.country_profiles.schemas import CountryProfileAnswer, present
from shared.database.snapshot import snapshot
from shared.kernel.countries import known_codes
from shared.kernel.errors import NotFound
from shared.open_data.requests import fresh, known_countries
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.request import responses
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.route import ResourceRouter

router = ResourceRouter(OPEN_DATA, ROLES, f"{OPEN_DATA.path}/countries")


@router.get(
    "/{code}",
    options=RouteOptions(is_public=True, is_item=True),
    operation_id="getCountryProfile",
    summary="Read what a public page shows of a country",
    responses={200: {"model": CountryProfileAnswer}},
)
async def get_profile(code: str, ctx: CurrentContext) -> Response:
    """The latest published programme with its actions, and the indicators with their public values."""
    _require_known(ctx, code)
    async with snapshot(ctx.read_database, EVERYBODY.context) as connection:
        profile = await queries.profile_of(connection, code)
    return fresh(responses.document_response(ctx, present(profile)))


@router.get(
    "/{code}/profile.pdf",
    options=RouteOptions(is_public=True, is_item=True, query=query_of(described=LANGUAGE), problems=PROBLEMS),
    response_model=None,
    response_class=Response,
    responses=DOCUMENT,
)
async def get_country_profile_pdf(code: str, ctx: CurrentContext) -> Response:
    """Fetch the profile of a country as PDF.

    PDF/A-3, made once for what the profile says; 202 while it is being made.
    """
    _require_known(ctx, code)
    key = DocumentKey(PROFILE, code, language_of(ctx))
    return await document_response(ctx, profile_kind(ctx.settings.issuer), key)


def _require_known(ctx: RequestContext, code: str) -> None:
    known = known_countries(ctx) & known_codes(fictional=ctx.settings.fictional_countries)
    if code not in known:
        raise NotFound("There is no country of this code.")
