"""The sessions and consents that a caller may read and end: the own, and those of accounts that the grants cover."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from shared.database.statements import Connection
from shared.kernel.errors import NotFound, invalid_parameter
from shared.kernel.principal import READ
from shared.records.requirements import require
from shared.web.request.request_context import RequestContext
from shared.web.request.responses import key_of

AccountOf: TypeAlias = Callable[[Connection, UUID], Awaitable[UUID | None]]


async def current_session(ctx: RequestContext) -> UUID | None:
    """The session of the caller's token."""
    header = ctx.request.headers["authorization"]
    claims = (await ctx.request.app.state.authenticator.bearer(header)).claims
    return None if claims is None else claims.session


def chosen_account(ctx: RequestContext, verb: str) -> UUID | None:
    """The account of `account_id`, or the caller's own; None for a client or key that names none.

    Raises Malformed for an invalid id, Forbidden for another account without a grant for the verb.
    """
    raw = ctx.request.query_params.get("account_id")
    own = ctx.principal.account_id
    if raw is None:
        return own
    account = key_of(raw)
    if not isinstance(account, UUID):
        raise invalid_parameter("account_id", "The id of an account.")
    if account != own:
        require(ctx.access, verb, None)
    return account


async def account_to_end(ctx: RequestContext, raw: str, account_of: AccountOf, entity: str) -> tuple[UUID, UUID]:
    """The account of a session or consent, by `account_of`, and its id. Raises NotFound if the caller may not know of
    it, Forbidden if they may not end it."""
    key = key_of(raw)
    async with ctx.connection() as connection:
        account = await account_of(connection, key) if isinstance(key, UUID) else None
    is_own = ctx.principal.is_account(account)
    if account is None or not isinstance(key, UUID) or not (is_own or ctx.access.may(READ, None)):
        raise NotFound(f"There is no such {entity}.")
    if not is_own:
        require(ctx.access, "end", None)
    return account, key
