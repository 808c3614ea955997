"""API clients over HTTP. A secret is returned once; the response stored for a replay has none."""

from typing import Annotated

import orjson
from fastapi import Depends, Response

from services.access.access import ROLES
from services.access.principals.clients import operations
from services.access.principals.clients.domain import CONFIRM_SECRET, OTHER_CREDENTIALS, keys_required
from services.access.principals.clients.guards import gives_secrets, with_clients_of_contact
from services.access.principals.clients.queries import LISTING
from services.access.principals.clients.schemas import (
    Client,
    ClientBody,
    ClientCreate,
    ClientFields,
    ClientSecret,
    ProposedSecret,
    present,
)
from services.access.principals.clients.tables import client
from shared.database.statements import Row
from shared.kernel.step_up import TWO_FACTORS
from shared.records.requirements import require
from shared.records.rows import columns_of
from shared.web.contract.route_options import RouteOptions
from shared.web.contract.schemas import TransitionBody
from shared.web.contract.values import row_values
from shared.web.records.pending import propose
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON, show_secret_once

CLIENT_API = RecordApi(
    kind=operations.CLIENTS,
    roles=ROLES,
    listing=LISTING,
    response_model=Client,
    present=present,
    bodies=Bodies(ClientBody, creation=ClientCreate, step_up=OTHER_CREDENTIALS),
    update=operations.update,
    steps=Steps(
        operations.transition,
        guards=operations.load_guard_context,
        fields=ClientFields,
        keeps_null=True,
        proposes_changes=True,
        entitles=operations.is_contact,
    ),
    dependency=with_clients_of_contact,
)
router = record_routes(CLIENT_API)


@router.post("", options=RouteOptions(step_up=TWO_FACTORS), status_code=201, responses={201: {"model": Client}})
async def create_client(body: ClientCreate, ctx: CurrentContext) -> Response:
    """Create one client.

    The secret, where it has one, is shown once; in production a client has `jwks` instead (`keys_required`), unless the
    operator lets it have a secret. The client that a focal point makes is `proposed`: it gets no token
    until the secretariat confirms it.
    """
    if not (body.public or body.jwks or gives_secrets(ctx)):
        raise keys_required()
    new = operations.CLIENTS.new(row_values(body, client))
    record, secret = await operations.create(ctx.uow, ctx.access, new)
    return await CLIENT_API.respond_once(ctx, record, secret)


@router.post(
    "/{record}/secrets",
    options=RouteOptions(step_up=TWO_FACTORS),
    status_code=201,
    responses={
        201: {"model": ClientSecret},
        202: {"model": ProposedSecret, "description": "The secret waits for a second person."},
    },
)
async def add_client_secret(row: Annotated[Row, Depends(CLIENT_API.readable)], ctx: CurrentContext) -> Response:
    """Give a client a further secret.

    A client has at most two, so that it can change from one to the other. The secret is shown once, and valid for a
    year. A client that signs gets none where new clients sign (`client_signs`).
    """
    require(ctx.access, "update", row["country"], row["id"])
    before = await operations.CLIENTS.lock(ctx.uow, row["id"])
    after, secret = await operations.add_secret(ctx.uow, ctx.access, before, gives_secrets=gives_secrets(ctx))
    status, place, content = 201, None, {"id": str(after.id), "client_id": after.client_id}
    if after.proposed_secret is not None:
        waiting = await propose(CLIENT_API, ctx, columns_of(after), TransitionBody(action=CONFIRM_SECRET))
        status, place, content = 202, {"Location": waiting.headers["location"]}, orjson.loads(waiting.body)
    stored = Response(orjson.dumps({**content, "secret": None}), status, place, JSON)
    return show_secret_once(stored, {**content, "secret": secret})


@router.delete(
    "/{record}/secrets/oldest",
    options=RouteOptions(is_conditional=True, step_up=TWO_FACTORS),
    responses={200: {"model": Client}},
)
async def remove_client_secret(row: Annotated[Row, Depends(CLIENT_API.readable)], ctx: CurrentContext) -> Response:
    """Remove the older of two secrets of a client.

    What still uses it gets `invalid_client` from now on. `If-Match` names the version that has both, so that a repeated
    request never removes another one.
    """
    require(ctx.access, "update", row["country"], row["id"])
    await CLIENT_API.require_current(row, ctx)
    before = await operations.CLIENTS.lock(ctx.uow, row["id"], row["version"])
    await operations.remove_oldest_secret(ctx.uow, before)
    return await CLIENT_API.respond_with(ctx, before.id)
