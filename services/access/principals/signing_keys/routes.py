"""Signing keys over HTTP."""

from services.access.access import ROLES
from services.access.principals.signing_keys import operations
from services.access.principals.signing_keys.operations import STORE, SigningKeyStore
from services.access.principals.signing_keys.queries import LISTING
from services.access.principals.signing_keys.schemas import SigningKey, SigningKeyFields, present
from shared.web.records.record_routes import record_routes
from shared.web.records.records import RecordApi, Steps
from shared.web.request.request_context import CurrentContext


async def _with_store(ctx: CurrentContext) -> None:
    """Gives operations what makes keys."""
    if ctx.is_writing:
        ctx.uow.scratch[STORE] = SigningKeyStore(ctx.request.app.state.settings)


router = record_routes(
    RecordApi(
        kind=operations.SIGNING_KEYS,
        roles=ROLES,
        listing=LISTING,
        response_model=SigningKey,
        present=present,
        steps=Steps(operations.transition, fields=SigningKeyFields),
        dependency=_with_store,
    )
)
