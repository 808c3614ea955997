"""Ending the sessions of people who signed out at their identity provider (OpenID Connect Back-Channel Logout)."""

import time
from datetime import UTC, datetime

from services.access.federation.identities import queries as identities
from services.access.federation.providers.record import IdentityProvider
from services.access.federation.remote.providers import RemoteProviders
from services.access.federation.remote.tokens import Expected, logout_token
from services.access.principals.sessions import operations as sessions
from services.access.principals.tokens.queries import use_assertion
from shared.auth.keys import InvalidToken
from shared.auth.signatures import key_named
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import Origin, unit_of_work
from shared.kernel.clock import now
from shared.kernel.errors import Malformed
from shared.observability.traces import request_id

_REASON = "signed out at the provider"


async def end_by_token(database: Database, remote: RemoteProviders, provider: IdentityProvider, token: str) -> int:
    """Ends the sessions that a logout token names: those of its `sid`, or else all of its subject. Returns how many.
    Access tokens that the provider gave the subject before, or whoever signed in here with that `sid`, are not taken
    any more.

    Raises Malformed for a token that is not valid or was used, and Unavailable while the keys of the provider cannot
    be read."""
    try:
        keys = await remote.keys(provider.issuer, key_named(token))
        ended = logout_token(token, keys, Expected(provider.issuer, provider.client_id), time.time())
    except InvalidToken:
        raise _not_valid() from None
    async with unit_of_work(database, SYSTEM_CONTEXT, Origin(request_id=request_id.get() or "")) as uow:
        if not await use_assertion(uow.connection, ended.digest, datetime.fromtimestamp(ended.until, UTC)):
            raise _not_valid()
        account = None
        if ended.subject is not None:
            identity = await identities.lock_of_subject(uow.connection, provider.issuer, ended.subject)
            if identity is None:
                return 0
            account = identity.account_id
            await identities.signed_out(uow.connection, identity.id, now())
        elif ended.sid is not None:
            await identities.signed_out_of(uow.connection, provider.id, ended.sid, now())
        return await sessions.end_all_of_provider(uow, provider.id, account=account, sid=ended.sid, reason=_REASON)


def _not_valid() -> Malformed:
    return Malformed("The logout token is not valid.", code="invalid_request")
