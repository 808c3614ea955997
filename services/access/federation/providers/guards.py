"""What writing identity providers needs of the installation."""

from services.access.federation.providers.operations import REMOTE, SEAL, sealer
from shared.web.request.request_context import CurrentContext


async def with_remote_providers(ctx: CurrentContext) -> None:
    """Gives operations what reads providers, and what seals secrets."""
    if ctx.is_writing:
        ctx.uow.scratch[REMOTE], ctx.uow.scratch[SEAL] = ctx.request.app.state.remote_providers, sealer(ctx.secret)
