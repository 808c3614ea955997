"""Consents to be named over HTTP: each person has their own alone."""

from contextlib import suppress
from uuid import UUID

import orjson
from fastapi import Response

from services.actions.access import ROLES
from services.actions.global_report.review.naming import operations, queries, schemas
from shared.kernel.errors import NotFound
from shared.web.contract.route_options import RouteOptions
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON, document_response
from shared.web.request.route import ResourceRouter

router = ResourceRouter(operations.NAMING, ROLES)


@router.get("", responses={200: {"model": schemas.NamingConsentPage}})
async def list_naming_consents(ctx: CurrentContext) -> Response:
    """List one's consents to be named.

    Those of the caller, the newest first; at most 1,000.
    """
    account = _person(ctx)
    async with ctx.connection() as connection:
        rows = await queries.all_of_account(connection, account)
    return document_response(ctx, {"items": [schemas.shown(row) for row in rows], "next": None})


@router.post(
    "",
    options=RouteOptions(problems=("conflict",)),
    status_code=201,
    responses={201: {"model": schemas.NamingConsent}},
)
async def create_naming_consent(body: schemas.NamingConsentCreate, ctx: CurrentContext) -> Response:
    """Consent to be named with one's comments and answers on an edition.

    By a person who reviewed, commented, answered or wrote in it. The name stands with the comments once the edition has
    published them, also with those of before; until then nobody reads it. It may be repeated, and withdrawn.
    """
    wanted = operations.Naming(body.edition_id, _person(ctx), body.name)
    made = schemas.shown(await operations.consent(ctx.uow, ctx.principal, wanted))
    return Response(orjson.dumps(made), 201, {"Location": f"{ctx.request.url.path}/{made['edition_id']}"}, JSON)


@router.delete("/{edition}", status_code=204)
async def withdraw_naming_consent(edition: str, ctx: CurrentContext) -> Response:
    """Withdraw the consent to be named with an edition.

    Published comments and answers name the caller no more. Without one, and a second time, nothing changes.
    """
    account = _person(ctx)
    with suppress(ValueError):
        await operations.withdraw(ctx.uow, UUID(edition), account)
    return Response(status_code=204)


def _person(ctx: RequestContext) -> UUID:
    """The account of the caller. Raises NotFound for machines, which are not named."""
    if ctx.principal.account_id is None:
        raise NotFound("A person consents to be named.")
    return ctx.principal.account_id
