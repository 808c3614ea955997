"""The clients that a caller may read: those that their grants cover, and those whose contact they are."""

from typing import cast
from uuid import UUID

from services.access.access import CLIENT_CONTACT
from services.access.principals.clients import queries
from services.access.settings import AccessSettings
from shared.kernel.clock import today
from shared.kernel.principal import Grant
from shared.web.request.request_context import CurrentContext, RequestContext


async def with_clients_of_contact(ctx: CurrentContext) -> None:
    """Gives a person, for this request, a role over each client whose contact they are."""
    own = await clients_of_contact(ctx)
    grants = (Grant(CLIENT_CONTACT, "record", str(key), today(), None) for key in own)
    ctx.principal = ctx.principal.holding(*grants) if own else ctx.principal


async def clients_of_contact(ctx: CurrentContext) -> list[UUID]:
    """The clients whose contact the person of the request is; none for programs."""
    account = ctx.principal.account_id
    if account is None:
        return []
    async with ctx.connection() as connection:
        return await queries.of_contact(connection, account)


def gives_secrets(ctx: RequestContext) -> bool:
    """Whether a client that has no secret may get one in this installation."""
    return cast(AccessSettings, ctx.settings).gives_secrets
