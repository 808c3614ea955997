"""Finding the identity provider of a request, and what writing one needs of the installation."""

from services.access.federation.providers import queries
from services.access.federation.providers.operations import REMOTE, SEAL, sealer
from services.access.federation.providers.record import IdentityProvider
from shared.database.pool import Database
from shared.kernel.errors import NotFound
from shared.web.request.request_context import CurrentContext


async def active_provider(database: Database, code: str) -> IdentityProvider:
    """The active provider with this code. Raises NotFound."""
    async with database.acquire() as connection:
        found = await queries.of_code(connection, code) if code.isascii() and code.isprintable() else None
    if found is None:
        raise NotFound("There is no such identity provider.")
    return found


async def with_remote_providers(ctx: CurrentContext) -> None:
    """Gives operations what reads providers, and what seals secrets."""
    if ctx.is_writing:
        ctx.uow.scratch[REMOTE], ctx.uow.scratch[SEAL] = ctx.request.app.state.remote_providers, sealer(ctx.secret)
