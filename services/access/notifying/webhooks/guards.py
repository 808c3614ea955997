"""The webhooks that a caller may read: their own and those that their grants cover."""

from uuid import UUID

from services.access.access import WEBHOOK_OWNER
from services.access.notifying.webhooks import queries
from services.access.notifying.webhooks.domain import may_own
from services.access.notifying.webhooks.keys import KeySeal
from services.access.notifying.webhooks.operations import OPENING, SEAL
from services.access.principals.clients.guards import clients_of_contact
from shared.egress.sender import destinations
from shared.kernel.clock import today
from shared.kernel.principal import READ, Grant
from shared.web.request.request_context import CurrentContext, RequestContext


async def with_own_webhooks(ctx: CurrentContext) -> None:
    """Gives the caller, for this request, a role over each of their own webhooks and of those of clients whose contact
    they are, and operations what they need of the installation."""
    if ctx.is_writing:
        ctx.uow.scratch[OPENING], ctx.uow.scratch[SEAL] = destinations(ctx.settings), KeySeal(ctx.secret)
    principal = ctx.principal
    if principal.id is None or not may_own(principal, READ):
        return
    async with ctx.connection() as connection:
        owners = [principal.id, *await clients_of_contact(ctx)]
        webhooks = [key for owner in owners for key in await queries.own(connection, owner)]
    own_webhooks(ctx, *webhooks)


def own_webhooks(ctx: RequestContext, *webhooks: UUID) -> None:
    """Gives the caller, for this request, the role over these webhooks: to read them alone, unless their grants
    write webhooks."""
    verbs = None if may_own(ctx.principal, "write") else frozenset({READ})
    ctx.principal = ctx.principal.holding(
        *(Grant(WEBHOOK_OWNER, "record", str(key), today(), None, verbs=verbs) for key in webhooks)
    )
