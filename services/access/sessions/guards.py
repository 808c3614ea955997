"""Whose sessions a caller may see and end: their own, and those of accounts that their grants let them."""

from uuid import UUID

from services.access.sessions import queries
from shared.kernel.errors import NotFound, invalid_parameter
from shared.kernel.principal import READ, PrincipalKind
from shared.records.resource_type import require
from shared.web.answers import key_of
from shared.web.call import Call


async def current_session(call: Call) -> UUID | None:
    """The session that the caller's token belongs to."""
    header = call.request.headers["authorization"]
    claims = (await call.request.app.state.authenticator.bearer(header)).claims
    return None if claims is None else claims.session


def chosen_account(call: Call, verb: str) -> UUID | None:
    """The account of `account_id`, or the caller's own; None for a machine that names none.

    Raises Malformed for what is no id, Forbidden for another's account without a grant for the verb.
    """
    raw = call.request.query_params.get("account_id")
    own = call.principal.id if call.principal.kind is PrincipalKind.ACCOUNT else None
    if raw is None:
        return own
    account = key_of(raw)
    if not isinstance(account, UUID):
        raise invalid_parameter("account_id", "The id of an account.")
    if account != own:
        require(call.access, verb, None)
    return account


async def account_of_session(call: Call, raw: str) -> tuple[UUID, UUID]:
    """The account of a session, and its id. Raises NotFound where the caller may not know of it, Forbidden where they
    may not end it."""
    key = key_of(raw)
    async with call.connection() as connection:
        account = await queries.account_of(connection, key) if isinstance(key, UUID) else None
    is_own = call.principal.kind is PrincipalKind.ACCOUNT and account == call.principal.id
    if account is None or not isinstance(key, UUID) or not (is_own or call.access.may(READ, None)):
        raise NotFound("There is no such session.")
    if not is_own:
        require(call.access, "end", None)
    return account, key
