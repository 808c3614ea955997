"""Citations of editions and contributions over HTTP, for whoever may read the record."""

from typing import Annotated

from fastapi import Depends, Request, Response

from services.actions.access import ROLES
from services.actions.global_report.citing import queries
from services.actions.global_report.citing.domain import Work, contribution_cited, edition_cited, person_of
from services.actions.global_report.citing.formats import CITATIONS
from services.actions.global_report.contributions.participants import is_hidden_from
from services.actions.global_report.contributions.queries import is_alone
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.contributions.routes import CONTRIBUTION_API
from services.actions.global_report.editions.queries import edition_of
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.editions.routes import EDITION_API
from services.actions.settings import ActionsSettings
from shared.database.statements import Row
from shared.kernel.errors import NotFound, invalid_parameter
from shared.records.rows import record_read
from shared.web.contract.route_options import Chosen, RouteOptions, query_of
from shared.web.request.paging import parameters_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import body_response
from shared.web.request.route import ResourceRouter

_QUERY = query_of(described={"format": Chosen("The format; by default `csl`.", tuple(CITATIONS))})
_OF_VERSION = query_of(
    described={
        "format": Chosen("The format; by default `csl`.", tuple(CITATIONS)),
        "version": "The number of a version that an erratum replaced; by default the present one.",
    }
)
_CITED = {
    200: {
        "content": {
            each.media_type.partition(";")[0]: {
                "schema": {"type": "array", "items": {"type": "object"}}
                if name == "csl"
                else {"type": "object" if each.ending.endswith("json") else "string"}
            }
            for name, each in CITATIONS.items()
        },
        "description": "The citation.",
    }
}
of_edition = ResourceRouter(EDITION_API.kind.resource, ROLES)
of_contribution = ResourceRouter(
    CONTRIBUTION_API.kind.resource, ROLES, dependencies=[Depends(CONTRIBUTION_API.dependency)]
)


@of_edition.get(
    "/{record}/citation", options=RouteOptions(is_public=True, is_item=True, query=_QUERY), responses=_CITED
)
async def get_edition_citation(edition: Annotated[Row, Depends(EDITION_API.readable)], ctx: CurrentContext) -> Response:
    """Cite an edition.

    With its DOI: the recorded one, or that of the installation's prefix; without a prefix with the address of its page.
    """
    prefix, origin = _addresses(ctx.request)
    return _cited(ctx, edition_cited(record_read(Edition, edition), prefix, origin))


@of_contribution.get(
    "/{record}/citation", options=RouteOptions(is_public=True, is_item=True, query=_OF_VERSION), responses=_CITED
)
async def get_contribution_citation(
    contribution: Annotated[Row, Depends(CONTRIBUTION_API.readable)], ctx: CurrentContext
) -> Response:
    """Cite a contribution.

    With the authors who have confirmed it, except for who reviews without knowing them. A version that an erratum
    replaced has a DOI of its own, and says which one replaced it.
    """
    of = record_read(Contribution, contribution)
    async with ctx.connection() as connection:
        whole = await edition_of(connection, of.edition_id)
        names = await queries.names_of(connection, of.expert_ids)
        is_only = await is_alone(connection, of)
        errata = await queries.errata_of(connection, of.id)
    version = _version(parameters_of(ctx.request).get("version"))
    if whole is None or version not in (None, of.published_version, *(one.replaces for one in errata)):
        raise NotFound("There is no such version.")
    prefix, origin = _addresses(ctx.request)
    is_hidden = is_hidden_from(ctx.principal, of.id)
    people = [person for author in of.authors if (person := person_of(author, names))] if not is_hidden else []
    shown = edition_cited(whole, prefix, origin)
    return _cited(
        ctx,
        contribution_cited(
            of,
            shown,
            people,
            prefix,
            origin,
            is_alone=is_only,
            is_blind=is_hidden,
            errata=errata,
            version=version,
        ),
    )


def _version(given: str | None) -> int | None:
    """The number of a version in a parameter. Raises what an invalid parameter raises."""
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 6):
        raise invalid_parameter("version", "The number of a version.")
    return int(given)


def _addresses(request: Request) -> tuple[str, str]:
    """The prefix of DOIs and the address of the installation."""
    settings: ActionsSettings = request.app.state.settings
    return settings.doi_prefix, settings.issuer


def _cited(ctx: RequestContext, of: Work) -> Response:
    chosen = CITATIONS.get(parameters_of(ctx.request).get("format", "csl"))
    if chosen is None:
        raise invalid_parameter("format", f"One of {', '.join(CITATIONS)}.")
    response = body_response(ctx, chosen.write(of), media_type=chosen.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{of.key}.{chosen.ending}"'
    return response
