"""The accounts that an officer may read: those of their countries, and one of no country whose address they know; and
whether people have passwords here."""

from typing import cast

from services.access.access import ACCOUNT_FINDER, OFFICE, ROLES
from services.access.principals.accounts import queries
from services.access.settings import AccessSettings
from shared.kernel.clock import today
from shared.kernel.errors import Forbidden
from shared.kernel.principal import Grant
from shared.kernel.text import email_key
from shared.web.request.request_context import CurrentContext, RequestContext


def require_local_passwords(ctx: RequestContext) -> None:
    """Raises Forbidden where people sign in at identity providers alone."""
    if not cast(AccessSettings, ctx.settings).local_passwords:
        raise Forbidden("People sign in at identity providers alone.", members={"reason": "local_passwords_off"})


async def with_found_account(ctx: CurrentContext) -> None:
    """Gives a person of the office, for this request, a role over the account with the very address of `email`, if it
    belongs to no country and to no expert of a country that is not theirs."""
    address = ctx.request.query_params.get("email")
    if not address or ctx.principal.account_id is None:
        return
    scope = ctx.principal.limited_to(OFFICE).permission_scope(ROLES, ctx.resource.name, "create")
    if scope.everywhere or not scope.countries:
        return
    async with ctx.connection() as connection:
        found = await queries.without_country(connection, email_key(address), sorted(scope.countries))
    if found is not None:
        ctx.principal = ctx.principal.holding(Grant(ACCOUNT_FINDER, "record", str(found), today(), None))
