"""API keys over HTTP. A key is returned once; the response stored for a replay has none."""

from fastapi import Response

from services.access.access import ROLES
from services.access.principals.api_keys import operations
from services.access.principals.api_keys.domain import CONFIRM
from services.access.principals.api_keys.guards import own_keys, with_own_keys
from services.access.principals.api_keys.queries import LISTING
from services.access.principals.api_keys.schemas import ApiKey, ApiKeyBody, ApiKeyCreate, ApiKeyFields, present
from shared.kernel.step_up import TWO_FACTORS
from shared.records.access_scope import by_person
from shared.records.rows import columns_of
from shared.web.contract.route_options import RouteOptions
from shared.web.contract.schemas import TransitionBody
from shared.web.records.pending import propose
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.request_context import CurrentContext

API_KEY_API = RecordApi(
    kind=operations.API_KEYS,
    roles=ROLES,
    listing=LISTING,
    response_model=ApiKey,
    present=present,
    bodies=Bodies(ApiKeyBody, ApiKeyCreate, own=by_person),
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=ApiKeyFields, reads_fields=False),
    dependency=with_own_keys,
)
router = record_routes(API_KEY_API)


@router.post(
    "",
    options=RouteOptions(problems=("conflict",), step_up=TWO_FACTORS),
    status_code=201,
    responses={201: {"model": ApiKey}},
)
async def create_api_key(body: ApiKeyCreate, ctx: CurrentContext) -> Response:
    """Make one API key.

    The key is shown once. It does no more than its owner may.
    """
    new = operations.API_KEYS.new(body.columns(ctx.principal))
    record, key = await operations.create(ctx.uow, ctx.access, new)
    if record.owner_id == ctx.principal.id:
        own_keys(ctx, record.id)
    if record.status == "proposed":
        await propose(API_KEY_API, ctx, columns_of(record), TransitionBody(action=CONFIRM))
    return await API_KEY_API.respond_once(ctx, record, key)
