"""The factors that a caller may read and change: their own, and those that their grants cover."""

from uuid import UUID

from services.access.access import FACTOR_OWNER
from services.access.factors.factors import queries
from services.access.factors.factors.operations import FACTOR_SERVICE
from services.access.factors.kinds.service import FactorService
from services.access.settings import AccessSettings
from shared.kernel.clock import today
from shared.kernel.principal import Grant
from shared.web.request.request_context import CurrentContext, RequestContext


async def with_own_factors(ctx: CurrentContext) -> None:
    """Gives a person, for this request, a role over each of their own factors, and operations what they need of the
    installation."""
    if ctx.is_writing and isinstance(ctx.settings, AccessSettings):
        ctx.uow.scratch[FACTOR_SERVICE] = FactorService.of(ctx.settings)
    if (owner := ctx.principal.account_id) is None:
        return
    async with ctx.connection() as connection:
        factors = await queries.own(connection, owner)
    own_factors(ctx, *factors)


def own_factors(ctx: RequestContext, *factors: UUID) -> None:
    """Gives the caller, for this request, the role over these factors."""
    ctx.principal = ctx.principal.holding(*(Grant(FACTOR_OWNER, "record", str(key), today(), None) for key in factors))
